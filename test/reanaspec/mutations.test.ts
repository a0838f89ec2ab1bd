// Damaged analyses: whatever comes in, the check comes to an end and says where it stumbled.
import fc from 'fast-check';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Findings } from '../../src/base/finding.ts';
import { readReanaSpec } from '../../src/reanaspec/read.ts';
import { checkCwlDocument } from '../../src/cwl/documents/check.ts';
import { readerOf } from '../rigs/documents.ts';

const folder = join(import.meta.dirname, 'analyses');

/** All files of an analysis, by name. */
const analyses = readdirSync(folder).map((name) => {
  const directory = join(folder, name);
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter(
    (file) => statSync(join(directory, file)).isFile() && !file.endsWith('.out'),
  );
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(directory, file), 'utf8')]));
});
const words = [
  'null',
  '[]',
  '{}',
  '7',
  '"x"',
  '{workdir}',
  '{',
  '}}',
  '$ref: ',
  '*a',
  '&a ',
  '- ',
  ': ',
  "'",
  '"""',
  '\\',
  'init',
  'класс',
  '\u{1F600}',
  '\t',
  '\n',
];

const damaged = fc
  .record({
    files: fc.constantFrom(...analyses),
    cuts: fc.array(
      fc.record({ file: fc.nat(), at: fc.nat(), length: fc.nat(30), word: fc.constantFrom('', ...words) }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ files, cuts }) =>
    cuts.reduce<Record<string, string>>(
      (left, { file, at, length, word }) => {
        const names = Object.keys(left);
        const name = names[file % names.length] ?? '';
        const text = left[name] ?? '';
        const start = at % (text.length + 1);
        return { ...left, [name]: text.slice(0, start) + word + text.slice(start + length) };
      },
      { ...files },
    ),
  );

function check(files: Readonly<Record<string, string>>): Findings {
  const findings = new Findings();
  readReanaSpec('reana.yaml', readerOf(files), findings, {
    checkCwl: (file, readText, about) => void checkCwlDocument(file, readText, about),
    kindOf: (path) => (path in files ? 'file' : 'missing'),
    knownSecrets: new Set(),
    wantsHints: true,
    parameters: { mass: '5' },
  });
  return findings;
}

describe('a damaged analysis', () => {
  it('is checked to the end, and every place that is named lies inside of it', () => {
    fc.assert(
      fc.property(damaged, (files) => {
        for (const { span, message } of check(files).sorted()) {
          const length = files[span.file]?.length ?? -1;
          expect(span.start >= 0 && span.start <= span.end && span.end <= length, message).toBe(true);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('with a Snakefile of nothing but brackets, quotes or comments does not take long', () => {
    const reana = 'inputs: {}\nworkflow: {type: snakemake, file: Snakefile}\n';
    for (const part of ['(', '"""', "'", '# x\n', 'rule a:\n', ' input: "a",\n', '[', '\\\n']) {
      const began = performance.now();
      check({ 'reana.yaml': reana, Snakefile: part.repeat(20_000) });
      expect(performance.now() - began, part).toBeLessThan(5000);
    }
  });

  it('whose files include each other for ever is read once around', () => {
    const reana = 'inputs: {}\nworkflow: {type: snakemake, file: a.smk}\n';
    const files = { 'reana.yaml': reana, 'a.smk': 'include: "b.smk"\n', 'b.smk': 'include: "a.smk"\n' };
    expect(check(files).count).toBeLessThan(5);
  });

  it('with a long chain of stages is checked in time', () => {
    const stages = Array.from(
      { length: 3000 },
      (_, index) =>
        `- name: s${index}\n  dependencies: [${index === 0 ? 'init' : `s${index - 1}`}]\n  scheduler: {scheduler_type: singlestep-stage, parameters: {x: {step: ${index === 0 ? 'init, output: v' : `s${index - 1}, output: r`}}}, step: {$ref: 'step.yml'}}\n`,
    );
    const step = `process: {process_type: string-interpolated-cmd, cmd: 'a {x}'}\npublisher: {publisher_type: frompar-pub, outputmap: {r: x}}\nenvironment: {environment_type: docker-encapsulated, image: a, imagetag: '1'}\n`;
    const began = performance.now();
    const findings = check({
      'reana.yaml': 'inputs: {parameters: {v: 1, mass: 1}}\nworkflow: {type: yadage, file: w.yml}\n',
      'w.yml': `stages:\n${stages.join('')}`,
      'step.yml': step,
    });
    expect(findings.hasErrors).toBe(false);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
