// The links of one workflow: where every input of a step and every output takes its value from, and whether it fits.
import { closest } from '../../base/closest.ts';
import { scalarText, spanOf, textOf, type ScalarNode, type TreeNode } from '../../source/tree.ts';
import { orderSteps } from '../../workflow/order.ts';
import { arrayOf, optional, unknownType, type CwlType } from '../types/type.ts';
import { checkFlow, withoutNull } from './flows.ts';
import {
  hasDefault,
  inputName,
  isUnreadable,
  isUnreadStep,
  scatterNames,
  sourceName,
  sourceOf,
  type Giver,
  type LinkedStep,
  type Links,
} from './linked-steps.ts';
import { fieldOf, isUnread, texts, type Port } from './process.ts';

/** Reports sources that do not exist, types that do not fit, circles, and what nobody uses. */
export function checkLinks(links: Links): void {
  const givers = giversOf(links);
  const used = new Set<string>();
  let isWhole =
    !isUnread(links.workflow, 'outputs') &&
    links.steps.every((step) => step.node.kind === 'map' && !isUnreadStep(step, 'in'));
  const use = (node: TreeNode | undefined): void => {
    for (const source of texts(node)) {
      const name = sourceName(links.workflow, scalarText(source));
      if (givers.has(name)) used.add(name);
      else {
        isWhole = false;
        reportUnknownSource(links, givers, source, name);
      }
    }
  };
  for (const step of links.steps) {
    const names = scatterNames(step).map(inputName);
    // Which input a misspelt name was meant for is not known.
    const isKnown = names.every((name) => step.inputs.some((port) => port.name === name));
    for (const port of step.inputs) {
      use(sourceOf(port.node));
      if (isUnreadable(port)) isWhole = false;
      if (isKnown) checkStepInput(links, givers, step, port, names.includes(port.name));
    }
  }
  for (const port of links.workflow.outputs) {
    const node = fieldOf(port.node, 'outputSource');
    use(node);
    checkFlow(links, givers, port, node, links.typeOf(port), `the output \`${port.name}\``, 'output');
  }
  checkCircles(links);
  // Behind a misspelt source stands something that is used.
  if (isWhole) checkUnused(links, givers, used);
}

/** What may be named as a source: `input`, and `step/output`. */
function giversOf({ workflow, steps, typeOf }: Links): ReadonlyMap<string, Giver> {
  const givers = new Map<string, Giver>();
  for (const port of workflow.inputs) {
    const type = typeOf(port);
    // A default stands in for a value that is left out.
    givers.set(port.name, { type: hasDefault(port.node) ? withoutNull(type) : type, step: undefined });
  }
  for (const step of steps) {
    for (const { name } of step.outputs)
      givers.set(`${step.name}/${name}`, { type: outputType(step, name), step });
  }
  return givers;
}

/** The type of an output of a step: a list of it when the step is scattered, perhaps nothing when it is conditional. */
function outputType(step: LinkedStep, name: string): CwlType {
  const port = step.program?.process.outputs.find((candidate) => candidate.name === name);
  if (step.program === undefined || port === undefined) return unknownType;
  const type = step.program.typeOf(port);
  let result = fieldOf(step.node, 'when') === undefined ? type : optional(type);
  const names = scatterNames(step);
  const isNested = textOf(fieldOf(step.node, 'scatterMethod')) === 'nested_crossproduct';
  for (let depth = names.length === 0 ? 0 : isNested ? names.length : 1; depth > 0; depth--)
    result = arrayOf(result);
  return result;
}

