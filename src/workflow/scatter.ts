// A scattered step: one copy of it for every element of the inputs it is scattered over, all lists side by side.
import type { Findings } from '../base/finding.ts';
import { isList, type DraftInput } from './draft.ts';
import type { Step, Value } from './model.ts';

/** The inputs of each copy. The shortest list decides how many there are; that lists differ is reported, like everything that
 *  is no list. */
export function scatterSlices(
  step: Step,
  inputs: ReadonlyMap<string, DraftInput>,
  { findings, assumed }: { readonly findings: Findings; readonly assumed: ReadonlySet<string> },
): readonly ReadonlyMap<string, DraftInput>[] {
  const scattered = step.scatter.flatMap((name) => {
    const state = inputs.get(name);
    return state === undefined ? [] : [{ name, state, elements: elementsOf(step, state, findings, assumed) }];
  });
  const lengths = scattered.map(({ elements }) => elements.length);
  const count = lengths.length === 0 ? 0 : Math.min(...lengths);
  reportLengths(scattered, findings, assumed);
  return Array.from({ length: count }, (_, index) => {
    // Each copy gets states of its own: its texts are expanded with its own datasets.
    const slice = new Map([...inputs].map(([name, state]) => [name, { ...state }]));
    for (const { name, state, elements } of scattered)
      slice.set(name, { ...state, value: elements[index] ?? null });
    return slice;
  });
}

function elementsOf(
  step: Step,
  state: DraftInput,
  findings: Findings,
  assumed: ReadonlySet<string>,
): readonly Value[] {
  const { input, value } = state;
  if (isList(value)) {
    if (value.length === 0) {
      const message = `there is nothing to scatter \`${step.name}\` over: \`${input.name}\` is an empty list`;
      findings.error('workflow/empty-scatter', input.whereValue(), message);
    }
    return value;
  }
  // That it has no value at all is said where the value should come from.
  if (value === null) return [];
  // Nor is a value judged that is not known yet.
  if (typeof value === 'string' && assumed.has(value)) return [value];
  const message = `\`${step.name}\` is scattered over \`${input.name}\`, which is no list`;
  const help = typeof value === 'string' ? 'the PanDA server would scatter over its letters' : undefined;
  findings.error('workflow/scatter-over-no-list', input.whereValue(), message, { help });
  return [value];
}

function reportLengths(
  scattered: readonly { name: string; state: DraftInput; elements: readonly Value[] }[],
  findings: Findings,
  assumed: ReadonlySet<string>,
): void {
  const isKnown = ({ elements }: { elements: readonly Value[] }): boolean =>
    !elements.some((element) => typeof element === 'string' && assumed.has(element));
  const [first, ...others] = scattered.filter((one) => isList(one.state.value) && isKnown(one));
  for (const other of others) {
    if (first === undefined || other.elements.length === first.elements.length) continue;
    const message =
      `\`${first.name}\` has ${first.elements.length} elements and \`${other.name}\` ${other.elements.length}, ` +
      'but they are scattered side by side';
    findings.error('workflow/scatter-lengths', other.state.input.whereValue(), message, {
      related: [{ span: first.state.input.whereValue(), message: 'the other list' }],
    });
  }
}
