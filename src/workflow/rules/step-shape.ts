// What a step is like, apart from its name, its number and the steps around it. Workflows of thousands of steps have few
// shapes: what is true of one step of a shape, taken by itself, is true of all.
import { isList, type Draft, type DraftInput } from '../draft.ts';

/** Equal for steps that differ at most in their names and in which steps their data come from; `undefined` for a step that is
 *  better looked at by itself: in a sub-workflow, with a condition, scattered, or with values from the workflow's inputs. */
export function shapeOf(draft: Draft): string | undefined {
  const { step, around, inputs } = draft;
  if (step.type === 'workflow' || around !== undefined) return undefined;
  if (step.condition !== undefined || step.scatter.length > 0) return undefined;
  let shape: string = step.type;
  for (const [name, state] of inputs) {
    const value = shapeOfValue(name, state);
    if (value === undefined) return undefined;
    shape += `\n${name}${value}`;
  }
  return shape;
}

const datasets: ReadonlySet<string> = new Set(['opt_inDS', 'opt_secondaryDSs', 'opt_trainingDS']);

function shapeOfValue(name: string, { input, value, origins }: DraftInput): string | undefined {
  // The text as it is written: in the value datasets of other steps may be put in already.
  if (input.source === undefined) return typeof input.default === 'string' ? `=${input.default}` : undefined;
  // Which datasets they are makes no difference; of any other input the text does.
  if (origins.length === 0 || !datasets.has(name)) return undefined;
  if (typeof value === 'string') return '<';
  return isList(value) && value.length > 0 && value.every((member) => typeof member === 'string')
    ? '<['
    : undefined;
}
