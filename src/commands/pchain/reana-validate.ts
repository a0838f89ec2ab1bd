// `pchain reana validate`: everything that can be said of an analysis for REANA without asking any server.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../../base/errors.ts';
import type { ExitCode } from '../../base/exit-code.ts';
import type { ReadText } from '../../base/read-text.ts';
import { fillTemplate, openPlaceholders } from '../../reanaspec/template.ts';
import type { FindingFormat } from '../../terminal/findings.ts';
import { checkDocuments } from '../check/check-documents.ts';
import { codesIn, pagesDirectory } from '../check/check-pages.ts';
import type { Host } from '../host.ts';
import { reanaSurroundings } from '../check/reana-surroundings.ts';
import { findingsExit, printFindings } from '../check/show-findings.ts';
import { textReader } from '../check/text-files.ts';
import { listOption, textOption } from '../check/workflow-files.ts';

type Options = Readonly<Record<string, unknown>>;

/** Checks a specification, or a template of one, with the parameters that a run would get. */
export async function runReanaValidate(options: Options, host: Host): Promise<ExitCode> {
  const file = specificationFile(textOption(options, 'file'), host.workingDirectory);
  const values = pairsOf('set', options);
  const readText = withTemplate(file, values, host);
  const secrets = options['secret'] === undefined ? undefined : listOption(options, 'secret');
  const parameters = Object.fromEntries(pairsOf('parameter', options));
  const { findings, silenced, filesRead, images } = await checkDocuments(
    {
      files: [file],
      specifications: true,
      yaml: undefined,
      outDS: 'user.name.check',
      missingInputs: 'assume',
      reana: reanaSurroundings({ secrets, parameters }, host),
      knownCodes: () => new Set(codesIn(pagesDirectory(host))),
    },
    readText,
  );
  // The command line allows nothing but the known formats.
  const format = textOption(options, 'format') as FindingFormat | undefined;
  printFindings({ findings, silenced, readText, filesChecked: filesRead, format }, host);
  if (options['environments'] === true) {
    for (const image of images) host.terminal.say(`image ${image}`);
    if (images.length === 0) host.terminal.say('no images are known');
  }
  return findingsExit(findings, options['strict'] === true);
}

/** The file that was named, or the one that lies here.
 *  @throws UsageError when there is none, or more than one */
function specificationFile(named: string | undefined, workingDirectory: string): string {
  if (named !== undefined) return named;
  const usual = ['reana.yaml', 'reana.yml'].filter((name) => existsSync(resolve(workingDirectory, name)));
  const [only, other] = usual;
  if (only === undefined) {
    throw new UsageError('there is no `reana.yaml` here', { hint: 'name the specification with `-f`' });
  }
  if (other !== undefined) {
    throw new UsageError('both `reana.yaml` and `reana.yml` lie here', {
      hint: 'name one of them with `-f`',
    });
  }
  return only;
}

/** Holes of a template are filled only when there are values: without, what looks like a hole may be the text itself, so it
 *  is no fault, but told, because `pchain reana run` asks for a value. */
function withTemplate(file: string, values: ReadonlyMap<string, string>, host: Host): ReadText {
  const readText = textReader(host.workingDirectory);
  const answer = readText(file);
  if (!answer.ok) return readText;
  if (values.size === 0) {
    tellOpen(openPlaceholders(answer.text), file, host);
    return readText;
  }
  const text = fillTemplate(answer.text, values, file);
  return (path) => (path === file ? { ok: true, text } : readText(path));
}

function tellOpen(open: ReadonlyMap<string, number>, file: string, host: Host): void {
  if (open.size === 0) return;
  const listed = [...open].map(([name, line]) => `\`${name}\` (line ${line})`).join(', ');
  const values = [...open.keys()].map((name) => `--set ${name}=…`).join(' ');
  host.terminal.warn(`\`${file}\` is checked with open placeholders: ${listed}; \`${values}\` fills them`);
}

function pairsOf(option: string, options: Options): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const text of listOption(options, option)) {
    const at = text.indexOf('=');
    if (at < 1) throw new UsageError(`\`--${option} ${text}\` is not of the form NAME=VALUE`);
    found.set(text.slice(0, at), text.slice(at + 1));
  }
  return found;
}
