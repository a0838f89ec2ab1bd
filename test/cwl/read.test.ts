import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Findings } from '../../src/base/finding.ts';
import { parseCondition } from '../../src/cwl/condition.ts';
import { readInputs } from '../../src/cwl/inputs.ts';
import { readCwl } from '../../src/cwl/read.ts';
import { planCwl, readerOf } from '../rigs/documents.ts';

const sound = `cwlVersion: v1.2
class: Workflow
requirements: {ScatterFeatureRequirement: {}}
inputs:
  signals: {type: "string[]", default: [a/, b/]}
  count: {type: {type: array, items: int}, default: [1, 2.0]}
outputs:
  outDS: {type: string, outputSource: bottom/outDS}
steps:
  top:
    run: prun
    scatter: [opt_inDS]
    in:
      opt_inDS: {source: signals}
      opt_exec: {default: "echo %IN > seed.txt"}
      opt_args: {default: "--outputs seed.txt --nJobs 2"}
    out: [outDS]
  bottom:
    run: prun
    in:
      opt_inDS: [top/outDS]
      opt_exec: {default: "echo %{DS1}"}
      opt_args: {default: "--outputs o.txt"}
    out: []
    when: $(self.opt_inDS[0])
`;

describe('readCwl', () => {
  it('gives the model of a document', () => {
    const findings = new Findings();
    const workflow = readCwl('w.cwl', readerOf({ 'w.cwl': sound }), findings);
    expect(findings.sorted()).toEqual([]);
    expect(JSON.parse(JSON.stringify(workflow))).toEqual({
      language: 'cwl',
      file: 'w.cwl',
      inputs: [
        { name: 'count', default: [1, '2.0'], type: 'int[]' },
        { name: 'signals', default: ['a/', 'b/'], type: 'string[]' },
      ],
      outputs: [{ name: 'outDS', sources: ['bottom/outDS'] }],
      steps: [
        {
          name: 'bottom',
          type: 'prun',
          inputs: [
            { name: 'opt_args', default: '--outputs o.txt' },
            { name: 'opt_exec', default: 'echo %{DS1}' },
            { name: 'opt_inDS', default: null, source: ['top/outDS'] },
          ],
          outputs: ['outDS'],
          scatter: [],
          condition: { operator: 'input', input: 'opt_inDS', index: 0 },
          loop: false,
        },
        {
          name: 'top',
          type: 'prun',
          inputs: [
            { name: 'opt_args', default: '--outputs seed.txt --nJobs 2' },
            { name: 'opt_exec', default: 'echo %IN > seed.txt' },
            { name: 'opt_inDS', default: null, source: 'signals' },
          ],
          outputs: ['outDS'],
          scatter: ['opt_inDS'],
          loop: false,
        },
      ],
    });
    const exec = workflow?.steps[1]?.inputs[1];
    const span = exec?.whereInText?.(5, 8);
    expect(sound.slice(span?.start, span?.end)).toBe('%IN');
  });

  it('finds sub-workflows beside the document that names them', () => {
    const body = 'cwlVersion: v1.0\nclass: Workflow\ninputs: []\noutputs: []\nsteps: []\n';
    const text = (run: string): string =>
      `cwlVersion: v1.0\nclass: Workflow\ninputs: []\noutputs: []\nsteps:\n  a: {run: ${run}, in: [], out: []}\n`;
    const asked: string[] = [];
    const reader = readerOf({
      'x/main.cwl': text('sub/one.cwl'),
      'x/sub/one.cwl': text('../two.cwl'),
      'x/two.cwl': body,
    });
    const findings = new Findings();
    readCwl('x/main.cwl', (path) => (asked.push(path), reader(path)), findings);
    expect(findings.count).toBe(0);
    expect(asked).toEqual(['x/main.cwl', 'x/sub/one.cwl', 'x/two.cwl']);
  });

  it('tells when the document itself is missing', () => {
    expect(planCwl('none.cwl', readerOf({})).lines).toEqual([
      'none.cwl:1:1: error[cwl/missing-file] the workflow `none.cwl` does not exist',
    ]);
  });

  it('neither throws nor hangs on documents that were changed at random', () => {
    const lines = sound.split('\n');
    const change = fc.record({
      line: fc.nat(lines.length - 1),
      at: fc.nat(60),
      remove: fc.nat(12),
      insert: fc.constantFrom(
        '',
        ':',
        '- ',
        '[',
        '{',
        '}',
        '"',
        '*x',
        '&x ',
        '<<: ',
        '  ',
        '\n',
        'null',
        '7',
        '$(',
        '%{DS9}',
        '/',
        '#',
        "'",
      ),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const changed = [...lines];
        for (const { line, at, remove, insert } of changes) {
          const text = changed[line] ?? '';
          changed[line] = text.slice(0, at) + insert + text.slice(at + remove);
        }
        const { findings } = planCwl('w.cwl', readerOf({ 'w.cwl': changed.join('\n') }));
        for (const finding of findings.sorted()) {
          expect(finding.message).not.toMatch(/^[A-Z]|\.$|undefined|\[object/);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('reads a name like a method of objects as the name it is', () => {
    const text = `cwlVersion: v1.2
class: Workflow
inputs: {constructor: {type: string, default: a/}, __proto__: {type: string, default: b/}}
outputs: []
steps:
  toString: {run: prun, in: {opt_inDS: constructor, opt_exec: {default: e}, opt_args: {default: --outputs o}}, out: []}
  valueOf: {run: prun, in: {opt_inDS: hasOwnProperty, opt_exec: {default: e}, opt_args: {default: --outputs o}}, out: []}
`;
    const { plan, lines } = planCwl('w.cwl', readerOf({ 'w.cwl': text }), { outDS: 'u' });
    expect(lines).toEqual([
      'w.cwl:7:39: error[cwl/unknown-source] there is no `hasOwnProperty` to take data from',
    ]);
    expect(plan.steps[0]?.inputDatasets).toEqual(['a/']);
  });
});

describe('parseCondition', () => {
  it('never throws, and places its faults inside of the text', () => {
    const pieces = fc.constantFrom(
      '$(',
      '(',
      ')',
      '!',
      '&&',
      '||',
      'self.a',
      'self.b[1]',
      ' ',
      'x',
      '[',
      '0',
    );
    fc.assert(
      fc.property(fc.array(pieces), (parts) => {
        const text = parts.join('');
        const parse = parseCondition(text);
        if (parse.ok) return;
        expect(parse.fault.start).toBeLessThanOrEqual(parse.fault.end);
        expect(parse.fault.end).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 2000 },
    );
  });

  it('does not run out of stack', () => {
    const deep = `$(${'('.repeat(100_000)}self.a${')'.repeat(100_000)})`;
    expect(parseCondition(deep)).toMatchObject({
      ok: false,
      fault: { message: 'parentheses are nested too deeply' },
    });
  });
});

describe('readInputs', () => {
  const read = (text: string): { inputs: ReturnType<typeof readInputs>; told: readonly string[] } => {
    const findings = new Findings();
    const inputs = readInputs('in.yaml', readerOf({ 'in.yaml': text }), findings);
    return { inputs, told: findings.sorted().map((finding) => `${finding.code}: ${finding.message}`) };
  };

  it('reads values and the datasets of this machine', () => {
    const { inputs, told } = read(
      'signals: [a/, b/]\nmass: 2.50\npchain:\n  datasets:\n    a/: data/*.root\n',
    );
    expect(told).toEqual([]);
    expect(inputs?.values).toEqual({ signals: ['a/', 'b/'], mass: 2.5 });
    expect(inputs?.datasets).toEqual({ 'a/': 'data/*.root' });
    expect(inputs?.whereOf('mass')()).toEqual({ file: 'in.yaml', start: 18, end: 22 });
    expect(inputs?.whereOf('none')()).toEqual({ file: 'in.yaml', start: 0, end: 0 });
  });

  it.each(['', '\n', '# only words\n', '---\n', '{}', 'null'])('takes %j for no inputs', (text) => {
    const { inputs, told } = read(text);
    expect(told).toEqual([]);
    expect(inputs?.values).toEqual({});
  });

  it.each([
    ['- a', 'inputs/not-a-map: an inputs file is a map of inputs by name'],
    ['pchain: 3', 'inputs/own-section: `pchain` is a map with `datasets`'],
    ['pchain: {datasets: [a]}', 'inputs/own-section: `datasets` is a map from names of datasets to paths'],
    ['pchain: {datasets: {a: [b]}}', 'inputs/own-section: the files of `a` are one path or glob'],
    ['a: [', 'yaml/syntax: unexpected end of the stream within a flow collection'],
  ])('finds the fault in %j', (text, told) => {
    expect(read(text).told).toEqual([told]);
  });
});
