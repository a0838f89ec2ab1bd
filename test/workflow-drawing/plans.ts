// Plans for drawings, written as a few words per step.
import type { StepType } from '../../src/workflow/model.ts';
import type { LinkKind, Plan, PlannedCondition, PlannedStep } from '../../src/workflow/plan.ts';

export interface StepSketch {
  readonly id: number;
  readonly name: string;
  readonly type?: StepType;
  readonly from?: readonly (readonly [number, LinkKind])[];
  readonly condition?: PlannedCondition;
  readonly scatterIndex?: number;
  readonly loop?: boolean;
  readonly steps?: readonly PlannedStep[];
}

export function step(sketch: StepSketch): PlannedStep {
  const from = sketch.from ?? [];
  return {
    id: sketch.id,
    name: sketch.name,
    type: sketch.type ?? 'prun',
    parents: from.map(([parent]) => parent),
    links: from.map(([parent, kind]) => ({ parent, kind })),
    condition: sketch.condition,
    scatter: sketch.scatterIndex === undefined ? [] : ['opt_inDS'],
    scatterIndex: sketch.scatterIndex,
    loop: sketch.loop ?? false,
    inLoop: false,
    inputs: {},
    suppressed: [],
    outputs: [`user.alice.x_${String(sketch.id).padStart(3, '0')}_${sketch.name}`],
    outputTypes: [],
    inputDatasets: [],
    command: [],
    isTail: false,
    isWorkflowOutput: false,
    rootInputs: {},
    steps: sketch.steps ?? [],
    where: () => ({ file: 'x.cwl', start: 0, end: 0 }),
  };
}

export function plan(steps: readonly PlannedStep[], outputSteps: readonly number[] = []): Plan {
  return { outDS: 'user.alice.x', inputs: {}, steps, outputSteps };
}

const done = 'processed';

export const chainOfTwo = plan(
  [step({ id: 0, name: 'top' }), step({ id: 1, name: 'bottom', from: [[0, 'started']] })],
  [1],
);

export const twoSources = plan(
  [
    step({ id: 0, name: 'signal' }),
    step({ id: 1, name: 'background' }),
    step({
      id: 2,
      name: 'combine',
      type: 'reana',
      from: [
        [0, done],
        [1, done],
      ],
    }),
  ],
  [2],
);

export const diamondWithCondition = plan(
  [
    step({ id: 0, name: 'top' }),
    step({ id: 1, name: 'good', from: [[0, done]], condition: { operator: null, left: [0], right: null } }),
    step({
      id: 2,
      name: 'bad',
      from: [[0, 'failed']],
      condition: { operator: 'not', left: [0], right: null },
    }),
    step({
      id: 3,
      name: 'collect',
      type: 'junction',
      from: [
        [1, done],
        [2, done],
      ],
      condition: {
        operator: 'or',
        left: { operator: null, left: [1], right: null },
        right: { operator: null, left: [2], right: null },
      },
    }),
  ],
  [3],
);

const copy = (index: number): PlannedStep => {
  const base = 10 * (index + 1);
  return step({
    id: base + 9,
    name: 'many_samples',
    type: 'workflow',
    scatterIndex: index,
    from: [[0, done]],
    steps: [
      step({ id: base, name: 'make', from: [[0, 'started']] }),
      step({ id: base + 1, name: 'fit', scatterIndex: 0, from: [[base, 'started']] }),
      step({ id: base + 2, name: 'fit', scatterIndex: 1, from: [[base, 'started']] }),
      step({
        id: base + 3,
        name: 'join',
        from: [
          [base + 1, done],
          [base + 2, done],
        ],
      }),
    ],
  });
};

export const nestedScatter = plan(
  [
    step({ id: 0, name: 'generate' }),
    copy(0),
    copy(1),
    copy(2),
    step({
      id: 50,
      name: 'merge',
      from: [
        [13, done],
        [23, done],
        [33, done],
        [0, done],
      ],
    }),
  ],
  [50],
);

export const fortySteps = plan(
  Array.from({ length: 40 }, (_, id) =>
    step({
      id,
      name: `step_${String(id).padStart(2, '0')}`,
      from:
        id === 0
          ? []
          : id % 7 === 0
            ? [
                [id - 1, done],
                [id >> 1, done],
              ]
            : [[id - 1, 'started']],
    }),
  ),
  [39],
);

export const wideLoop = plan(
  [
    step({ id: 0, name: 'work_start' }),
    step({
      id: 4,
      name: 'work_loop',
      type: 'workflow',
      loop: true,
      from: [[0, done]],
      steps: [
        step({ id: 1, name: 'inner_work_top', from: [[0, 'started']] }),
        step({ id: 2, name: 'inner_work_bottom', from: [[1, 'started']] }),
        step({
          id: 3,
          name: 'checkpoint',
          type: 'junction',
          from: [
            [1, done],
            [2, done],
          ],
        }),
      ],
    }),
    step({ id: 5, name: 'merge', from: [[2, done]] }),
  ],
  [5],
);

export const sigBgComb = plan(
  [
    step({ id: 0, name: 'generate_some' }),
    step({ id: 1, name: 'make_background_1' }),
    step({ id: 2, name: 'make_background_2', from: [[0, 'started']] }),
    step({ id: 3, name: 'make_signal' }),
    step({
      id: 4,
      name: 'premix',
      from: [
        [1, done],
        [2, done],
      ],
    }),
    step({
      id: 5,
      name: 'combine',
      from: [
        [3, done],
        [4, done],
      ],
    }),
  ],
  [5],
);
