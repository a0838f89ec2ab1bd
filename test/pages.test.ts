// Every code has a page, every page a code; every example gives the findings it says, every mended one none.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codesIn } from '../src/commands/check/check-pages.ts';
import {
  filesOfSection,
  findingsOfSection,
  introductionOf,
  parsePage,
  summaryOf,
} from '../src/terminal/findings-page.ts';
import { checkExample, pagesFolder } from './rigs/pages.ts';

const source = join(import.meta.dirname, '../src');
const codes = codesIn(pagesFolder);

const aboutSecrets = 'it is about a secret, not about a file of a workflow';

/** Codes whose pages have no example, and why. */
const withoutExample: Readonly<Record<string, string>> = {
  'check/no-files': 'it is about words of a command line',
  'cwl/too-deep': 'it takes more than 50 files',
  'inputs/missing-file': 'the file is not there',
  'reana/skipped-input': 'it is looked for when a run begins',
  'reana/unreadable': 'the file is not there',
  'secrets/bad-keytab': aboutSecrets,
  'secrets/bad-pem': aboutSecrets,
  'secrets/bad-token': aboutSecrets,
  'secrets/empty-keytab': aboutSecrets,
  'secrets/encrypted-key': aboutSecrets,
  'secrets/expired-certificate': aboutSecrets,
  'secrets/expiring-certificate': aboutSecrets,
  'secrets/key-mismatch': aboutSecrets,
  'secrets/open-file': aboutSecrets,
  'secrets/unencrypted-key': aboutSecrets,
  'secrets/wrong-passphrase': aboutSecrets,
  'snakemake/too-deep': 'it takes more than 50 files',
  'weather/unreadable': 'the file is not there',
  'wfd/too-deep': 'it takes more than 50 files',
  'workflow/too-many-steps': 'it takes more than 50 000 steps',
  'yadage/too-large': 'it takes more than 200 000 values',
};

/** Codes that are put together, with the places that list their parts. */
const composed: Readonly<Record<string, () => readonly string[]>> = {
  'prun/${problem.kind}': () =>
    unionIn('prun/parse-args.ts', 'ArgumentProblemKind').map((kind) => `prun/${kind}`),
  'prun/${split.reason}': () => ['prun/unclosed-quote', 'prun/trailing-escape'],
  'reana/missing-${field}': () => ['reana/missing-commands', 'reana/missing-environment'],
  "reana/bad-${name.replaceAll('_', '-')}": () =>
    [
      'compute-backend',
      'htcondor-max-runtime',
      'kubernetes-memory-limit',
      'kubernetes-memory-request',
      'kubernetes-cpu-limit',
      'kubernetes-cpu-request',
      'slurm-time',
      'c4p-memory-limit',
    ].map((field) => `reana/bad-${field}`),
};

describe('the pages', () => {
  it('are there for every code that can be found, and for no other', () => {
    expect([...codes].sort()).toEqual(emittedCodes());
  });

  it.each(codes)('%s has a title, two paragraphs or more, and a short first sentence', (code) => {
    const page = pageText(code);
    expect(page.startsWith(`# ${code}\n\n`)).toBe(true);
    const parsed = parsePage(page);
    expect(introductionOf(parsed).split('\n\n').length).toBeGreaterThanOrEqual(2);
    const summary = summaryOf(parsed);
    expect(summary).toMatch(/^[^a-z]/);
    expect(summary.length).toBeGreaterThan(15);
    expect(summary.length).toBeLessThan(220);
  });

  it.each(codes)('%s shows an example that gives the findings it says, among them its own', async (code) => {
    const page = parsePage(pageText(code));
    const files = filesOfSection(page, 'Example');
    if (withoutExample[code] !== undefined) {
      expect(files.size).toBe(0);
      return;
    }
    const found = await checkExample(code, files);
    expect(found).toBe(findingsOfSection(page, 'Example'));
    expect(found).toContain(`[${code}]`);
  });

  const mended = codes.filter((code) => filesOfSection(parsePage(pageText(code)), 'Mended').size > 0);

  it('mostly show how the example is mended', () => {
    expect(mended.length).toBeGreaterThan(codes.length * 0.8);
  });

  it.each(mended)('%s is silent when it is mended', async (code) => {
    expect(await checkExample(code, filesOfSection(parsePage(pageText(code)), 'Mended'))).toBe('');
  });
});

function pageText(code: string): string {
  return readFileSync(join(pagesFolder, `${code}.md`), 'utf8');
}

/** The codes in the sources, sorted: those that are written out, and the composed ones. */
function emittedCodes(): readonly string[] {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const texts = files.map((name) => readFileSync(join(source, name), 'utf8'));
  const whole = texts.join('\n');
  const emitted = [
    ...whole.matchAll(/(?:\.(?:error|warning)\(\s*|\bcode:\s*|\bcode = \s*)'([a-z]+)\/[a-z0-9-]+'/g),
  ].map((match) => match[1] ?? '');
  const rooms = [...new Set(emitted)].join('|');
  const written = [...whole.matchAll(new RegExp(`'((?:${rooms})/[a-z0-9-]+)'`, 'g'))].map(
    (match) => match[1] ?? '',
  );
  const templates = [...whole.matchAll(new RegExp('`((?:' + rooms + ')/[a-z0-9-]*\\$\\{[^`]*)`', 'g'))].map(
    (match) => match[1] ?? '',
  );
  const parts = templates.flatMap((template) => {
    const list = composed[template];
    if (list === undefined) throw new Error(`the codes that \`${template}\` stands for are not listed here`);
    return list();
  });
  return [...new Set([...written, ...parts])].sort();
}

/** The members of a union of texts. */
function unionIn(file: string, name: string): readonly string[] {
  const text = readFileSync(join(source, file), 'utf8');
  const union = new RegExp(`type ${name} =([^;]*);`).exec(text)?.[1] ?? '';
  return [...union.matchAll(/'([a-z-]+)'/g)].map((match) => match[1] ?? '');
}
