// The scheduler of a stage: how many steps it makes, what each of them gets, and what it is.
import type { Findings } from '../../base/finding.ts';
import { entryOf, keyText, spanOf } from '../../source/tree.ts';
import type { ScalarNode, TreeNode } from '../../source/tree.ts';
import { kindName } from '../shape.ts';
import { fieldsOf, type ObjectFields } from './fields.ts';
import { isUnavailable } from './load.ts';
import type {
  MultiStep,
  YadageCase,
  YadageParameter,
  YadageRuns,
  YadageScatter,
  YadageScheduler,
  YadageValue,
  YadageWorkflow,
} from './model.ts';
import { isExpression, linkField, readExpression, reportMisspelt } from './read-expressions.ts';
import { readStep } from './read-step.ts';
import { unknownType } from './unknown-type.ts';

const schedulerTypes = ['singlestep-stage', 'multistep-stage', 'jq-stage'] as const;

/** Reads the workflows that schedulers run; given from above, because they hold schedulers again. */
type ReadWorkflow = (node: TreeNode, findings: Findings) => YadageWorkflow | undefined;

const runnable = ['step', 'workflow', 'cases'];
const common = [...runnable, 'register_values', 'workflow_opts'];

/** Reads a scheduler; `undefined` after a finding, or when it cannot be had. */
export function readScheduler(
  node: TreeNode,
  readWorkflow: ReadWorkflow,
  findings: Findings,
): YadageScheduler | undefined {
  if (isUnavailable(node)) return undefined;
  const fields = fieldsOf(node, 'a scheduler', findings);
  const type = fields?.requiredText('scheduler_type');
  if (fields === undefined || type === undefined) return undefined;
  const known = schedulerTypes.find((candidate) => candidate === type.text);
  const shared = (): Pick<YadageScheduler, 'node' | 'runs' | 'registered'> => ({
    node: fields.node,
    runs: readRuns(fields, 'a scheduler', readWorkflow, findings),
    registered: fields.map('register_values'),
  });
  switch (known) {
    case 'singlestep-stage':
      fields.allow(['scheduler_type', 'parameters', ...lackedRuns(fields)], common);
      return { type: known, ...shared(), ...readParameters(fields, findings) };
    case 'multistep-stage': {
      fields.allow(
        ['scheduler_type', 'parameters', 'scatter', ...lackedRuns(fields)],
        [...common, 'batchsize', 'partitionsize'],
      );
      const parameters = readParameters(fields, findings);
      return {
        type: known,
        ...shared(),
        ...parameters,
        scatter: readScatter(fields, findings),
        ...readSizes(fields, findings),
      };
    }
    case 'jq-stage': {
      // The loader lets other fields pass here.
      const stepScript = fields.requiredText('stepscript');
      const postScript = fields.requiredText('postscript');
      fields.required('bindings');
      const rest = shared();
      if (stepScript === undefined || postScript === undefined) return undefined;
      return { type: known, ...rest, bindings: fields.map('bindings'), stepScript, postScript };
    }
    case undefined:
      unknownType(type, 'scheduler', schedulerTypes, findings);
      return undefined;
  }
}

/** All that could be run, where nothing is. */
function lackedRuns(fields: ObjectFields): readonly string[] {
  return runnable.some((name) => fields.has(name)) ? [] : runnable;
}

function readRuns(
  fields: ObjectFields,
  name: string,
  readWorkflow: ReadWorkflow,
  findings: Findings,
): YadageRuns | undefined {
  const given = runnable.filter((candidate) => fields.has(candidate));
  const [first, second] = given;
  if (first === undefined) {
    const missing = runnable.map((candidate) => fields.missing(candidate));
    const { at, instead, extras } = missing.find((one) => one.instead !== '') ?? fields.missing('step');
    const message = `${name} has nothing to run: neither \`step\`, \`workflow\` nor \`cases\`${instead}`;
    findings.error('yadage/no-step', spanOf(at), message, extras);
    return undefined;
  }
  if (second !== undefined) {
    const place = entryOf(fields.node, second)?.key ?? fields.node;
    findings.error(
      'yadage/no-step',
      spanOf(place),
      `${name} has both \`${first}\` and \`${second}\`: only one can be run`,
    );
  }
  const value = fields.value(first);
  if (value === undefined) return undefined;
  switch (first) {
    case 'step': {
      const step = readStep(value, findings);
      return step === undefined ? undefined : { kind: 'step', step };
    }
    case 'workflow': {
      const workflow = readWorkflow(value, findings);
      const optionsNode = fields.map('workflow_opts');
      const options =
        optionsNode === undefined ? undefined : fieldsOf(optionsNode, '`workflow_opts`', findings);
      if (workflow === undefined) return undefined;
      const discover = options?.flag('discover') ?? false;
      return { kind: 'workflow', workflow, discover, relative: options?.flag('relative') ?? true };
    }
    default:
      return { kind: 'cases', cases: readCases(fields, readWorkflow, findings) };
  }
}

