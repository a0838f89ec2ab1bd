// Plans worked out by hand from the documented rules: nesting, loops, scatter, order, conditions.
import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/workflow/model.ts';
import { dumpPlan } from '../../src/workflow/dump.ts';
import type { PlannedStep } from '../../src/workflow/plan.ts';
import { allSteps, planCwl, readerOf, type Planned } from '../rigs/documents.ts';

/** One step in flow style; `inputs` are further inputs. */
function step(name: string, inputs = '', { run = 'prun', extra = '', exec = '' } = {}): string {
  const payload = exec === '' ? (inputs.includes('opt_inDS') ? 'run %IN' : 'run') : exec;
  const secondary = inputs.includes('opt_secondaryDSs') ? ' --secondaryDSs IN2:1:%{SECDS1}' : '';
  const used = secondary === '' || payload.includes('%IN2') ? payload : `${payload} %IN2`;
  const parameters = `opt_exec: {default: "${used}"}, opt_args: {default: "--outputs ${name}.root${secondary}"}`;
  return `  ${name}: {run: ${run}, in: {${inputs === '' ? '' : `${inputs}, `}${parameters}}, out: [outDS]${extra}}\n`;
}

function sub(name: string, file: string, inputs: string, extra = ''): string {
  return `  ${name}: {run: ${file}, in: {${inputs}}, out: [outDS]${extra}}\n`;
}

function workflow(inputs: string, output: string, ...steps: string[]): string {
  const head = `cwlVersion: v1.2\nclass: Workflow\ninputs: {${inputs}}\n`;
  return `${head}outputs: {outDS: {type: string, outputSource: ${output}}}\nsteps:\n${steps.join('')}`;
}

function plan(texts: Record<string, string>, inputs: Record<string, Value> = {}): Planned {
  const surroundings = { target: 'embedded' as const };
  const planned = planCwl('main.cwl', readerOf(texts), { inputs, outDS: 'u', surroundings });
  expect(planned.lines).toEqual([]);
  return planned;
}

/** `id name(parents)`, deeper steps in brackets. */
function outline(steps: readonly PlannedStep[]): string {
  return steps
    .map((one) => {
      const inner = one.steps.length === 0 ? '' : `[${outline(one.steps)}]`;
      return `${one.id} ${one.name}(${one.parents.join(',')})${inner}`;
    })
    .join(' ');
}

function named(planned: Planned, name: string): PlannedStep {
  const found = allSteps(planned.plan.steps).find((one) => one.name === name);
  if (found === undefined) throw new Error(`no step ${name}`);
  return found;
}

const decide = `  decide: {run: junction, in: {opt_inDS: work/outDS, opt_exec: {default: "decide %{DS1}"}}, out: []}\n`;

describe('a chain', () => {
  const chain = workflow(
    'seed: {type: int, default: 7}',
    'deriv/outDS',
    step('evnt', '', { exec: 'gen %RNDM:1' }),
    step('simul', 'opt_inDS: evnt/outDS, opt_useAthenaPackages: {default: true}'),
    step('pile', 'opt_inDS: simul/outDS, opt_secondaryDSs: [evnt/outDS]', { exec: 'reco %IN %IN2' }),
    step('deriv', 'opt_inDS: pile/outDS, opt_containerImage: {default: docker://busybox}'),
  );

  it('is numbered in rounds over the names, not along the chain', () => {
    const { plan: made } = plan({ 'main.cwl': chain });
    // The names are deriv, evnt, pile, simul: only evnt and simul can be taken in the first round.
    expect(outline(made.steps)).toBe('0 evnt() 1 simul(0) 2 pile(0,1) 3 deriv(2)');
    expect(made.outputSteps).toEqual([3]);
    expect(made.steps.map((one) => one.links.map((link) => link.kind))).toEqual([
      [],
      ['started'],
      ['processed', 'processed'],
      ['started'],
    ]);
  });

  it('hands datasets on by the type of the step before', () => {
    const planned = plan({ 'main.cwl': chain });
    expect(named(planned, 'deriv').command).toEqual([
      'prun',
      '--outputs',
      'deriv.root',
      '--inDS',
      'u_002_pile_pile.root/',
      '--notExpandInDS',
      '--notExpandSecDSs',
      '--exec',
      'run %IN',
      '--outDS',
      'u_003_deriv',
      '--containerImage',
      'docker://busybox',
    ]);
    expect(named(planned, 'simul').command.at(-1)).toBe('--useAthenaPackages');
  });
});

