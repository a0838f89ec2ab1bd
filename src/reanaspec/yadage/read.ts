// A loaded Yadage workflow -> the typed model, with findings for everything that its schema refuses.
// @see yadage-schemas 0.10.8 for the fields
import type { Findings } from '../../base/finding.ts';
import { spanOf, textOf, valueOf } from '../../source/tree.ts';
import type { TreeNode } from '../../source/tree.ts';
import { readExpression } from './read-expressions.ts';
import { readScheduler } from './read-scheduler.ts';
import { fieldsOf, type ObjectFields } from './fields.ts';
import { isUnavailable } from './load.ts';
import type { YadageDependencies, YadageStage, YadageWorkflow } from './model.ts';
import { unknownType } from './unknown-type.ts';

/** Reads a workflow, nested ones with it. Stages that cannot be made sense of are left out, with findings: a workflow with
 *  errors must not be run.
 *  @param root what `loadYadage` gives
 *  @returns `undefined` when there are no stages at all */
export function readYadageWorkflow(root: TreeNode, findings: Findings): YadageWorkflow | undefined {
  const fields = fieldsOf(root, 'a workflow', findings)?.allow(['stages']);
  fields?.required('stages');
  const stages = fields?.list('stages');
  if (stages === undefined) return undefined;
  const read: YadageStage[] = [];
  const unread: (string | undefined)[] = [];
  for (const item of stages.items) {
    const stage = readStage(item, findings);
    if (stage !== undefined) read.push(stage);
    else unread.push(item.kind === 'map' ? textOf(valueOf(item, 'name')) : undefined);
  }
  return { node: root, stages: read, unread };
}

function readStage(node: TreeNode, findings: Findings): YadageStage | undefined {
  if (isUnavailable(node)) return undefined;
  const fields = fieldsOf(node, 'a stage', findings)?.allow(['name', 'scheduler'], ['dependencies']);
  if (fields === undefined) return undefined;
  const name = fields.requiredText('name');
  const schedulerNode = fields.required('scheduler');
  const dependencies = readDependencies(fields, findings);
  const scheduler =
    schedulerNode === undefined ? undefined : readScheduler(schedulerNode, readYadageWorkflow, findings);
  if (name === undefined || scheduler === undefined) return undefined;
  return { node: fields.node, name: name.text, nameNode: name.node, dependencies, scheduler };
}

const dependencyTypes = ['jsonpath_ready', 'expressions_fulfilled'] as const;

/** After a finding nobody knows what a stage was meant to wait for. */
const unreadDependencies: YadageDependencies = { type: 'expressions_fulfilled', expressions: [] };

function readDependencies(stage: ObjectFields, findings: Findings): YadageDependencies {
  const node = stage.value('dependencies');
  if (stage.isMisspelt('dependencies')) return unreadDependencies;
  if (node === undefined)
    return stage.has('dependencies') ? unreadDependencies : { type: 'jsonpath_ready', expressions: [] };
  const fields = fieldsOf(node, 'the `dependencies` of a stage', findings)?.allow([
    'dependency_type',
    'expressions',
  ]);
  if (fields === undefined) return unreadDependencies;
  const type = fields.requiredText('dependency_type');
  const known = dependencyTypes.find((candidate) => candidate === type?.text);
  if (type !== undefined && known === undefined) unknownType(type, 'dependencies', dependencyTypes, findings);
  fields.required('expressions');
  if (known !== 'expressions_fulfilled') {
    const expressions = fields.texts('expressions') ?? [];
    const isWhole = known !== undefined && expressions.length === fields.count('expressions');
    return isWhole ? { type: 'jsonpath_ready', expressions } : unreadDependencies;
  }
  const items = fields.list('expressions')?.items ?? [];
  return {
    type: known,
    expressions: items.flatMap((item) => {
      if (isUnavailable(item)) return [];
      const expression = readExpression(item, findings);
      if (expression === undefined && item.kind !== 'map') {
        findings.error('yadage/wrong-type', spanOf(item), 'an expression must be a mapping');
      }
      return expression ?? [];
    }),
  };
}
