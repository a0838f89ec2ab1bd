// From the parameters of a multistep stage to those of its steps.
import type { MultiStep } from '../model.ts';
import { YadageFault } from './fault.ts';
import { tracked, type Tracked } from './tracked.ts';

export type ParameterSet = Readonly<Record<string, Tracked>>;

/** @throws YadageFault when a scattered parameter is no list */
export function scatteredSets(scheduler: MultiStep, values: ParameterSet): readonly ParameterSet[] {
  const { scatter } = scheduler;
  if (scatter === undefined) throw new YadageFault('a multistep stage needs a `scatter`');
  const names = scatter.parameters.map((parameter) => parameter.text);
  const lists = names.map((name) => grouped(listOf(values[name], name), scheduler));
  const rows = scatter.method === 'zip' ? zipped(lists) : product(lists);
  return rows.map((row) => ({
    ...values,
    ...Object.fromEntries(names.map((name, index) => [name, row[index] ?? nothing])),
  }));
}

const nothing = tracked(null);
const listOfItems = (items: readonly Tracked[]): Tracked => ({ kind: 'list', items });

function listOf(value: Tracked | undefined, name: string): readonly Tracked[] {
  if (value?.kind === 'list') return value.items;
  throw new YadageFault(`the scattered parameter \`${name}\` must be a list`);
}

function grouped(list: readonly Tracked[], { batchSize, partitionSize }: MultiStep): readonly Tracked[] {
  if (batchSize !== undefined && batchSize > 0) {
    const count = Math.ceil(list.length / batchSize);
    return Array.from({ length: count }, (_, index) =>
      listOfItems(list.slice(index * batchSize, (index + 1) * batchSize)),
    );
  }
  return partitionSize !== undefined && partitionSize > 0 ? parts(list, partitionSize) : list;
}

/** Where the parts cannot be equal, the later ones are longer. */
function parts(list: readonly Tracked[], wanted: number): readonly Tracked[] {
  const count = Math.min(wanted, list.length);
  let end = 0;
  return Array.from({ length: count }, (_, index) => {
    const begin = end;
    end += Math.floor((list.length + index) / count);
    return listOfItems(list.slice(begin, end));
  });
}

/** As long as the shortest. */
function zipped(lists: readonly (readonly Tracked[])[]): readonly (readonly Tracked[])[] {
  const length = lists.length === 0 ? 0 : Math.min(...lists.map((list) => list.length));
  return Array.from({ length }, (_, index) => lists.map((list) => list[index] ?? nothing));
}

/** The last varies fastest. */
function product(lists: readonly (readonly Tracked[])[]): readonly (readonly Tracked[])[] {
  return lists.reduce<readonly (readonly Tracked[])[]>(
    (rows, list) => rows.flatMap((row) => list.map((member) => [...row, member])),
    [[]],
  );
}
