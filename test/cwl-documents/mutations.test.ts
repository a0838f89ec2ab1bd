// Damaged documents: whatever comes in, the check comes to an end and says where it stumbled.
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Findings } from '../../src/base/finding.ts';
import { checkCwlDocument } from '../../src/cwl/documents/check.ts';
import { readerOf } from '../rigs/documents.ts';

const folder = join(import.meta.dirname, 'cases');
const texts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.cwl'))
  .map((name) => readFileSync(join(folder, name), 'utf8'));
const words = [
  'null',
  '[]',
  '{}',
  '7',
  '"x"',
  '$(inputs.',
  '*a',
  '&a ',
  '- ',
  ': ',
  'класс',
  '\u{1F600}',
  '\t',
];

const damaged = fc
  .record({
    text: fc.constantFrom(...texts),
    cuts: fc.array(fc.record({ at: fc.nat(), length: fc.nat(30), word: fc.constantFrom('', ...words) }), {
      minLength: 1,
      maxLength: 4,
    }),
  })
  .map(({ text, cuts }) =>
    cuts.reduce((left, { at, length, word }) => {
      const start = at % (left.length + 1);
      return left.slice(0, start) + word + left.slice(start + length);
    }, text),
  );

describe('a damaged document', () => {
  it('is checked to the end, and every place that is named lies inside of it', () => {
    fc.assert(
      fc.property(damaged, (text) => {
        const files: Record<string, string> = { 'a.cwl': text, 'parts/echo.cwl': texts[0] ?? '' };
        const findings = new Findings();
        checkCwlDocument('a.cwl', readerOf(files), findings);
        for (const { span, message } of findings.sorted()) {
          const length = files[span.file]?.length ?? -1;
          expect(span.start >= 0 && span.start <= span.end && span.end <= length, message).toBe(true);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('that imports itself many times over is cut off', () => {
    const files: Record<string, string> = {};
    const depth = 40;
    for (let at = 0; at < depth; at++) {
      files[`${at}.yml`] = `a: {$import: ${at + 1}.yml}\nb: {$import: ${at + 1}.yml}\n`;
    }
    files[`${depth}.yml`] = 'x\n';
    files['a.cwl'] =
      'cwlVersion: v1.2\nclass: CommandLineTool\ninputs: []\noutputs: []\nhints: [{$import: 0.yml}]\n';
    const findings = new Findings();
    checkCwlDocument('a.cwl', readerOf(files), findings);
    expect(findings.count).toBeLessThan(10);
  });

  it('of workflows that run each other in long chains is read to a bound', () => {
    const files: Record<string, string> = {};
    for (let at = 0; at < 80; at++) {
      files[`${at}.cwl`] =
        `cwlVersion: v1.2\nclass: Workflow\nrequirements: {SubworkflowFeatureRequirement: {}}\ninputs: []\noutputs: []\nsteps:\n` +
        `  a: {run: ${at + 1}.cwl, in: {}, out: []}\n  b: {run: ${at + 1}.cwl, in: {}, out: []}\n`;
    }
    files['80.cwl'] = 'cwlVersion: v1.2\nclass: Operation\ninputs: []\noutputs: []\n';
    const findings = new Findings();
    checkCwlDocument('0.cwl', readerOf(files), findings);
    expect(new Set(findings.sorted().map((finding) => finding.code))).toEqual(new Set(['cwl/too-deep']));
  });
});
