// One step against what it runs: inputs it gives, outputs it names, and the requirements it needs.
import { closest } from '../../base/closest.ts';
import type { Findings } from '../../base/finding.ts';
import { entryOf, scalarText, spanOf, textOf, valueOf, type TreeNode } from '../../source/tree.ts';
import { mayBeNull } from '../types/type.ts';
import {
  hasDefault,
  inputName,
  isUnreadable,
  isUnreadStep,
  scatterNames,
  type LinkedStep,
  type Program,
} from './linked-steps.ts';
import { fieldOf, isUnread, texts, type Port } from './process.ts';
import { holdsExpression } from './shape-fit.ts';

export function checkStep(findings: Findings, step: LinkedStep): void {
  checkScatter(findings, step);
  checkFeatures(findings, step);
  if (step.program === undefined) return;
  checkGiven(findings, step, step.program);
  checkNeeded(findings, step, step.program);
  checkOutputs(findings, step, step.program);
}

function checkScatter(findings: Findings, step: LinkedStep): void {
  const names = scatterNames(step);
  const known = step.inputs.map((port) => port.name);
  for (const node of names) {
    const name = inputName(node);
    if (known.includes(name) || isUnreadStep(step, 'in')) continue;
    const nearest = closest(name, known);
    const message = `the step has no input \`${name}\` to scatter over`;
    findings.error('cwl/unknown-scatter', spanOf(node), message, {
      help: nearest === undefined ? undefined : `did you mean \`${nearest}\`?`,
      fix: nearest === undefined ? undefined : { span: spanOf(node), text: nearest },
    });
  }
  const method = fieldOf(step.node, 'scatterMethod');
  if (names.length > 1 && method === undefined) {
    const message = `\`${step.name}\` is scattered over ${names.length} inputs and does not say how`;
    findings.error('cwl/scatter-method', keySpan(step, 'scatter'), message, {
      help: 'write `scatterMethod: dotproduct`, `flat_crossproduct` or `nested_crossproduct`',
    });
  }
  if (method !== undefined && names.length === 0) {
    const message = '`scatterMethod` has no meaning without `scatter`';
    findings.warning('cwl/scatter-method', keySpan(step, 'scatterMethod'), message);
  }
}

/** Parts of CWL that a runner need not have: who uses them says so. */
function checkFeatures(findings: Findings, step: LinkedStep): void {
  const need = (name: string, what: string, place: TreeNode): void => {
    if (!step.features.names.has(name)) reportMissing(findings, name, what, place);
  };
  const scatter = step.node.kind === 'map' ? entryOf(step.node, 'scatter') : undefined;
  if (scatter !== undefined && scatterNames(step).length > 0) {
    need('ScatterFeatureRequirement', '`scatter`', scatter.key);
  }
  const run = step.node.kind === 'map' ? entryOf(step.node, 'run') : undefined;
  if (run !== undefined && step.program?.process.class === 'Workflow') {
    need('SubworkflowFeatureRequirement', 'a step that runs a workflow', run.key);
  }
  for (const port of step.inputs) {
    const source = port.node.kind === 'map' ? fieldOf(port.node, 'source') : port.node;
    if (source !== undefined && source.kind === 'sequence' && texts(source).length > 1) {
      need('MultipleInputFeatureRequirement', 'an input with several sources', port.key);
    }
    const valueFrom = port.node.kind === 'map' ? entryOf(port.node, 'valueFrom') : undefined;
    if (valueFrom !== undefined && fieldOf(port.node, 'valueFrom') !== undefined) {
      need('StepInputExpressionRequirement', '`valueFrom` of a step', valueFrom.key);
    }
  }
}

export function reportMissing(findings: Findings, name: string, what: string, place: TreeNode): void {
  findings.error('cwl/missing-requirement', spanOf(place), `${what} needs \`${name}\``, {
    help: `write \`${name}: {}\` under \`requirements\` of the workflow`,
  });
}

