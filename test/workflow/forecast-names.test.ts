import { describe, expect, it } from 'vitest';
import { forecastNames, readableName, taskNameOf } from '../../src/workflow/forecast/names.ts';
import { leavesOf } from '../../src/workflow/forecast/leaves.ts';
import type { Plan } from '../../src/workflow/plan.ts';
import { planCwl, readerOf } from '../rigs/documents.ts';

function planOf(
  args: string,
  options: { readonly step?: string; readonly loop?: boolean; readonly run?: string } = {},
): Plan {
  const { step = 'fit', loop = false, run = 'prun' } = options;
  const workflow = (name: string, body: string) => `cwlVersion: v1.2
class: Workflow
inputs: []
outputs: {outDS: {type: string, outputSource: ${name}/outDS}}
steps:
  ${name}:
${body}
    out: [outDS]
`;
  const leaf = workflow(
    step,
    `    run: ${run}\n    in: {opt_exec: {default: x}, opt_args: {default: "${args}"}}`,
  );
  const texts = {
    'leaf.cwl': leaf,
    'loop.cwl': workflow('loop', '    run: leaf.cwl\n    in: []\n    hints: [loop]'),
  };
  return planCwl(loop ? 'loop.cwl' : 'leaf.cwl', readerOf(texts)).plan;
}

const namesOf = (plan: Plan) => forecastNames(plan).get(0) ?? [];

describe('the names of a task', () => {
  it('are those of its outputs and of its log', () => {
    const names = namesOf(planOf('--outputs a.txt,x*.root'));
    expect(names.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'output user.alice.blah_000_fit_a.txt/',
      'output user.alice.blah_000_fit_xXYZ.root.tgz/',
      'log user.alice.blah_000_fit.log/',
    ]);
    expect(names.flatMap(({ faults }) => faults)).toEqual([]);
    expect(names[0]?.length).toBe('user.alice.blah_000_fit_a.txt/'.length);
  });

  it('leave out the log where there is none, and outputs that are never made', () => {
    expect(namesOf(planOf('--outputs a.txt --noSeparateLog')).map(({ kind }) => kind)).toEqual(['output']);
    expect(namesOf(planOf('')).map(({ kind }) => kind)).toEqual(['log']);
  });

  it('carry the number of the iteration in a loop', () => {
    const plan = planOf('--outputs a.txt', { loop: true });
    const [output] = namesOf(plan);
    expect(output?.name).toBe('user.alice.blah_000_fit.___idds___num_run____a.txt/');
    expect(output?.iterations).toEqual([
      'user.alice.blah_000_fit.1_a.txt/',
      'user.alice.blah_000_fit.2_a.txt/',
    ]);
    expect(readableName(output?.name ?? '')).toBe('user.alice.blah_000_fit.<iteration>_a.txt/');
    expect(leavesOf(plan).map(taskNameOf)).toEqual(['user.alice.blah_000_fit.___idds___num_run___']);
  });

  it('are marked when they are longer than PanDA allows, to the character', () => {
    const base = 'user.alice.blah_000_'.length + '.log/'.length;
    const faults = (length: number) =>
      namesOf(
        planOf('--noSeparateLog --outputs a', {
          step: 's'.repeat(length - base + '.log/'.length - '_a/'.length),
        }),
      )[0]?.faults;
    expect(faults(132)).toEqual([]);
    expect(faults(133)).toEqual(['too long: at most 132 characters are allowed']);
  });

  it('are marked when they are made twice, or hold what no name may hold', () => {
    const [first, second] = namesOf(planOf('--outputs a.txt,a.txt'));
    expect([first?.faults, second?.faults]).toEqual([
      ['made twice by this step'],
      ['made twice by this step'],
    ]);
    expect(namesOf(planOf('--outputs a@b.txt'))[0]?.faults).toEqual([
      'contains `@`, which no dataset name may have',
    ]);
  });

  it('of a search are its metrics and its log', () => {
    const plan = planOf('--evaluationMetrics m.tgz', { run: 'phpo' });
    expect(namesOf(plan).map(({ name }) => name)).toEqual([
      'user.alice.blah_000_fit/',
      'user.alice.blah_000_fit.log/',
    ]);
    expect(leavesOf(plan).map(taskNameOf)).toEqual(['user.alice.blah_000_fit/']);
  });
});
