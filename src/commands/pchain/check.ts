// `pchain check FILE…` and `pchain … --check`: everything that can be said of the files without asking anybody.
import { LocalError, UsageError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { sortFindings } from '../../base/finding.ts';
import type { ReadText } from '../../base/read-text.ts';
import { inputsTemplate } from '../../cwl/inputs-template.ts';
import type { Settings } from '../../settings/settings.ts';
import type { FindingFormat } from '../../terminal/findings.ts';
import { dumpPlan } from '../../workflow/dump.ts';
import type { Workflow } from '../../workflow/model.ts';
import type { CheckSurroundings } from '../../workflow/rules/context.ts';
import { filesOf } from '../check/check-arguments.ts';
import { checkDocuments, type CheckRequest, type DocumentsCheck } from '../check/check-documents.ts';
import { describeFixes, fixDocuments, writeFixes } from '../check/check-fix.ts';
import { codesIn, pagesDirectory } from '../check/check-pages.ts';
import { submissionSurroundings } from '../check/check-surroundings.ts';
import { knownSecrets } from '../submit/known-secrets.ts';
import { tellSecretFaults } from '../submit/secret-preflight.ts';
import type { Host } from '../host.ts';
import { reanaSurroundings } from '../check/reana-surroundings.ts';
import { loadSettings } from '../servers/settings.ts';
import { findingsExit, printFindings, tellFindings } from '../check/show-findings.ts';
import { textReader } from '../check/text-files.ts';
import {
  largestFileMegabytes,
  requireGoodOutDS,
  textOption,
  workflowFlags,
} from '../check/workflow-files.ts';
import type { GeneratedFiles, WorkflowFlags } from '../check/workflow-files.ts';
import type { TemplateCall } from '../submit/workflow-template.ts';

type Options = Readonly<Record<string, unknown>>;

/** Checks files together. Whatever is wrong with them, also that they are not there, is a finding. Without an outDS its
 *  place is taken by a name that is always good. */
export async function runCheck(words: readonly string[], options: Options, host: Host): Promise<ExitCode> {
  const yaml = textOption(options, 'yaml');
  const outDS = textOption(options, 'outDS') ?? 'user.name.check';
  const named = await filesOf(words, host.workingDirectory);
  const [first] = named.files;
  if (first !== undefined) requireGoodOutDS(outDS, undefined);
  const request = requestFor(
    {
      files: named.files,
      yaml,
      outDS,
      missingInputs: yaml === undefined ? 'assume' : 'report',
      // Who names the output is about to submit from here; otherwise scripts may lie anywhere.
      surroundings: options['outDS'] === undefined ? undefined : surroundingsOf(options, undefined, host),
      reana: reanaSurroundings({}, host),
    },
    host,
  );
  if (options['inputsTemplate'] === true) return printInputsTemplate(request, host);
  const { check, readText } = await checkOrFix(request, options, host);
  const findings = sortFindings([...named.findings, ...check.findings]);
  const filesChecked = Math.max(check.filesRead, named.files.length);
  const { silenced } = check;
  printFindings({ findings, silenced, readText, filesChecked, format: formatOption(options) }, host);
  return findingsExit(findings, options['strict'] === true);
}

/** Prints what can be filled in and given with `--yaml`. That something else is wrong with the workflow does not matter. */
async function printInputsTemplate(request: CheckRequest, host: Host): Promise<ExitCode> {
  const [file, other] = request.files;
  if (file === undefined || other !== undefined) {
    throw new UsageError('`--inputs-template` takes one workflow', { hint: 'name its file' });
  }
  const readText = textReader(host.workingDirectory);
  const { findings, workflows, filesRead } = await checkDocuments(request, readText);
  const workflow = workflows.get(file);
  if (workflow === undefined) {
    tellFindings({ findings, readText, filesChecked: filesRead }, host);
    throw new LocalError(`\`${file}\` has no inputs that could be listed: it is no workflow for PanDA`, {
      hint: `pchain check ${file}`,
    });
  }
  host.terminal.out(await templateFor(workflow, readText));
  return ExitCode.done;
}

/** Inputs stand in a file of their own, in the document itself, or in the configuration it names. */
async function templateFor(workflow: Workflow, readText: ReadText): Promise<string> {
  switch (workflow.language) {
    case 'cwl':
      return inputsTemplate(workflow);
    case 'wfd':
      return (await import('../../wfd/inputs-template.ts')).wfdInputsTemplate(workflow);
    case 'snakemake':
      return (await import('../../snakemake/inputs-template.ts')).configTemplate(workflow.file, readText);
  }
}

/** Checks the workflow of a command line and shows its plan, as the server would print it. */
export async function checkWorkflow(options: Options, host: Host): Promise<ExitCode> {
  const settings = await loadSettings({ server: textOption(options, 'server') }, host);
  const named = workflowFlags(options, settings.nickname.value);
  const flags = await withFiles({ flags: named, options, settings, mayAsk: false }, host);
  const { file, language, yaml, outDS, generated } = flags;
  if (generated !== undefined && options['fix'] === true)
    throw new UsageError('`--fix` changes files, and `--template` has none');
  const surroundings = surroundingsOf(options, settings, host, await knownSecrets(settings, host), generated);
  const request = requestFor(
    { files: [file], yaml, outDS, missingInputs: 'report', surroundings, submitAs: language },
    host,
  );
  const { check, readText } = await checkOrFix(request, options, host, generated);
  const { findings, silenced, filesRead } = check;
  const format = formatOption(options);
  if (findings.length > 0 || format !== undefined)
    printFindings({ findings, silenced, readText, filesChecked: filesRead, format }, host);
  const plan = check.plans.get(file);
  const exitCode = findingsExit(findings, options['strict'] === true);
  if (plan === undefined || findings.some((finding) => finding.severity === 'error')) {
    return exitCode === ExitCode.done ? ExitCode.findings : exitCode;
  }
  await tellSecretFaults(plan, settings, host);
  // What machines read must be one document.
  if (format === undefined || format === 'full') {
    host.terminal.out(dumpPlan(plan).replace(/^\n/, ''));
    if (host.terminal.loudness === 'verbose') {
      const { renderForecast } = await import('../forecast-text.ts');
      host.terminal.out(`\n${renderForecast(plan, host.terminal.stdout)}`);
    }
  }
  if (exitCode === ExitCode.done) {
    host.terminal.say(`${host.terminal.stderr.style.success('no errors')}: ${file} is ready to be submitted`);
  }
  return exitCode;
}

/** Templates are filled in by what speaks to servers, which takes longer to load than a check takes. */
async function withFiles(call: TemplateCall, host: Host): Promise<WorkflowFlags> {
  if (call.options['template'] === undefined) return call.flags;
  return (await import('../submit/workflow-template.ts')).withTemplate(call, host);
}

function surroundingsOf(
  options: Options,
  settings: Settings | undefined,
  host: Host,
  known?: ReadonlySet<string>,
  generated?: GeneratedFiles,
): CheckSurroundings {
  return submissionSurroundings({
    workingDirectory: host.workingDirectory,
    largestFileMegabytes: largestFileMegabytes(textOption(options, 'maxSizeInSandbox') ?? '1'),
    settings,
    knownSecrets: known,
    generated,
  });
}

function requestFor(request: Omit<CheckRequest, 'knownCodes'>, host: Host): CheckRequest {
  return { ...request, knownCodes: () => new Set(codesIn(pagesDirectory(host))) };
}

async function checkOrFix(
  request: CheckRequest,
  options: Options,
  host: Host,
  generated?: GeneratedFiles,
): Promise<{ readonly check: DocumentsCheck; readonly readText: ReadText }> {
  const readText = textReader(host.workingDirectory, generated);
  if (options['fix'] !== true) return { check: await checkDocuments(request, readText), readText };
  const result = await fixDocuments((read) => checkDocuments(request, read), readText);
  await writeFixes(result.changed, readText, host.workingDirectory);
  host.terminal.say(describeFixes(result));
  // What is shown from now on are the files as they have become.
  return { check: result.check, readText: textReader(host.workingDirectory) };
}

function formatOption(options: Options): FindingFormat | undefined {
  // The command line allows nothing but the known formats.
  return textOption(options, 'format') as FindingFormat | undefined;
}
