// Native workflows against what the real server's code made of the same documents.
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { ReadText } from '../../src/base/read-text.ts';
import { quoteShellWord } from '../../src/prun/shell-words.ts';
import { readWfd } from '../../src/wfd/read.ts';
import type { Value } from '../../src/workflow/model.ts';
import type { PlannedStep } from '../../src/workflow/plan.ts';
import { allSteps, planIn, type Planned } from '../rigs/documents.ts';
import { describeWithShared, sharedJson, sharedPath } from '../rigs/shared.ts';

interface Node {
  readonly id: number;
  readonly member_id: number;
  readonly name: string;
  readonly type: string;
  readonly parents: readonly number[];
  readonly sub_nodes: readonly number[];
  readonly is_workflow_output: boolean;
  readonly inputs: Readonly<Record<string, { readonly default: Value; readonly value?: Value }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly output_types: readonly string[];
  readonly task_params: { readonly cliParams: string } | null;
}

interface Recording {
  readonly request: { readonly workflowSpecFile: string; readonly outDS: string };
  readonly definition: {
    readonly root_inputs: Readonly<Record<string, Value>>;
    readonly root_outputs: Readonly<Record<string, { readonly value: string }>>;
    readonly nodes: readonly Node[];
  };
}

const names = ['simple_chain', 'signal_background_combine_wfd', 'nested_workflow_sig_bg_comb_wfd'];

describeWithShared('native workflows', () => {
  it.each(names)('%s has the steps, numbers, names and parents that the server gave it', (name) => {
    const { nodes, planned } = load(name);
    const steps = allSteps(planned.plan.steps);
    expect(steps.map(({ id }) => id).sort((a, b) => a - b)).toEqual(
      nodes.map(({ id }) => id).sort((a, b) => a - b),
    );
    for (const node of nodes) {
      const step = steps.find(({ id }) => id === node.id);
      expect(step, node.name).toBeDefined();
      if (step === undefined) continue;
      expect(
        {
          name: step.name,
          type: step.type,
          parents: step.parents,
          inside: step.steps.map(({ id }) => id),
          outputs: step.outputs,
          types: step.outputTypes,
          isOutput: step.isWorkflowOutput,
        },
        node.name,
      ).toEqual({
        name: node.name,
        type: node.type,
        parents: node.parents,
        inside: node.sub_nodes,
        outputs: Object.values(node.outputs).map(({ value }) => value),
        types: node.output_types,
        isOutput: node.is_workflow_output,
      });
    }
  });

  it.each(names)(
    '%s has the values and commands that the server made, but for the type it ignores',
    (name) => {
      const { nodes, planned } = load(name);
      for (const step of allSteps(planned.plan.steps)) {
        const node = nodes.find(({ id }) => id === step.id);
        const { opt_inDsType: type, ...inputs } = step.inputs;
        const expected = Object.entries(node?.inputs ?? {}).map(([key, input]) => [
          key.slice(key.indexOf('/') + 1),
          input.value ?? input.default,
        ]);
        if (step.type === 'workflow') continue;
        expect(inputs, step.name).toEqual(Object.fromEntries(expected));
        // What the description asks for, which is what is planned here.
        const command = step.command.map(quoteShellWord).join(' ');
        const asServed =
          type === 'def.zip' ? command.replace('_make_signal_def.zip/', '_make_signal_abc.dat/') : command;
        expect(asServed, step.name).toBe(node?.task_params?.cliParams);
      }
    },
  );

  it.each(names)('%s hands out what the server took for its outputs', (name) => {
    const { recording, planned } = load(name);
    const { root_inputs, root_outputs } = recording.definition;
    expect(planned.plan.inputs).toEqual(root_inputs);
    const outputs = planned.plan.outputSteps.map((id) => stepOf(planned, id).outputs[0]);
    expect(outputs).toEqual(Object.values(root_outputs).map(({ value }) => value));
  });

  it('a sub-workflow bundles the types that it says it hands out', () => {
    const { planned } = load('nested_workflow_sig_bg_comb_wfd');
    expect(stepOf(planned, 1).bundle).toEqual([
      { dataset: 'user.alice.native_002_006_combine_aaa.root/', type: 'aaa.root' },
    ]);
    expect(stepOf(planned, 8).links).toEqual([
      { parent: 0, kind: 'processed' },
      { parent: 1, kind: 'processed' },
    ]);
  });

  it('the documented examples are without faults, but for a secondary input that no option takes', () => {
    expect(names.flatMap((name) => load(name).planned.lines)).toEqual([
      'signal_background_combine_wfd.yaml:42:5: warning[panda/native-type] the PanDA server ignores `inDsType` in native workflows; it takes `abc.dat`, the first of `--outputs` of `make_signal`',
      'nested_workflow_sig_bg_comb_wfd.yaml:34:21: error[prun/unknown-stream] `%IN2` stands for files of a secondary dataset, but `args` has no `--secondaryDSs`',
      'signal_background_combine_wfd.yaml:42:5: warning[panda/native-type] the PanDA server ignores `inDsType` in native workflows; it takes `abc.dat`, the first of `--outputs` of `make_signal`',
    ]);
  });
});

function load(name: string): { recording: Recording; nodes: readonly Node[]; planned: Planned } {
  const recording = sharedJson('resolved', `native_${name}.json`) as Recording;
  const planned = planIn(readWfd, recording.request.workflowSpecFile, corpusReader(), {
    outDS: recording.request.outDS,
  });
  return { recording, nodes: recording.definition.nodes, planned };
}

function corpusReader(): ReadText {
  return (path) => {
    const full = sharedPath('corpus/wfd', path);
    if (!existsSync(full)) return { ok: false, reason: 'missing', detail: 'does not exist' };
    return { ok: true, text: readFileSync(full, 'utf8') };
  };
}

function stepOf({ plan }: Planned, id: number): PlannedStep {
  const step = allSteps(plan.steps).find((one) => one.id === id);
  if (step === undefined) throw new Error(`no step ${id}`);
  return step;
}
