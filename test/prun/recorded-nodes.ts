// Steps as the real server resolved them, read from the reference folder.
import { readdirSync } from 'node:fs';
import { pythonText, type PlainObject, type PlainValue } from '../../src/prun/plain-value.ts';
import { splitShellWords } from '../../src/prun/shell-words.ts';
import type { TaskStep, TaskTemplates } from '../../src/prun/task-params.ts';
import { sharedJson, sharedPath } from '../rigs/shared.ts';

export interface RecordedNode {
  /** File, variant, id and name, for the title of a test. */
  readonly title: string;
  readonly type: TaskStep['type'];
  readonly outputTypes: readonly string[];
  readonly taskParams: PlainObject;
  readonly inputs: Readonly<Record<string, PlainValue>>;
  readonly parentTaskNames: readonly string[];
  readonly isWorkflowOutput: boolean;
}

interface RawNode {
  id: number;
  name: string;
  type: string;
  parents: number[];
  inputs: Record<string, { default?: PlainValue; value?: PlainValue }>;
  output_types: string[];
  task_params: PlainObject | null;
  is_workflow_output: boolean;
  sub_nodes: RawNode[] | null;
}

/** Every leaf with task parameters, of every variant of every file. */
export function recordedNodes(): readonly RecordedNode[] {
  const files = readdirSync(sharedPath('resolved')).filter((name) => /^(?!_|native_).*\.json$/.test(name));
  return files.flatMap((file) => {
    const record = sharedJson('resolved', file) as Record<
      string,
      { nodes_final?: RawNode[] } | string | null
    >;
    return ['as_is', 'repaired', 'old_resolver_pcwl_utils'].flatMap((variant) => {
      const part = record[variant];
      const nodes = flat((typeof part === 'object' ? part?.nodes_final : undefined) ?? []);
      return nodes.flatMap((node) => recorded(node, nodes, `${file} ${variant}`));
    });
  });
}

/** The words after `prun` in the recorded command line. */
export function commandOf(node: RecordedNode): readonly string[] {
  const split = splitShellWords(pythonText(node.taskParams['cliParams'] ?? ''));
  if (!split.ok) throw new Error(`the recorded command of ${node.title} does not split`);
  return split.words.slice(1).map((word) => word.text);
}

/** The templates of the request the recordings were made with. */
export function recordedTemplates(): TaskTemplates {
  const facts = sharedJson('facts', 'task-params.json') as Record<
    string,
    { payload: { taskParams: unknown } }
  >;
  return facts['pchain_athena_check']?.payload.taskParams as TaskTemplates;
}

function flat(nodes: readonly RawNode[]): RawNode[] {
  return nodes.flatMap((node) => [node, ...flat(node.sub_nodes ?? [])]);
}

function recorded(node: RawNode, all: readonly RawNode[], where: string): RecordedNode[] {
  if (node.task_params === null) return [];
  const inputs = Object.entries(node.inputs).map(([name, input]): [string, PlainValue] => [
    name.split('/').at(-1) ?? name,
    input.value ?? input.default ?? null,
  ]);
  const parents = node.parents.map((id) => all.find((other) => other.id === id)?.task_params?.['taskName']);
  return [
    {
      title: `${where} ${node.id} ${node.name}`,
      type: node.type as TaskStep['type'],
      outputTypes: node.output_types,
      taskParams: node.task_params,
      inputs: Object.fromEntries(inputs),
      parentTaskNames: parents.map(String),
      isWorkflowOutput: node.is_workflow_output,
    },
  ];
}
