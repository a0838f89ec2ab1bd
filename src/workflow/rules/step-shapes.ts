// What steps are like, apart from their names and numbers. Workflows of thousands of steps have few shapes, and a rule that is
// silent about one step of a shape is silent about all.
import { hasPlaceholders } from '../../prun/placeholders.ts';
import { isList, type Draft, type DraftInput } from '../draft.ts';

/** With more than these, most steps are like no other, and to remember what each is like costs more than it saves. */
const mostShapes = 1000;

/** The shapes of the steps of one workflow. */
export class StepShapes {
  readonly #shapes = new Map<string, OwnShape>();
  readonly #known = new Map<Draft, OwnShape | undefined>();

  /** Equal for steps that differ at most in their names and in which steps their data come from; `undefined` for a step that
   *  is better looked at by itself: in a sub-workflow, with a condition, scattered, with values from the workflow's inputs, or with faulty inputs. */
  own(draft: Draft): number | undefined {
    return this.#of(draft)?.number;
  }

  /** Equal for steps of the same shape with data from the same outputs of steps of the same shapes; `undefined` where data come
   *  from anything but single steps. */
  tied(draft: Draft): string | undefined {
    const own = this.#of(draft);
    if (own === undefined) return undefined;
    let shape = String(own.number);
    for (const { origins, value } of draft.inputs.values()) {
      // A source that does not exist has no origin.
      if (origins.length === 0) continue;
      if (origins.length !== (isList(value) ? value.length : 1)) return undefined;
      for (const { reference, owner, slices, leaves } of origins) {
        const [leaf] = leaves;
        const parent = slices.length === 1 && leaves.length === 1 && leaf !== undefined && this.#of(leaf);
        // What a step with placeholders makes depends on its own data.
        if (parent === false || parent === undefined || parent.hasPlaceholders) return undefined;
        shape += `<${parent.number}.${owner.outputs.indexOf(reference.slice(owner.name.length + 1))}`;
      }
    }
    return shape;
  }

  #of(draft: Draft): OwnShape | undefined {
    if (this.#known.has(draft)) return this.#known.get(draft);
    const text = textOf(draft);
    const shape = text === undefined ? undefined : this.#shapeOf(text);
    this.#known.set(draft, shape);
    return shape;
  }

  #shapeOf(text: string): OwnShape | undefined {
    let shape = this.#shapes.get(text);
    if (shape === undefined && this.#shapes.size < mostShapes) {
      shape = { number: this.#shapes.size, hasPlaceholders: hasPlaceholders(text) };
      this.#shapes.set(text, shape);
    }
    return shape;
  }
}

interface OwnShape {
  readonly number: number;
  readonly hasPlaceholders: boolean;
}

function textOf({ step, around, inputs }: Draft): string | undefined {
  if (step.type === 'workflow' || around !== undefined) return undefined;
  if (step.condition !== undefined || step.scatter.length > 0) return undefined;
  // Rules are silent about what it lacks.
  if (step.hasUnreadInputs === true || (step.misspeltInputs?.size ?? 0) > 0) return undefined;
  let text: string = step.type;
  for (const state of inputs.values()) {
    const value = valueOf(state);
    if (value === undefined) return undefined;
    text += `\n${state.input.name}${value}`;
  }
  return text;
}

const datasets: ReadonlySet<string> = new Set(['opt_inDS', 'opt_secondaryDSs', 'opt_trainingDS']);

function valueOf({ input, value, origins }: DraftInput): string | undefined {
  // The text as it is written: in the value datasets of other steps may be put in already.
  if (input.source === undefined) return typeof input.default === 'string' ? `=${input.default}` : undefined;
  // Which datasets they are makes no difference; of any other input the text does.
  if (origins.length === 0 || !datasets.has(input.name)) return undefined;
  if (typeof value === 'string') return '<';
  return isList(value) && value.every((member) => typeof member === 'string')
    ? `<[${value.length}`
    : undefined;
}
