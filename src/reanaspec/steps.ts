// The steps of a serial workflow.
import { closest } from '../base/closest.ts';
import type { Findings } from '../base/finding.ts';
import { entryOf, spanOf, textOf, valueOf } from '../source/tree.ts';
import type { MapNode, ScalarNode, TreeNode } from '../source/tree.ts';
import { computeBackends, serialFields } from './fields.ts';
import type { SerialStep } from './model.ts';
import { isShellVariable, referencedNames } from './parameters.ts';
import { checkFields } from './shape.ts';

/** Numbers alone are bytes; `Ki` to `Ei` count in 1024s, `K` to `E` in 1000s (reana-commons 0.9). */
const memoryLimit = /^(?:\d+|(?:\d+[.])?\d+[EPTGMK]i?)$/;
const runtimes = ['espresso', 'microcentury', 'longlunch', 'workday', 'tomorrow', 'testmatch', 'nextweek'];

/** Reads `{steps: […]}`. Steps that have no commands or environment are left out, with findings. */
export function readSerialSteps(
  specification: TreeNode,
  parameters: MapNode | undefined,
  findings: Findings,
): readonly SerialStep[] {
  checkFields(specification, serialFields, 'workflow.specification', findings);
  const list = specification.kind === 'map' ? valueOf(specification, 'steps') : undefined;
  if (list?.kind !== 'sequence' || list.items.length === 0) {
    if (list === undefined || list.kind === 'sequence') {
      findings.error(
        'reana/missing-steps',
        spanOf(list ?? specification),
        'a serial workflow needs at least one step',
      );
    }
    return [];
  }
  const steps = list.items.flatMap((node, index) => {
    const step = node.kind === 'map' ? readStep(node, index, findings) : undefined;
    return step === undefined ? [] : [step];
  });
  checkParameters(
    list.items.flatMap((node) => commandNodes(node)),
    parameters,
    findings,
  );
  return steps;
}

function readStep(node: MapNode, index: number, findings: Findings): SerialStep | undefined {
  const name = textOf(valueOf(node, 'name'));
  const shown = name ?? String(index);
  const environment = readEnvironment(node, shown, findings);
  const commands = commandNodes(node).flatMap((command) => textOf(command) ?? []);
  if (commands.length === 0) {
    const given = entryOf(node, 'commands');
    if (given === undefined || given.value.kind === 'sequence') {
      findings.error(
        'reana/missing-commands',
        spanOf(given?.key ?? firstKey(node)),
        `step \`${shown}\` has no \`commands\``,
      );
    }
  }
  for (const command of commandNodes(node)) warnDangerous(command, shown, findings);
  const computeBackend = checkedText(node, 'compute_backend', findings, (text) =>
    computeBackends.some((backend) => backend === text)
      ? undefined
      : { message: `unknown compute backend \`${text}\``, near: closest(text, computeBackends) },
  );
  checkedText(node, 'htcondor_max_runtime', findings, (text) =>
    /^\d+$/.test(text) || runtimes.includes(text)
      ? undefined
      : { message: `\`${text}\` is no HTCondor run time`, near: closest(text, runtimes) },
  );
  for (const field of ['kubernetes_memory_request', 'c4p_memory_limit']) {
    checkedText(node, field, findings, memoryFault);
  }
  const kubernetesMemoryLimit = checkedText(node, 'kubernetes_memory_limit', findings, memoryFault);
  if (environment === undefined || commands.length === 0) return undefined;
  return { name, environment, commands, computeBackend, kubernetesMemoryLimit };
}

function readEnvironment(node: MapNode, shown: string, findings: Findings): string | undefined {
  const entry = entryOf(node, 'environment');
  if (entry === undefined) {
    findings.error(
      'reana/missing-environment',
      spanOf(firstKey(node)),
      `step \`${shown}\` has no \`environment\``,
    );
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
  const tag = /:([^/:@]+)$/.exec(image)?.[1];
  if (!image.includes('@') && (tag === undefined || tag === 'latest')) {
    findings.warning(
      'reana/image-without-tag',
      spanOf(entry.value),
      `image \`${image}\` has no fixed tag, so it can be another one tomorrow`,
    );
  }
  return image;
}

interface TextFault {
  readonly message: string;
  readonly near: string | undefined;
}

function checkedText(
  node: MapNode,
  field: string,
  findings: Findings,
  faultOf: (text: string) => TextFault | undefined,
): string | undefined {
  const value = valueOf(node, field);
  const text = textOf(value);
  if (value === undefined || text === undefined) return undefined;
  const fault = faultOf(text);
  if (fault === undefined) return text;
  findings.error(`reana/bad-${field.replaceAll('_', '-')}`, spanOf(value), fault.message, {
    help: fault.near === undefined ? undefined : `did you mean \`${fault.near}\`?`,
  });
  return undefined;
}

const memoryFault = (text: string): TextFault | undefined =>
  memoryLimit.test(text)
    ? undefined
    : {
        message: `\`${text}\` is no amount of memory; write for example \`8Gi\` or \`512Mi\``,
        near: undefined,
      };

function warnDangerous(command: ScalarNode, shown: string, findings: Findings): void {
  for (const operation of ['sudo ', 'cd /']) {
    if (textOf(command)?.includes(operation) !== true) continue;
    findings.warning(
      'reana/dangerous-command',
      spanOf(command),
      `\`${operation.trim()}\` in step \`${shown}\` does not work everywhere: commands run unprivileged, in the workspace`,
    );
  }
}

function checkParameters(
  commands: readonly ScalarNode[],
  parameters: MapNode | undefined,
  findings: Findings,
): void {
  const declared = new Set(parameters?.entries.map((entry) => String(entry.key.value)));
  const used = new Set<string>();
  for (const node of commands) {
    const command = textOf(node) ?? '';
    const missing = new Set<string>();
    for (const { name, braced } of referencedNames(command)) {
      used.add(name);
      if (braced && !declared.has(name) && !isShellVariable(name, command)) missing.add(name);
    }
    for (const name of missing) {
      const near = closest(name, declared);
      findings.warning(
        'reana/undefined-parameter',
        spanOf(node),
        `\`\${${name}}\` is used here, but \`inputs.parameters\` has no \`${name}\``,
        { help: near === undefined ? undefined : `did you mean \`${near}\`?` },
      );
    }
  }
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