describe('the order of steps', () => {
  it('of a list is the one written, for steps as for their inputs', () => {
    const document = `cwlVersion: v1.2
class: Workflow
inputs: []
outputs: [{id: o, type: string, outputSource: z/outDS}]
steps:
  - {id: z, run: prun, in: [{id: opt_exec, default: e}, {id: opt_args, default: --outputs z}], out: [outDS]}
  - {id: a, run: prun, in: [{id: opt_args, default: --outputs a}, {id: opt_exec, default: e}], out: [outDS]}
`;
    const { plan: made } = plan({ 'main.cwl': document });
    expect(outline(made.steps)).toBe('0 z() 1 a()');
    expect(made.steps.map((one) => Object.keys(one.inputs))).toEqual([
      ['opt_exec', 'opt_args'],
      ['opt_args', 'opt_exec'],
    ]);
  });

  it('of a map is by code point: capitals first, and nothing depends on the language of the machine', () => {
    const { plan: made } = plan({
      'main.cwl': workflow('', 'b/outDS', step('b'), step('a'), step('Z'), step('_x')),
    });
    expect(made.steps.map((one) => one.name)).toEqual(['Z', '_x', 'a', 'b']);
  });
});

describe('sub-workflows', () => {
  const innermost = workflow('d: string', 'x/outDS', step('x', 'opt_inDS: d'), step('y', 'opt_inDS: d'));
  const wrap = (file: string): string => workflow('d: string', 's/outDS', sub('s', file, 'd: d'));

  it('three deep hand their output through, and are numbered after their steps', () => {
    const planned = plan({
      'main.cwl': workflow(
        '',
        'z/outDS',
        step('first'),
        sub('m', 'one.cwl', 'd: first/outDS'),
        step('z', 'opt_inDS: m/outDS'),
      ),
      'one.cwl': wrap('two.cwl'),
      'two.cwl': wrap('three.cwl'),
      'three.cwl': innermost,
    });
    expect(outline(planned.plan.steps)).toBe('0 first() 5 m(0)[4 s(0)[3 s(0)[1 x(0) 2 y(0)]]] 6 z(1)');
    expect(named(planned, 'z').inputDatasets).toEqual(['u_001_x_x.root/']);
    expect(named(planned, 'x').inputDatasets).toEqual(['u_000_first_first.root/']);
    // Only x is handed out; y is a leaf that nobody waits for.
    expect(allSteps(planned.plan.steps).filter((one) => one.isWorkflowOutput).map((one) => one.name)).toEqual(['y', 'z']); // prettier-ignore
    expect(named(planned, 'z').links).toEqual([{ parent: 5, kind: 'processed' }]);
    expect(named(planned, 'm').links).toEqual([{ parent: 0, kind: 'started' }]);
  });

  it('as the workflow output name the leaf inside of them', () => {
    const planned = plan({ 'main.cwl': wrap('three.cwl'), 'three.cwl': innermost }, { d: 'data/' });
    expect(planned.plan.outputSteps).toEqual([0]);
  });

  it('hand out the data of all their outputs, whatever the step calls them', () => {
    const two = `cwlVersion: v1.2\nclass: Workflow\ninputs: []\noutputs:\n  daod: {type: string, outputSource: a/outDS}\n  ntup: {type: string, outputSource: b/outDS}\nsteps:\n${step('a')}${step('b')}`;
    const planned = plan({
      'main.cwl': workflow(
        '',
        'z/outDS',
        sub('m', 'two.cwl', ''),
        step('z', 'opt_inDS: m/outDS', { exec: '%{DS*}' }),
      ),
      'two.cwl': two,
    });
    expect(named(planned, 'z').inputDatasets).toEqual(['u_000_a_a.root/', 'u_001_b_b.root/']);
    expect(named(planned, 'z').inputs['opt_exec']).toBe('u_000_a_a.root/,u_001_b_b.root/');
  });

  it('put their inputs into the payload, in `opt_args` too', () => {
    const texts = {
      'main.cwl': workflow('', 'm/outDS', sub('m', 'b.cwl', 'mass: {default: 1.0}, tag: {default: "$& x"}')),
      'b.cwl': workflow(
        'mass: float, tag: string, width: {type: float, default: 1.0e-5}',
        'work/outDS',
        '  work: {run: prun, in: {opt_exec: {default: "%{mass} %{width} %{tag} %{none}"}, opt_args: {default: "--outputs o --inDS %{tag}"}}, out: []}\n',
      ),
    };
    const planned = planCwl('main.cwl', readerOf(texts), { outDS: 'u' });
    expect(planned.lines).toEqual([
      'b.cwl:6:71: warning[workflow/unknown-placeholder] `%{none}` names no input of the workflow around the step; it stays as it is',
      'b.cwl:6:122: warning[panda/args-placeholder] the PanDA server does not replace `%{tag}` in `opt_args`',
    ]);
    // A value is never cut into words.
    expect(named(planned, 'work').command).toEqual([
      'prun',
      '--outputs',
      'o',
      '--inDS',
      '$& x',
      '--exec',
      '1.0 1e-05 $& x %{none}',
      '--outDS',
      'u_000_work',
    ]);
  });
});

