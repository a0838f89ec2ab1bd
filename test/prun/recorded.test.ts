// Command lines and task parameters that the real server made, made again.
import { expect, it } from 'vitest';
import type { ReadResult } from '../../src/base/read-text.ts';
import { prunOptions } from '../../src/prun/options.ts';
import { parseOutputs } from '../../src/prun/outputs.ts';
import { parseArguments, textOf } from '../../src/prun/parse-args.ts';
import { pythonText } from '../../src/prun/plain-value.ts';
import { asShellWords, quoteShellWord, splitShellWords } from '../../src/prun/shell-words.ts';
import { taskParameters, type TaskExtras } from '../../src/prun/task-params.ts';
import { describeWithShared } from '../rigs/shared.ts';
import { commandOf, recordedNodes, recordedTemplates, type RecordedNode } from './recorded-nodes.ts';

const hpoFiles: Record<string, string> = {
  'conf.json': JSON.stringify({
    evaluationContainer: 'docker://example.org/eval:latest',
    evaluationExec: 'bash ./exec_in_container.sh',
    evaluationMetrics: 'metrics.tgz',
    nParallelEvaluation: 3,
    maxPoints: '10',
    nPointsPerIteration: 2,
    minUnevaluatedPoints: 2,
    searchSpaceFile: 'search_space.json',
    steeringExec: 'run --rm example/hpogrid',
  }),
  'search_space.json': '{}',
};

const extras: TaskExtras = {
  userName: 'Alice Example',
  basePlatform: 'centos7',
  uuid: () => '<uuid>',
  readText: (path): ReadResult => {
    const text = hpoFiles[path];
    return text === undefined ? { ok: false, reason: 'missing', detail: path } : { ok: true, text };
  },
};

function made(node: RecordedNode) {
  const image = node.inputs['opt_containerImage'];
  const trainingDS = 'user.alice.blah_000_pre_proc_seed.txt/';
  const hpoWords = [
    '--loadJson',
    'conf.json',
    '--trainingDS',
    trainingDS,
    '--outDS',
    'user.alice.blah_001_main_hpo',
  ];
  const step = {
    type: node.type,
    taskName: pythonText(node.taskParams['taskName'] ?? ''),
    command: node.type === 'phpo' ? hpoWords : node.type === 'gitlab' ? [] : commandOf(node),
    containerImage: typeof image === 'string' ? image : undefined,
    useAthenaPackages: false,
    inputs: node.inputs,
    inputDatasets: ['user.alice.blah_000_un_out.txt/'],
    parentTaskNames: node.parentTaskNames,
    isWorkflowOutput: node.isWorkflowOutput,
  };
  return taskParameters(step, recordedTemplates(), extras);
}

describeWithShared('what the real server made of steps', () => {
  const nodes = recordedNodes();
  const withPrun = nodes.filter((node) => node.type !== 'phpo' && node.type !== 'gitlab');

  it('is recorded for steps of all five types', () => {
    expect(new Set(nodes.map((node) => node.type))).toEqual(
      new Set(['prun', 'junction', 'reana', 'phpo', 'gitlab']),
    );
    expect(nodes.length).toBeGreaterThan(60);
  });

  it.each(withPrun)('the command line of $title splits and quotes back', (node) => {
    expect(['prun', ...commandOf(node)].map(quoteShellWord).join(' ')).toBe(node.taskParams['cliParams']);
  });

  it.each(withPrun)('the outputs of $title have the recorded types', (node) => {
    const parsed = parseArguments(prunOptions, asShellWords(commandOf(node)));
    const refused = parsed.problems.filter((problem) => problem.option !== '--forceStagedSecondary');
    expect(refused).toEqual([]);
    const specs = parseOutputs(textOf(parsed.values, 'outputs') ?? '');
    expect(specs.map((spec) => spec.type)).toEqual(node.outputTypes);
  });

  it.each(nodes)('the task parameters of $title are the recorded ones', (node) => {
    expect(made(node)).toMatchObject({ ok: true });
    const result = made(node);
    if (!result.ok) return;
    expect(result.parameters).toEqual(node.taskParams);
    expect(result.outputTypes).toEqual(node.outputTypes);
  });

  it('the offsets of words point into the command line', () => {
    for (const node of withPrun) {
      const line = pythonText(node.taskParams['cliParams'] ?? '');
      const split = splitShellWords(line);
      for (const word of split.words) {
        expect(splitShellWords(line.slice(word.start, word.end)).words.map(({ text }) => text)).toEqual([
          word.text,
        ]);
      }
    }
  });
});
