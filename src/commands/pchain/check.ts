// `pchain check FILE…` and `pchain … --check`: everything that can be said of the files without asking anybody.
import { ExitCode } from '../../base/exit-code.ts';
import { sortFindings } from '../../base/finding.ts';
import type { Finding } from '../../base/finding.ts';
import type { FindingFormat } from '../../terminal/findings.ts';
import { dumpPlan } from '../../workflow/dump.ts';
import type { Host } from '../host.ts';
import { loadSettings } from '../settings.ts';
import { findingsExit, printFindings } from '../show-findings.ts';
import { textReader } from '../text-files.ts';
import { readWorkflow, textOption, workflowFlags } from '../workflow-files.ts';

/** Checks files one by one. Without an outDS its place is taken by a name that is always good. */
export function runCheck(
  files: readonly string[],
  options: Readonly<Record<string, unknown>>,
  host: Host,
): Promise<ExitCode> {
  const outDS = textOption(options, 'outDS') ?? 'user.name.check';
  const yaml = textOption(options, 'yaml');
  const all: Finding[] = [];
  for (const cwl of files) {
    workflowFlags({ cwl, yaml, outDS }, undefined);
    all.push(
      ...readWorkflow({ cwl, yaml, outDS }, host.workingDirectory, yaml === undefined ? 'assume' : 'report')
        .findings,
    );
  }
  const findings = sortFindings(all);
  printFindings(
    {
      findings,
      readText: textReader(host.workingDirectory),
      filesChecked: files.length,
      format: formatOption(options),
    },
    host,
  );
  return Promise.resolve(findingsExit(findings, options['strict'] === true));
}

/** Checks the workflow of a command line and shows its plan, as the server would print it. */
export async function checkWorkflow(
  options: Readonly<Record<string, unknown>>,
  host: Host,
): Promise<ExitCode> {
  const settings = await loadSettings({}, host);
  const flags = workflowFlags(options, settings.nickname.value);
  const { findings, plan, readText, files } = readWorkflow(flags, host.workingDirectory);
  if (findings.length > 0)
    printFindings({ findings, readText, filesChecked: files.length, format: undefined }, host);
  if (plan === undefined) return ExitCode.findings;
  host.terminal.out(dumpPlan(plan).replace(/^\n/, ''));
  host.terminal.say(
    `${host.terminal.stderr.style.success('no errors')}: ${flags.cwl} is ready to be submitted`,
  );
  return findingsExit(findings, options['strict'] === true);
}

function formatOption(options: Readonly<Record<string, unknown>>): FindingFormat | undefined {
  // The command line allows nothing but the known formats.
  return textOption(options, 'format') as FindingFormat | undefined;
}