describe('scatter', () => {
  it('makes a copy of a sub-workflow for each element, side by side', () => {
    const planned = plan(
      {
        'main.cwl': workflow(
          'left: "string[]", right: "string[]"',
          'sum/outDS',
          sub('pair', 'pair.cwl', 'a: left, b: right', ', scatter: [a, b], scatterMethod: dotproduct'),
          step('sum', 'opt_inDS: pair/outDS'),
        ),
        'pair.cwl': workflow('a: string, b: string', 'q/outDS', step('p', 'opt_inDS: a'), step('q', 'opt_inDS: [p/outDS], opt_secondaryDSs: [p/outDS]')), // prettier-ignore
      },
      { left: ['l1/', 'l2/', 'l3/'], right: ['r1/', 'r2/', 'r3/'] },
    );
    expect(outline(planned.plan.steps)).toBe('2 pair()[0 p() 1 q(0)] 5 pair()[3 p() 4 q(3)] 8 pair()[6 p() 7 q(6)] 9 sum(1,4,7)'); // prettier-ignore
    expect(planned.plan.steps.map((one) => one.rootInputs)).toEqual([
      { a: 'l1/', b: 'r1/' },
      { a: 'l2/', b: 'r2/' },
      { a: 'l3/', b: 'r3/' },
      {},
    ]);
    expect(planned.plan.steps.map((one) => one.scatterIndex)).toEqual([0, 1, 2, undefined]);
    expect(named(planned, 'sum').inputs['opt_inDS']).toEqual(['u_001_q', 'u_004_q', 'u_007_q']);
  });

  it('inside of a loop cuts loop parameters in every iteration anew', () => {
    const texts = {
      'main.cwl': workflow('', 'l/outDS', sub('l', 'loop.cwl', '', ', hints: [loop]')),
      'loop.cwl': workflow(
        'param_mass: {type: "int[]", default: [10, 20]}',
        'work/outDS',
        sub('work', 'body.cwl', 'param_mass: param_mass', ', scatter: [param_mass]'),
        decide.replace('%{DS1}', '%{DS*}'),
      ),
      'body.cwl': workflow('param_mass: int', 'fit/outDS', step('fit', '', { exec: 'fit %{mass} %{i}' })),
    };
    const planned = plan(texts);
    expect(outline(planned.plan.steps)).toBe('5 l()[1 work()[0 fit()] 3 work()[2 fit()] 4 decide(0,2)]');
    const slices = allSteps(planned.plan.steps).filter((one) => one.name === 'work');
    expect(slices.map((one) => one.rootInputs)).toEqual([
      { param_mass: { src: 'mass', idx: 0 } },
      { param_mass: { src: 'mass', idx: 1 } },
    ]);
    expect(named(planned, 'fit').command).toContain('fit ___idds___user_mass___ ___idds___num_run___');
    expect(named(planned, 'decide').inputDatasets).toEqual([
      'u_000_fit.___idds___num_run____fit.root/',
      'u_002_fit.___idds___num_run____fit.root/',
    ]);
    expect(dumpPlan(planned.plan)).toContain("     param_mass: {'src': 'mass', 'idx': 1}\n");
  });

  it('of a task hands on all its datasets', () => {
    const texts = {
      'main.cwl': workflow('s: "string[]"', 'z/outDS', step('a', 'opt_inDS: s', { extra: ', scatter: [opt_inDS]' }), step('z', 'opt_inDS: a/outDS')), // prettier-ignore
    };
    const planned = planCwl('main.cwl', readerOf(texts), { inputs: { s: ['one/', 'two/'] }, outDS: 'u' });
    expect(named(planned, 'z').inputDatasets).toEqual(['u_000_a_a.root/', 'u_001_a_a.root/']);
    expect(planned.lines).toHaveLength(1);
    expect(planned.lines[0]).toContain('warning[panda/scattered-step]');
  });
});