function reportUnknownSource(
  { findings, steps, workflow }: Links,
  givers: ReadonlyMap<string, Giver>,
  source: ScalarNode,
  name: string,
): void {
  const slash = name.lastIndexOf('/');
  const step = steps.find((candidate) => candidate.name === name.slice(0, Math.max(slash, 0)));
  const output = name.slice(slash + 1);
  const isHidden =
    step === undefined ? isUnread(workflow, slash < 0 ? 'inputs' : 'steps') : isUnreadStep(step, 'out');
  if (isHidden) return;
  if (step !== undefined) {
    const names = step.outputs.map((candidate) => candidate.name);
    const isThere = step.program?.process.outputs.some((port) => port.name === output) === true;
    const nearest = closest(output, names) ?? (names.length === 1 ? names[0] : undefined);
    const message = `the step \`${step.name}\` has no output \`${output}\``;
    findings.error('cwl/unknown-source', spanOf(source), message, {
      help: isThere
        ? `write \`${output}\` under \`out\` of the step`
        : nearest === undefined
          ? undefined
          : `did you mean \`${step.name}/${nearest}\`?`,
    });
    return;
  }
  const own = steps.find((candidate) => candidate.name === name);
  const [first] = own?.outputs ?? [];
  const near = closest(name, givers.keys());
  const help =
    own !== undefined && first !== undefined
      ? `did you mean \`${own.name}/${first.name}\`?`
      : near !== undefined
        ? `did you mean \`${near}\`?`
        : name === '' || /\s/.test(name)
          ? 'a fixed value goes under `default:`'
          : workflow.inputs.length > 0 && workflow.inputs.length <= 8 && slash < 0
            ? `inputs of the workflow are ${workflow.inputs.map((port) => `\`${port.name}\``).join(', ')}`
            : undefined;
  findings.error('cwl/unknown-source', spanOf(source), `there is no \`${name}\` to take data from`, { help });
}

function checkStepInput(
  links: Links,
  givers: ReadonlyMap<string, Giver>,
  step: LinkedStep,
  port: Port,
  isScattered: boolean,
): void {
  const source = sourceOf(port.node);
  const taken = step.program?.process.inputs.find((input) => input.name === port.name);
  if (step.program === undefined || taken === undefined) return;
  if (fieldOf(port.node, 'valueFrom') !== undefined && !isScattered) return;
  const declared = step.program.typeOf(taken);
  // The default of the program stands in for `null`.
  const sink = hasDefault(taken.node) || hasDefault(port.node) ? optional(declared) : declared;
  const wanted = fieldOf(port.node, 'valueFrom') === undefined ? sink : unknownType;
  const what = `the input \`${port.name}\` of \`${step.name}\``;
  checkFlow(links, givers, port, source, wanted, what, isScattered ? 'scattered input' : 'input');
}

function checkCircles({ findings, steps, workflow }: Links): void {
  const positions = new Map(steps.map((step, position) => [step.name, position]));
  const parents = steps.map((step) =>
    step.inputs.flatMap((port) =>
      texts(sourceOf(port.node)).flatMap((source) => {
        const name = sourceName(workflow, scalarText(source));
        const position = positions.get(name.slice(0, Math.max(name.lastIndexOf('/'), 0)));
        return position === undefined ? [] : [position];
      }),
    ),
  );
  for (const circle of orderSteps(parents).circles) {
    const names = circle.map((position) => steps[position]?.name ?? '');
    const [first] = circle;
    const step = first === undefined ? undefined : steps[first];
    if (step === undefined) continue;
    const message =
      names.length === 1
        ? `the step \`${step.name}\` waits for itself`
        : `steps wait for each other in a circle: ${[...names, names[0]].map((name) => `\`${name}\``).join(' after ')}`;
    findings.error('workflow/cycle', spanOf(step.key), message);
  }
}

/** Only where a workflow gives something: one without outputs is run for what its steps do. */
function checkUnused(links: Links, givers: ReadonlyMap<string, Giver>, used: ReadonlySet<string>): void {
  const { findings, workflow, steps } = links;
  if (steps.length > 0) {
    for (const port of workflow.inputs) {
      if (used.has(port.name) || !givers.has(port.name)) continue;
      findings.warning('cwl/unused-input', spanOf(port.key), `nothing uses the input \`${port.name}\``);
    }
  }
  if (workflow.outputs.length === 0) return;
  for (const step of steps) {
    if (step.outputs.length === 0) continue;
    if (step.outputs.some(({ name }) => used.has(`${step.name}/${name}`))) continue;
    const message = `nothing uses what the step \`${step.name}\` gives`;
    findings.warning('cwl/unused-step', spanOf(step.key), message);
  }
}
