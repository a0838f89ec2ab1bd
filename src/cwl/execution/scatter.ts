// One step for each member of its scattered inputs, and their outputs in the shape of the inputs.
// Source: CWL v1.2, Workflow, section "Scatter/gather".
import type { Value } from '../../workflow/model.ts';
import { CwlFault } from './fault.ts';
import type { Step } from './process.ts';
import { isList } from './values.ts';
import type { Values } from './values.ts';

export interface Scattered {
  /** Inputs of each one, in order. */
  readonly jobs: readonly Values[];
  /** Puts one value for each job into the shape of the output. */
  readonly gather: (values: readonly Value[]) => Value;
}

/** @throws CwlFault when an input is no list, or lists that go together differ in length */
export function scattered(step: Step, values: Values): Scattered {
  const lists = step.scatter.map((name) => {
    const list = values[name];
    if (!isList(list)) throw new CwlFault(`step \`${step.id}\`: scattered input \`${name}\` must be a list`);
    return list;
  });
  if (step.scatterMethod === 'nested_crossproduct' || step.scatterMethod === 'flat_crossproduct') {
    const jobs = product(lists).map((members) => withMembers(values, step.scatter, members));
    const lengths = lists.map((list) => list.length);
    return {
      jobs,
      gather: step.scatterMethod === 'flat_crossproduct' ? (all) => all : (all) => nested(all, lengths),
    };
  }
  const [first = []] = lists;
  lists.forEach((list, index) => {
    if (list.length !== first.length)
      throw new CwlFault(
        `step \`${step.id}\`: scattered inputs \`${step.scatter[0] ?? ''}\` and \`${step.scatter[index] ?? ''}\` differ in length, ${first.length} and ${list.length}`,
      );
  });
  return {
    jobs: first.map((_, index) =>
      withMembers(
        values,
        step.scatter,
        lists.map((list) => list[index] ?? null),
      ),
    ),
    gather: (all) => all,
  };
}

/** The last list varies fastest. */
function product(lists: readonly (readonly Value[])[]): readonly (readonly Value[])[] {
  return lists.reduce<readonly (readonly Value[])[]>(
    (rows, list) => rows.flatMap((row) => list.map((member) => [...row, member])),
    [[]],
  );
}

function withMembers(values: Values, names: readonly string[], members: readonly Value[]): Values {
  return { ...values, ...Object.fromEntries(names.map((name, index) => [name, members[index] ?? null])) };
}

function nested(values: readonly Value[], lengths: readonly number[]): Value {
  const [length = 0, ...inner] = lengths;
  if (inner.length === 0) return values;
  const size = inner.reduce((total, one) => total * one, 1);
  return Array.from({ length }, (_, index) => nested(values.slice(index * size, (index + 1) * size), inner));
}
