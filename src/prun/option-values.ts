// Values of options: the few that were given, laid over the defaults that all command lines of a program share.
import type { OptionTable, OptionValue } from './option-table.ts';

/** Values by `dest`: one for every `dest` of the table. */
export type OptionValues = ReadonlyMap<string, OptionValue>;

/** Given values over the defaults of a table. A table has well over a hundred options and a workflow may have thousands of
 *  command lines, so the defaults are not copied for each. */
export class GivenOptions implements OptionValues {
  readonly #defaults: ReadonlyMap<string, OptionValue>;
  readonly #given = new Map<string, OptionValue>();

  constructor(table: OptionTable) {
    this.#defaults = defaultsOf(table);
  }

  get size(): number {
    return this.#defaults.size;
  }

  get(dest: string): OptionValue | undefined {
    const value = this.#given.get(dest);
    return value === undefined ? this.#defaults.get(dest) : value;
  }

  has(dest: string): boolean {
    return this.#defaults.has(dest);
  }

  /** @param dest one of the table's */
  set(dest: string, value: OptionValue): void {
    this.#given.set(dest, value);
  }

  keys(): MapIterator<string> {
    return this.#defaults.keys();
  }

  values(): MapIterator<OptionValue> {
    return this.#all().values();
  }

  entries(): MapIterator<[string, OptionValue]> {
    return this.#all().entries();
  }

  [Symbol.iterator](): MapIterator<[string, OptionValue]> {
    return this.entries();
  }

  forEach(visit: (value: OptionValue, dest: string, values: OptionValues) => void): void {
    for (const [dest, value] of this.#all()) visit(value, dest, this);
  }

  #all(): Map<string, OptionValue> {
    return new Map([...this.#defaults, ...this.#given]);
  }
}

const knownDefaults = new WeakMap<OptionTable, ReadonlyMap<string, OptionValue>>();

function defaultsOf(table: OptionTable): ReadonlyMap<string, OptionValue> {
  let defaults = knownDefaults.get(table);
  if (defaults === undefined) {
    defaults = new Map(table.options.map((option) => [option.dest, option.default]));
    knownDefaults.set(table, defaults);
  }
  return defaults;
}