describe('loops', () => {
  it('inside of loops mark every dataset, and junctions end the loop they lie in', () => {
    const planned = plan({
      'main.cwl': workflow('', 'end/outDS', step('begin'), sub('outer', 'outer.cwl', 'd: begin/outDS', ', hints: [loop]'), step('end', 'opt_inDS: outer/outDS')), // prettier-ignore
      'outer.cwl': workflow(
        'd: string',
        'work/outDS',
        sub('work', 'inner.cwl', 'd: d', ', hints: [loop]'),
        decide,
      ),
      'inner.cwl': workflow('d: string', 'work/outDS', step('work', 'opt_inDS: d'), decide),
    });
    expect(outline(planned.plan.steps)).toBe(
      '0 begin() 5 outer(0)[3 work(0)[1 work(0) 2 decide(1)] 4 decide(1)] 6 end(1)',
    );
    const marked = allSteps(planned.plan.steps).filter(
      (one) => one.outputs[0]?.endsWith('.___idds___num_run___') === true,
    );
    expect(marked.map((one) => one.id)).toEqual([1, 2, 4]);
    expect(planned.plan.steps[1]).toMatchObject({ loop: true, inLoop: true });
    // A junction leaves `results.json` whether it says so or not.
    expect(planned.plan.steps[1]?.steps[1]?.command).toEqual([
      'prun',
      '--outputs',
      'results.json',
      '--inDS',
      'u_001_work.___idds___num_run____work.root/',
      '--notExpandInDS',
      '--notExpandSecDSs',
      '--forceStaged',
      '--forceStagedSecondary',
      '--exec',
      'decide u_001_work.___idds___num_run____work.root/',
      '--outDS',
      'u_004_decide.___idds___num_run___',
    ]);
  });
});

