// Every workflow in test/cases with the findings it must give: `.cwl`, `.wfd.yaml` for native workflows, `.smk` for Snakefiles.
// Documents in `parts/` are only there for others. A first line
// `# case: …` says what else is known, in words like those of a command line:
//   rehearsal          without inputs beside it, values are assumed
//   target=embedded    where it is to run
//   outDS=user.x.y     how the output is called
//   there=a.sh,b.sh    files of the sandbox, `large=` those too large for it; all others are missing
//   text=a.sh:…        what a file of the sandbox holds, to the end of the line
//   secrets=A,B        names of known secrets
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Findings } from '../../src/base/finding.ts';
import type { ReadText } from '../../src/base/read-text.ts';
import { readCwl } from '../../src/cwl/read.ts';
import { readInputs } from '../../src/cwl/inputs.ts';
import type { ReadWorkflow } from '../../src/languages/languages.ts';
import { readSnakefile } from '../../src/snakemake/read.ts';
import { readWfd } from '../../src/wfd/read.ts';
import { resolve } from '../../src/workflow/resolve.ts';
import type { CheckSurroundings } from '../../src/workflow/rules/context.ts';
import { checkGivenInputs } from '../../src/workflow/rules/given-inputs.ts';
import { findingLine } from '../rigs/documents.ts';

const readers: readonly (readonly [ending: string, read: ReadWorkflow])[] = [
  ['.cwl', readCwl],
  ['.wfd.yaml', readWfd],
  ['.smk', readSnakefile],
];

const folder = join(import.meta.dirname, '../cases');
const cases = readdirSync(folder)
  .flatMap((group) => readdirSync(join(folder, group)).map((file) => join(folder, group, file)))
  .filter((file) => readers.some(([ending]) => file.endsWith(ending)));

describe('cases', () => {
  it('are there', () => {
    expect(cases.length).toBeGreaterThan(50);
  });

  it.each(cases.map((file) => [relative(folder, file), file]))('%s', async (_name, file) => {
    const lines = findingsOf(file);
    if (/-(?:are|is)-fine\./.test(basename(file))) expect(lines).toEqual([]);
    await expect(lines.map((line) => `${line}\n`).join('')).toMatchFileSnapshot(
      file.replace(/\.(?:cwl|wfd\.yaml|smk)$/, '.out'),
    );
  });
});

function findingsOf(file: string): readonly string[] {
  const base = join(file, '..');
  const readText: ReadText = (path) => {
    const full = join(base, path);
    if (!existsSync(full)) return { ok: false, reason: 'missing', detail: 'does not exist' };
    if (statSync(full).isDirectory()) return { ok: false, reason: 'directory', detail: 'is a directory' };
    return { ok: true, text: readFileSync(full, 'utf8') };
  };
  const findings = new Findings();
  const name = relative(base, file);
  const inputsName = name.replace(/\.cwl$/, '.yaml');
  const given =
    name.endsWith('.cwl') && existsSync(join(base, inputsName))
      ? readInputs(inputsName, readText, findings)
      : undefined;
  const read = readers.find(([ending]) => name.endsWith(ending))?.[1] ?? readCwl;
  const workflow = read(name, readText, findings);
  if (workflow !== undefined) {
    if (given !== undefined) checkGivenInputs(workflow, given, findings);
    const { outDS, isRehearsal, surroundings } = directives(readFileSync(file, 'utf8'));
    const missingInputs = isRehearsal ? ('assume' as const) : ('report' as const);
    resolve(workflow, { outDS, inputs: given?.values ?? {}, findings, missingInputs, surroundings });
  }
  return findings.sorted().map((finding) => {
    const help = finding.help === undefined ? '' : ` (help: ${finding.help})`;
    return findingLine(finding, readText) + help;
  });
}

interface Directives {
  readonly outDS: string;
  readonly isRehearsal: boolean;
  readonly surroundings: CheckSurroundings;
}

function directives(document: string): Directives {
  const line = /^# case: (.*)/.exec(document)?.[1] ?? '';
  const text = /\btext=([^:]+):(.*)/.exec(line);
  const words = line.replace(/\btext=.*/, '').split(' ');
  const value = (name: string): string | undefined =>
    words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
  const list = (name: string): readonly string[] => value(name)?.split(',') ?? [];
  const knowsSandbox = value('there') !== undefined || value('large') !== undefined;
  const secrets = value('secrets');
  const target = value('target');
  return {
    outDS: value('outDS') ?? 'user.alice.blah',
    isRehearsal: words.includes('rehearsal'),
    surroundings: {
      sandbox: knowsSandbox
        ? (path) =>
            list('there').includes(path) ? 'there' : list('large').includes(path) ? 'too-large' : 'missing'
        : undefined,
      sandboxText:
        text === null
          ? undefined
          : (path) => (path === text[1] ? text[2]?.replaceAll('\\n', '\n') : undefined),
      target: target === 'embedded' || target === 'remote' ? target : undefined,
      knownSecrets: secrets === undefined ? undefined : new Set(secrets.split(',')),
    },
  };
}
