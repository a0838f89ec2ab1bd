// The steps of a serial workflow.
import { closest } from '../base/closest.ts';
import type { Findings } from '../base/finding.ts';
import { entryOf, spanOf, textOf, valueOf } from '../source/tree.ts';
import type { MapNode, ScalarNode, TreeNode } from '../source/tree.ts';
import { spanWithin } from '../source/within.ts';
import { warnDangerous } from './dangerous.ts';
import { serialFields, serialStep } from './fields.ts';
import { checkImage } from './image.ts';
import type { SerialStep } from './model.ts';
import type { GivenParameters } from './parameter-file.ts';
import { isShellVariable, referencedNames } from './parameters.ts';
import { checkSettings, hintMemoryLimit, type CredentialUse } from './settings.ts';
import { checkFields, missingField } from './shape.ts';

export interface SerialSteps {
  readonly steps: readonly SerialStep[];
  /** Of all steps, also of those left out; a step without one has its number. `undefined` when not all are known. */
  readonly names: readonly string[] | undefined;
  /** What the steps ask for that needs secrets. */
  readonly credentials: readonly CredentialUse[];
}

/** Reads `{steps: […]}`. Steps that have no commands or environment are left out, with findings. */
export function readSerialSteps(
  specification: TreeNode,
  parameters: GivenParameters,
  findings: Findings,
  wantsHints = false,
): SerialSteps {
  checkFields(specification, serialFields, 'workflow.specification', findings);
  const list = specification.kind === 'map' ? valueOf(specification, 'steps') : undefined;
  if (list?.kind !== 'sequence' || list.items.length === 0) {
    reportNoSteps(specification, list, findings);
    return { steps: [], names: undefined, credentials: [] };
  }
  const credentials = list.items.flatMap((node) =>
    node.kind === 'map' ? checkSettings(node.entries, findings) : [],
  );
  checkStepNames(list.items, findings);
  for (const node of wantsHints ? list.items : []) {
    if (node.kind === 'map') hintMemoryLimit(node.entries, spanOf(firstKey(node)), findings);
  }
  const steps = list.items.flatMap((node, index) => {
    const step = node.kind === 'map' ? readStep(node, index, findings) : undefined;
    return step === undefined ? [] : [step];
  });
  checkParameters(list.items, parameters, findings);
  return { steps, names: namesOf(list.items), credentials };
}

function reportNoSteps(specification: TreeNode, list: TreeNode | undefined, findings: Findings): void {
  if (specification.kind !== 'map' || (list !== undefined && list.kind !== 'sequence')) return;
  const { at, instead, extras } =
    list === undefined
      ? missingField('steps', specification, Object.keys(serialFields))
      : { at: list, instead: '', extras: {} };
  const message = `a serial workflow needs at least one step${instead}`;
  findings.error('reana/missing-steps', spanOf(at), message, extras);
}

function readStep(node: MapNode, index: number, findings: Findings): SerialStep | undefined {
  const name = textOf(valueOf(node, 'name'));
  const shown = name ?? String(index);
  const environment = readEnvironment(node, shown, findings);
  const commands = commandNodes(node).flatMap((command) => textOf(command) ?? []);
  if (commands.length === 0) {
    const given = entryOf(node, 'commands');
    if (given === undefined) reportMissing('commands', node, shown, findings);
    else if (given.value.kind === 'sequence' && given.value.items.length === 0) {
      findings.error('reana/missing-commands', spanOf(given.key), `step \`${shown}\` has no \`commands\``);
    }
  }
  for (const command of commandNodes(node)) warnDangerous(command, `step \`${shown}\``, findings);
  const computeBackend = textOf(valueOf(node, 'compute_backend'));
  const kubernetesMemoryLimit = textOf(valueOf(node, 'kubernetes_memory_limit'));
  if (environment === undefined || commands.length === 0) return undefined;
  return { name, environment, commands, computeBackend, kubernetesMemoryLimit };
}

