// Workflows for pictures, written as CWL and read and resolved for real.
import { Findings } from '../../src/base/finding.ts';
import { readCwl } from '../../src/cwl/read.ts';
import type { Graph, GraphStep } from '../../src/workflow/drawing/graph.ts';
import { graphOf } from '../../src/workflow/drawing/plan-graph.ts';
import type { Value } from '../../src/workflow/model.ts';
import { resolve } from '../../src/workflow/resolve.ts';

export interface StepWords {
  readonly run?: string;
  readonly in?: Readonly<Record<string, unknown>>;
  readonly outputs?: string;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** A `prun` step unless `run` says otherwise, as a JSON document has it. */
export function step(words: StepWords): unknown {
  return {
    run: words.run ?? 'prun',
    in: {
      ...(words.run?.endsWith('.cwl') === true
        ? {}
        : {
            opt_exec: { default: 'run.sh' },
            opt_args: { default: `--outputs ${words.outputs ?? 'out.root'}` },
          }),
      ...words.in,
    },
    out: ['outDS'],
    ...words.more,
  };
}

export function workflow(
  steps: Readonly<Record<string, unknown>>,
  ends: {
    readonly inputs?: Readonly<Record<string, unknown>>;
    readonly outputs?: Readonly<Record<string, string>>;
  } = {},
): string {
  const outputs = Object.entries(ends.outputs ?? {}).map(([name, outputSource]) => [
    name,
    { type: 'string', outputSource },
  ]);
  return JSON.stringify({
    cwlVersion: 'v1.2',
    class: 'Workflow',
    inputs: ends.inputs ?? {},
    outputs: Object.fromEntries(outputs) as unknown,
    steps,
  });
}

/** The graph of `main.cwl` among the files. */
export function graphFrom(
  files: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, Value>> = {},
): Graph {
  const findings = new Findings();
  const read = readCwl(
    'main.cwl',
    (path) => {
      const text = files[path];
      return text === undefined
        ? { ok: false, reason: 'missing', detail: 'does not exist' }
        : { ok: true, text };
    },
    findings,
  );
  if (read === undefined)
    throw new Error(
      findings
        .sorted()
        .map(({ message }) => message)
        .join('\n'),
    );
  const plan = resolve(read, { outDS: 'user.alice.x', inputs, findings, missingInputs: 'assume' });
  return graphOf(plan, read);
}

/** `from>to kind data types`, by name; a condition stands in brackets before the step it leads to. */
export function edgeWords(graph: Graph): string[] {
  const names = new Map<string, string>();
  for (const end of [...graph.inputs, ...graph.outputs]) names.set(end.key, end.name);
  const note = (drawn: GraphStep): void => {
    names.set(drawn.key, drawn.name);
    drawn.inner?.forEach(note);
  };
  graph.steps.forEach(note);
  return graph.edges.map(({ from, to, kind, data, types, gated }) =>
    [`${names.get(from) ?? from}>${gated ? '[?]' : ''}${names.get(to) ?? to}`, kind, data, ...types].join(
      ' ',
    ),
  );
}

/** Three workflows deep: scatter, in it a loop, around them conditions; every type of step. */
export const deep: Readonly<Record<string, string>> = {
  'main.cwl': workflow(
    {
      prepare: step({ in: { opt_inDS: 'calibration' }, outputs: 'calib.db,seed.txt' }),
      per_sample: step({
        run: 'sample.cwl',
        in: { sample: 'samples', calib: 'prepare/outDS' },
        more: { scatter: ['sample'] },
      }),
      publish: step({
        run: 'reana',
        in: { opt_inDS: 'per_sample/outDS' },
        outputs: 'limits.tar',
        more: { when: '$(self.opt_inDS)' },
      }),
      apology: step({
        in: { opt_inDS: 'per_sample/outDS' },
        outputs: 'sorry.txt',
        more: { when: '$(!self.opt_inDS)' },
      }),
    },
    {
      inputs: { samples: 'string[]', calibration: 'string' },
      outputs: { limits: 'publish/outDS', report: 'apology/outDS' },
    },
  ),
  'sample.cwl': workflow(
    {
      simulate: step({
        in: {
          opt_inDS: 'sample',
          opt_secondaryDSs: ['calib'],
          opt_secondaryDsTypes: { default: ['calib.db'] },
        },
        outputs: 'hits.root',
      }),
      learn: step({
        run: 'loop.cwl',
        in: { events: 'simulate/outDS', param_rate: { default: 0.1 } },
        more: { hints: ['loop'] },
      }),
      tune: step({ run: 'phpo', in: { opt_trainingDS: 'simulate/outDS' } }),
      trigger: step({ run: 'gitlab', in: { opt_inDS: ['tune/outDS'] } }),
      summarise: step({
        in: { opt_inDS: ['learn/outDS', 'trigger/outDS'] },
        outputs: 'summary.json',
        more: { when: '$(self.opt_inDS[0] || self.opt_inDS[1])' },
      }),
    },
    { inputs: { sample: 'string', calib: 'string' }, outputs: { outDS: 'summarise/outDS' } },
  ),
  'loop.cwl': workflow(
    {
      points: step({ in: { opt_inDS: 'events' }, outputs: 'points.npz' }),
      train: step({ in: { opt_inDS: 'points/outDS' }, outputs: 'model.pt,metrics.json' }),
      converged: step({
        run: 'junction',
        in: { opt_inDS: ['train/outDS'], opt_inDsType: { default: 'metrics.json' } },
      }),
    },
    {
      inputs: { events: 'string', param_rate: { type: 'float', default: 0.1 } },
      outputs: { outDS: 'train/outDS' },
    },
  ),
};

/** Names that try to break out of every format. */
export const hostileNames = [
  '<script>alert(1)</script>',
  `"quoted" & 'co' ]]> --> <!-- `,
  '\\N \\" \\',
  '%%{init: {"theme":"dark"}}%%',
  'end',
  '#quot; &quot; &#60;',
  'line\nbreak\u0000\u001b[2J',
  '`code` **bold** [link](javascript:alert(1)) | ; } ]',
  'Größe μ→ττ 信号 🙂 \ud800',
  'x'.repeat(4000),
];

export const hostile: Readonly<Record<string, string>> = {
  'main.cwl': workflow(
    Object.fromEntries(
      hostileNames.map((name, index) => [
        name,
        step({
          in:
            index === 0
              ? { opt_inDS: hostileNames[1] }
              : { opt_inDS: `${hostileNames[index - 1] ?? ''}/outDS` },
          outputs: '"<&>.root"',
        }),
      ]),
    ),
    {
      inputs: { [hostileNames[1] ?? '']: 'string' },
      outputs: { [hostileNames[2] ?? '']: `${hostileNames[8] ?? ''}/outDS` },
    },
  ),
};