function readCases(
  fields: ObjectFields,
  readWorkflow: ReadWorkflow,
  findings: Findings,
): readonly YadageCase[] {
  return (fields.list('cases')?.items ?? []).flatMap((item) => {
    const inner = isUnavailable(item) ? undefined : fieldsOf(item, 'a case', findings);
    inner?.allow(['if', ...lackedRuns(inner)], ['step', 'workflow']);
    const condition = inner?.requiredText('if');
    if (inner === undefined || condition === undefined) return [];
    const runs = readRuns(inner, 'a case', readWorkflow, findings);
    return { condition, runs: runs?.kind === 'cases' ? undefined : runs };
  });
}

function readParameters(
  fields: ObjectFields,
  findings: Findings,
): { readonly parameters: readonly YadageParameter[]; readonly isComplete: boolean } {
  fields.required('parameters');
  const list = fields.list(
    'parameters',
    'a mapping of names to values',
    'write `parameters: {NAME: VALUE}`, or `parameters: {}` when there are none',
  );
  const parameters = (list?.items ?? []).flatMap((item) => {
    if (isUnavailable(item)) return [];
    const inner = fieldsOf(item, 'a parameter', findings)?.allow(['key', 'value']);
    const key = inner?.requiredText('key');
    const value = inner?.required('value');
    if (key === undefined || value === undefined) return [];
    const read = readValue(key.text, value, findings);
    return read === undefined ? [] : { key: key.text, keyNode: key.node, value: read };
  });
  return { parameters, isComplete: list !== undefined && parameters.length === list.items.length };
}

function readValue(key: string, node: TreeNode, findings: Findings): YadageValue | undefined {
  if (isExpression(node)) {
    const expression = readExpression(node, findings);
    return expression === undefined ? undefined : { kind: 'expression', expression };
  }
  if (node.kind === 'scalar' && (node.value === null || typeof node.value === 'boolean')) {
    const message = `parameter \`${key}\` cannot be ${kindName(node)}: the loader takes texts, numbers, lists and mappings`;
    const isFlag = node.value !== null;
    findings.error('yadage/parameter-value', spanOf(node), message, {
      help: isFlag ? 'put it in quotes' : undefined,
    });
    return { kind: 'literal', node };
  }
  if (node.kind === 'map' && entryOf(node, 'output') !== undefined && linkField(node) === undefined) {
    reportMisspelt(node, ['step', 'stages', 'steps'], findings);
  }
  const link = linkField(node);
  if (link !== undefined && node.kind === 'map') {
    const place = entryOf(node, link)?.key ?? node;
    const message = `\`${link}\` makes a link only where the parameters are a mapping; here \`${key}\` becomes the mapping itself`;
    findings.warning('yadage/parameter-list', spanOf(place), message, {
      help: `add \`expression_type: stage-output-selector\`, or write \`parameters\` as a mapping`,
    });
  }
  return { kind: 'literal', node };
}

function readScatter(fields: ObjectFields, findings: Findings): YadageScatter | undefined {
  const node = fields.required('scatter');
  const inner =
    node === undefined ? undefined : fieldsOf(node, '`scatter`', findings)?.allow(['method', 'parameters']);
  const method = inner?.requiredText('method');
  inner?.required('parameters');
  const parameters = inner?.texts('parameters');
  if (method === undefined || parameters === undefined) return undefined;
  if (method.text !== 'zip' && method.text !== 'cartesian') {
    unknownType(method, '`scatter`', ['zip', 'cartesian'], findings);
    return undefined;
  }
  return { method: method.text, parameters };
}

function readSizes(fields: ObjectFields, findings: Findings): Pick<MultiStep, 'batchSize' | 'partitionSize'> {
  const [batchSize, partitionSize] = ['batchsize', 'partitionsize'].map((name) => {
    const found = fields.number(name);
    // Nothing at all is what 0 means to the scheduler.
    if (found?.number === 0) return undefined;
    if (found === undefined || (Number.isInteger(found.number) && found.number > 0)) return found;
    const message = `\`${name}\` must be a whole number, 1 or more`;
    findings.error('yadage/bad-scatter', spanOf(found.node), message);
    return undefined;
  });
  if (batchSize !== undefined && partitionSize !== undefined) {
    findings.error(
      'yadage/bad-scatter',
      spanOf(keyOf(fields, 'partitionsize')),
      'give `batchsize` or `partitionsize`, not both',
    );
  }
  return { batchSize: batchSize?.number, partitionSize: partitionSize?.number };
}

function keyOf(fields: ObjectFields, name: string): ScalarNode | TreeNode {
  return fields.node.entries.find(({ key }) => keyText(key) === name)?.key ?? fields.node;
}
