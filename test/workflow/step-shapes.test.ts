import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planCwl, readerOf } from '../rigs/documents.ts';

// Steps of one shape are looked at once when nothing is wrong with the first. A comment at the end of its payload gives a step
// a shape of its own and changes nothing else: what is found must be the same with it and without.

const payloads = [
  'echo %IN > out.root',
  'echo %IN2 > out.root',
  'echo hello > out.root',
  'bash run.sh %{DS1} %IN',
  'echo %{DS3} %IN',
  'echo %{mass} %IN',
  "echo 'open %IN",
  'reana-client run',
];
const options = [
  '--outputs out.root',
  '--outputs out.root,hist.root --nJobs 2',
  '--outputs a/b',
  '--ouputs out.root',
  '--outputs out.root --site X --vo atlas',
  '',
];
const types = [undefined, 'out.root', 'hist.root', 'other.root'];

const stepArbitrary = fc.record({
  payload: fc.constantFrom(...payloads),
  options: fc.constantFrom(...options),
  type: fc.constantFrom(...types),
  /** How many steps before it its data come from; 0 for none. */
  parents: fc.integer({ min: 0, max: 2 }),
});
type Step = (typeof stepArbitrary extends fc.Arbitrary<infer T> ? T : never) & object;

function workflowOf(steps: readonly Step[], isMarked: boolean): string {
  const parts = steps.map(({ payload, options: args, type, parents }, index) => {
    const name = (at: number): string => `s${String(at).padStart(2, '0')}`;
    const sources = Array.from({ length: Math.min(parents, index) }, (_, before) => name(index - 1 - before));
    const references = sources.map((source) => `${source}/outDS`).join(', ');
    const list = sources.length > 1 ? `[${references}]` : references;
    const data = sources.length === 0 ? '' : `      opt_inDS: ${list}\n`;
    const kind = type === undefined ? '' : `      opt_inDsType: {default: ${type}}\n`;
    const mark = isMarked ? ` # ${index}` : '';
    return `  ${name(index)}:
    run: prun
    in:
${data}${kind}      opt_exec: {default: "${payload}${mark}"}
      opt_args: {default: "${args}"}
    out: [outDS]
`;
  });
  return `cwlVersion: v1.0
class: Workflow
inputs: []
outputs: {outDS: {type: string, outputSource: s00/outDS}}
steps:
${parts.join('')}`;
}

/** What is found, without the places: those move with the comments. */
function found(text: string): readonly string[] {
  const { lines } = planCwl('w.cwl', readerOf({ 'w.cwl': text }), {});
  return lines.map((line) => line.replace(/^w\.cwl:(\d+):\d+/, '$1'));
}

describe('steps of the same shape', () => {
  it('have the same faults found in them as steps that are like no other', () => {
    fc.assert(
      fc.property(fc.array(stepArbitrary, { minLength: 1, maxLength: 12 }), (steps) => {
        expect(found(workflowOf(steps, false))).toEqual(found(workflowOf(steps, true)));
      }),
      { numRuns: 300 },
    );
  });

  it('are told apart by the steps their data come from', () => {
    const lines = found(
      workflowOf(
        [
          { payload: 'echo a > out.root', options: '--outputs out.root', type: undefined, parents: 0 },
          { payload: 'echo %IN > out.root', options: '--outputs out.root', type: 'out.root', parents: 1 },
          { payload: 'echo b > hist.root', options: '--outputs hist.root', type: undefined, parents: 0 },
          { payload: 'echo %IN > out.root', options: '--outputs out.root', type: 'out.root', parents: 1 },
        ],
        false,
      ),
    );
    expect(lines).toEqual([expect.stringContaining('`s02` makes no `out.root`; it makes `hist.root`')]);
  });
});