/** Inputs that the program does not have. Expressions of the step may use them, and some only make a step wait. */
function checkGiven(findings: Findings, step: LinkedStep, program: Program): void {
  if (isUnread(program.process, 'inputs')) return;
  const names = program.process.inputs.map((port) => port.name);
  const given = new Set(step.inputs.map((port) => port.name));
  const free = names.filter((name) => !given.has(name));
  for (const port of step.inputs) {
    if (names.includes(port.name) || isUsed(step, port.name)) continue;
    const nearest = closest(port.name, free);
    const source = port.node.kind === 'map' ? fieldOf(port.node, 'source') : port.node;
    const waits = texts(source).some((node) =>
      scalarText(node)
        .replace(/^[^#]*#/, '')
        .includes('/'),
    );
    if (nearest === undefined && waits) continue;
    const message = `${program.name} has no input \`${port.name}\``;
    findings.warning('cwl/unknown-step-input', spanOf(port.key), message, {
      help: nearest === undefined ? listOf('its inputs are', names) : `did you mean \`${nearest}\`?`,
    });
  }
}

/** Whether an expression of the step may look at an input. */
function isUsed(step: LinkedStep, name: string): boolean {
  const places = [
    fieldOf(step.node, 'when'),
    fieldOf(step.node, 'requirements'),
    fieldOf(step.node, 'hints'),
    ...step.inputs.map((port) => fieldOf(port.node, 'valueFrom')),
  ];
  return places.some((node) => mentions(node, name));
}

function mentions(node: TreeNode | undefined, name: string): boolean {
  if (node === undefined) return false;
  if (node.kind === 'sequence') return node.items.some((item) => mentions(item, name));
  if (node.kind === 'map') return node.entries.some((entry) => mentions(entry.value, name));
  const text = textOf(node);
  if (text === undefined || !holdsExpression(text)) return false;
  return text.includes(name) || /\binputs\s*(?:[^.\w[\s]|\[\s*[^'"\s])/.test(text);
}

/** Inputs of the program that must have a value, and get none. */
function checkNeeded(findings: Findings, step: LinkedStep, program: Program): void {
  if (isUnreadStep(step, 'in')) return;
  const section = fieldOf(step.node, 'in');
  // Something without a name is given; that it has none is reported.
  if (section?.kind === 'sequence' && section.items.length > step.inputs.length) return;
  for (const input of program.process.inputs) {
    const type = program.typeOf(input);
    if (mayBeNull(type) || isAny(type) || hasDefault(input.node)) continue;
    const given = step.inputs.find((port) => port.name === input.name);
    if (given !== undefined && (hasValue(given) || isUnreadable(given))) continue;
    const place =
      given?.key ?? (step.node.kind === 'map' ? entryOf(step.node, 'in')?.key : undefined) ?? step.key;
    const message = `the step \`${step.name}\` gives no \`${input.name}\`, which ${program.name} needs`;
    findings.error('cwl/missing-step-input', spanOf(place), message, {
      related: [{ span: spanOf(input.key), message: 'declared here, without a default' }],
      help:
        given === undefined
          ? undefined
          : `give \`${input.name}\` a \`source\`, a \`default\` or a \`valueFrom\``,
    });
  }
}

function hasValue(port: Port): boolean {
  if (port.node.kind !== 'map') return texts(port.node).length > 0;
  return ['source', 'default', 'valueFrom'].some((name) => fieldOf(port.node, name) !== undefined);
}

/** `Any` is judged by what is given: `null` is no value of it, but a program may not mind. */
function isAny(type: ReturnType<Program['typeOf']>): boolean {
  return type.kind === 'unknown';
}

function checkOutputs(findings: Findings, step: LinkedStep, program: Program): void {
  if (isUnread(program.process, 'outputs')) return;
  const names = program.process.outputs.map((port) => port.name);
  for (const { name, node } of step.outputs) {
    if (names.includes(name)) continue;
    const nearest = closest(name, names);
    findings.error('cwl/unknown-step-output', spanOf(node), `${program.name} has no output \`${name}\``, {
      help: nearest === undefined ? listOf('its outputs are', names) : `did you mean \`${nearest}\`?`,
    });
  }
}

function listOf(before: string, names: readonly string[]): string | undefined {
  if (names.length === 0 || names.length > 8) return undefined;
  const told = names.length === 1 ? before.replace(/s are$/, ' is') : before;
  return `${told} ${names.map((name) => `\`${name}\``).join(', ')}`;
}

function keySpan(step: LinkedStep, field: string): ReturnType<typeof spanOf> {
  const entry = step.node.kind === 'map' ? entryOf(step.node, field) : undefined;
  return spanOf(entry?.key ?? step.key);
}

/** The outputs a step names: texts, or maps with `id`. */
export function outputsOf(step: TreeNode): LinkedStep['outputs'] {
  const out = fieldOf(step, 'out');
  if (out?.kind !== 'sequence') return [];
  return out.items.flatMap((item) => {
    const node = item.kind === 'map' ? valueOf(item, 'id') : item;
    const name = textOf(node);
    return node === undefined || name === undefined ? [] : [{ name: name.replace(/^.*[#/]/, ''), node }];
  });
}