function readEnvironment(node: MapNode, shown: string, findings: Findings): string | undefined {
  const entry = entryOf(node, 'environment');
  if (entry === undefined) {
    reportMissing('environment', node, shown, findings);
    return undefined;
  }
  const image = textOf(entry.value);
  if (image === undefined) return undefined;
  if (image.trim() === '') {
    findings.error(
      'reana/missing-environment',
      spanOf(entry.value),
      `the \`environment\` of step \`${shown}\` is empty`,
    );
    return undefined;
  }
  checkImage(image, spanOf(entry.value), findings);
  return image;
}

function reportMissing(
  field: 'environment' | 'commands',
  step: MapNode,
  shown: string,
  findings: Findings,
): void {
  const { at, instead, extras } = missingField(field, step, Object.keys(serialStep));
  const message = `step \`${shown}\` has no \`${field}\`${instead}`;
  findings.error(`reana/missing-${field}`, spanOf(at), message, extras);
}

/** `TARGET` and `FROM` name steps, and so do the logs. */
function checkStepNames(steps: readonly TreeNode[], findings: Findings): void {
  const seen = new Map<string, TreeNode>();
  for (const step of steps) {
    const name = step.kind === 'map' ? valueOf(step, 'name') : undefined;
    const text = textOf(name);
    if (name === undefined || text === undefined) continue;
    const first = seen.get(text);
    if (first === undefined) seen.set(text, name);
    else {
      findings.warning('reana/repeated-step', spanOf(name), `there is another step \`${text}\``, {
        related: [{ span: spanOf(first), message: 'the first one' }],
      });
    }
  }
}

function namesOf(steps: readonly TreeNode[]): readonly string[] | undefined {
  const names = steps.map((step, index) => {
    const name = step.kind === 'map' ? valueOf(step, 'name') : undefined;
    return step.kind !== 'map' ? undefined : name === undefined ? String(index) : textOf(name);
  });
  return names.every((name) => name !== undefined) ? names : undefined;
}

/** Whether all commands of a step can be read. */
function hasCommands(step: TreeNode): boolean {
  const commands = step.kind === 'map' ? valueOf(step, 'commands') : undefined;
  return (
    commands?.kind === 'sequence' &&
    commands.items.length > 0 &&
    commands.items.every((item) => textOf(item) !== undefined)
  );
}

function checkParameters(
  steps: readonly TreeNode[],
  { values: parameters, isKnown }: GivenParameters,
  findings: Findings,
): void {
  const declared = new Set(parameters?.entries.map((entry) => String(entry.key.value)));
  const used = new Set<string>();
  for (const node of steps.flatMap((step) => commandNodes(step))) {
    const command = textOf(node) ?? '';
    for (const { name, braced, start, end } of referencedNames(command)) {
      used.add(name);
      if (!isKnown || !braced || declared.has(name) || isShellVariable(name, command)) continue;
      const near = closest(name, declared);
      // What was meant is not unused.
      if (near !== undefined) used.add(near);
      const message = `\`\${${name}}\` is used here, but \`inputs.parameters\` has no \`${name}\``;
      findings.warning('reana/undefined-parameter', spanWithin(node, start, end), message, {
        help: near === undefined ? undefined : `did you mean \`${near}\`?`,
      });
    }
  }
  // What cannot be read may use any of them.
  if (!steps.every(hasCommands)) return;
  for (const entry of parameters?.entries ?? []) {
    const name = String(entry.key.value);
    if (used.has(name)) continue;
    findings.warning(
      'reana/unused-parameter',
      spanOf(entry.key),
      `parameter \`${name}\` is not used by any command`,
    );
  }
}

function commandNodes(step: TreeNode): readonly ScalarNode[] {
  const commands = step.kind === 'map' ? valueOf(step, 'commands') : undefined;
  return commands?.kind === 'sequence'
    ? commands.items.filter((item): item is ScalarNode => item.kind === 'scalar')
    : [];
}

function firstKey(node: MapNode): TreeNode {
  return node.entries[0]?.key ?? node;
}
