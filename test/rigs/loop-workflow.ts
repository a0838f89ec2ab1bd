// Workflows with loops in a few lines, as CWL documents: what the tests of loops are written with.
import type { Value } from '../../src/workflow/model.ts';
import type { Plan } from '../../src/workflow/plan.ts';
import { planCwl, readerOf } from './documents.ts';

/** One leaf: `inputs` in CWL's flow style, `exec` a payload for bash without double quotes. */
export function leaf(
  name: string,
  exec: string,
  { run = 'prun', inputs = '', args = '--outputs out.txt' } = {},
): string {
  const parameters = `opt_exec: {default: ${JSON.stringify(exec)}}, opt_args: {default: "${args}"}`;
  return `  ${name}: {run: ${run}, in: {${inputs === '' ? '' : `${inputs}, `}${parameters}}, out: [outDS]}\n`;
}

/** A junction that runs a script; `results.json` is among its outputs by itself. */
export function junction(name: string, exec: string, inputs = ''): string {
  const parameters = `opt_exec: {default: ${JSON.stringify(exec)}}`;
  return `  ${name}: {run: junction, in: {${inputs === '' ? '' : `${inputs}, `}${parameters}}, out: []}\n`;
}

/** A sub-workflow; `extra` is `scatter: …` or `hints: [loop]`. */
export function part(name: string, file: string, inputs: string, ...extra: string[]): string {
  const fields = [`run: ${file}`, `in: {${inputs}}`, 'out: [outDS]', ...extra];
  return `  ${name}: {${fields.join(', ')}}\n`;
}

export const loop = 'hints: [loop]';

/** A document; `output` is what it hands out. */
export function document(inputs: string, output: string, ...steps: string[]): string {
  const head = `cwlVersion: v1.2\nclass: Workflow\ninputs: {${inputs}}\n`;
  return `${head}outputs: {outDS: {type: string, outputSource: ${output}}}\nsteps:\n${steps.join('')}`;
}

/** The plan of `main.cwl`; errors in it fail the test. */
export function planLoops(
  documents: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, Value>> = {},
  outDS = 'user.alice.t',
): Plan {
  const planned = planCwl('main.cwl', readerOf(documents), {
    inputs,
    outDS,
    surroundings: { target: 'embedded' },
  });
  const errors = planned.lines.filter((line) => line.includes(' error['));
  if (errors.length > 0) throw new Error(errors.join('\n'));
  return planned.plan;
}