describe('conditions', () => {
  const three = [step('a'), step('b'), step('c')];
  const inputs = 'opt_inDS: [a/outDS, b/outDS], opt_secondaryDSs: [c/outDS]';
  const planned = (when: string): Planned =>
    planCwl('main.cwl', readerOf({ 'main.cwl': workflow('', 'z/outDS', ...three, step('z', inputs, { extra: `, when: "${when}"` })) }), { outDS: 'u' }); // prettier-ignore

  it('with parentheses keep their shape', () => {
    const z = named(planned('$((self.opt_inDS[0] || !self.opt_inDS[1]) && self.opt_secondaryDSs[0])'), 'z');
    expect(z.condition).toEqual({
      operator: 'and',
      left: {
        operator: 'or',
        left: { operator: null, left: [0], right: null },
        right: { operator: 'not', left: [1], right: null },
      },
      right: { operator: null, left: [2], right: null },
    });
    expect(z.links).toEqual([
      { parent: 0, kind: 'processed' },
      { parent: 1, kind: 'failed' },
      { parent: 2, kind: 'processed' },
    ]);
    expect(z.suppressed).toEqual([]);
  });

  it('behind `!` turn round what each term waits for', () => {
    const z = named(planned('$(!(self.opt_inDS[0] && !self.opt_inDS[1]))'), 'z');
    expect(z.condition?.operator).toBe('not');
    expect(z.links).toEqual([
      { parent: 0, kind: 'failed' },
      { parent: 1, kind: 'processed' },
    ]);
  });

  it('without parentheses go from left to right', () => {
    const z = named(planned('$(self.opt_inDS[0] || self.opt_inDS[1] && self.opt_secondaryDSs[0])'), 'z');
    expect(z.condition).toMatchObject({ operator: 'and', left: { operator: 'or' } });
  });

  it('on a sub-workflow wait for the whole of it', () => {
    const made = plan({
      'main.cwl': workflow('', 'z/outDS', sub('m', 'two.cwl', ''), step('z', 'opt_inDS: m/outDS', { extra: ', when: $(self.opt_inDS)' })), // prettier-ignore
      'two.cwl': workflow('', 'b/outDS', step('a'), step('b', 'opt_inDS: a/outDS')),
    });
    const z = named(made, 'z');
    expect(z.condition).toEqual({ operator: null, left: [1], right: null });
    expect(z.links).toEqual([{ parent: 2, kind: 'processed' }]);
  });
});

describe('inputs that are not known yet', () => {
  it('can be assumed, so that the workflow can be looked at', () => {
    const texts = {
      'main.cwl': workflow('s: "string[]", d: string', 'z/outDS', sub('m', 'b.cwl', 'd: s', ', scatter: [d]'), step('z', 'opt_inDS: d')), // prettier-ignore
      'b.cwl': workflow('d: string', 'x/outDS', step('x', 'opt_inDS: d')),
    };
    const assumed = planCwl('main.cwl', readerOf(texts), { missingInputs: 'assume', outDS: 'u' });
    expect(assumed.lines).toEqual([]);
    expect(assumed.plan.inputs).toEqual({ d: '<d>', s: ['<s>'] });
    const reported = planCwl('main.cwl', readerOf(texts), { outDS: 'u' });
    expect(reported.lines.map((line) => line.slice(line.indexOf('error')))).toEqual([
      "error[inputs/missing] the workflow's input `s` has no value",
      "error[inputs/missing] the workflow's input `d` has no value",
    ]);
  });
});

describe('too much', () => {
  it('of steps is refused before memory ends', () => {
    const texts: Record<string, string> = {};
    for (let level = 0; level < 12; level++) {
      const file = level === 0 ? 'main.cwl' : `l${level}.cwl`;
      const inner = Array.from({ length: 10 }, (_, index) => sub(`s${index}`, `l${level + 1}.cwl`, ''));
      texts[file] = workflow('', 's0/outDS', ...inner);
    }
    texts['l12.cwl'] = workflow('', 'x/outDS', step('x'));
    const { lines } = planCwl('main.cwl', readerOf(texts));
    expect(lines.some((line) => line.endsWith('error[workflow/too-many-steps] the workflow comes to more than 50000 steps'))).toBe(true); // prettier-ignore
  });

  it('of a chain is no trouble: ten thousand steps, last one first', () => {
    const name = (index: number): string => `s${String(99_999 - index)}`;
    const steps = Array.from({ length: 10_000 }, (_, index) =>
      step(name(index), index === 0 ? '' : `opt_inDS: ${name(index - 1)}/outDS`),
    );
    const planned = plan({ 'main.cwl': workflow('', `${name(9999)}/outDS`, ...steps) });
    expect(planned.plan.steps).toHaveLength(10_000);
    expect(planned.plan.outputSteps).toEqual([9999]);
  });
});
