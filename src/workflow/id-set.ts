// A set of ids that lists them in the order in which the server's Python lists them.
//
// Parents of a step are a Python `set` on the server, and its text dump prints them as they come: `12,5`. For small numbers
// that order follows from CPython's hash table alone: open addressing, a short linear probe, then a perturbed jump.
// Source: CPython 3.8 to 3.13, Objects/setobject.c; the hash of a small int is the int.

const smallest = 8;
const linearProbes = 9;
const perturbShift = 5;

/** The table of every set with less than two ids, as most are; copied before anything is put in. */
const untouched: (number | undefined)[] = new Array<number | undefined>(smallest).fill(undefined);

const nothing: readonly number[] = [];

export class IdSet implements Iterable<number> {
  #table: (number | undefined)[] = untouched;
  #size = 0;
  /** The only id of a set without a table of its own. */
  #only = 0;

  static of(ids: Iterable<number>): IdSet {
    const set = new IdSet();
    for (const id of ids) set.add(id);
    return set;
  }

  get size(): number {
    return this.#size;
  }

  has(id: number): boolean {
    if (this.#table === untouched) return this.#size === 1 && this.#only === id;
    return this.#table[this.#slotOf(id)] === id;
  }

  add(id: number): void {
    if (this.#table === untouched) {
      if (this.#size === 0) {
        this.#only = id;
        this.#size = 1;
        return;
      }
      if (this.#only === id) return;
      this.#unfold();
    }
    const slot = this.#slotOf(id);
    if (this.#table[slot] === id) return;
    this.#table[slot] = id;
    this.#size++;
    const mask = this.#table.length - 1;
    if (this.#size * 5 >= mask * 3) this.#resize(this.#size > 50_000 ? this.#size * 2 : this.#size * 4);
  }

  /** Adds all of another set; Python's `|=`. */
  addAll(other: IdSet): void {
    if (other === this || other.#size === 0) return;
    if (other.#table === untouched && this.#table === untouched) {
      this.add(other.#only);
      return;
    }
    if (this.#table === untouched && this.#size === 1) this.#unfold();
    if (other.#table === untouched) other.#unfold();
    const mask = this.#table.length - 1;
    if ((this.#size + other.#size) * 5 >= mask * 3) this.#resize((this.#size + other.#size) * 2);
    if (this.#size === 0 && this.#table.length === other.#table.length) {
      this.#table = [...other.#table];
      this.#size = other.#size;
      return;
    }
    for (const id of other.#table) if (id !== undefined) this.add(id);
  }

  [Symbol.iterator](): Iterator<number> {
    return this.listed()[Symbol.iterator]();
  }

  /** All ids in their order. */
  listed(): readonly number[] {
    if (this.#size === 0) return nothing;
    return this.#table === untouched ? [this.#only] : this.#table.filter((id) => id !== undefined);
  }

  /** Gives the only id a table to stand in. */
  #unfold(): void {
    this.#table = [...untouched];
    this.#table[this.#slotOf(this.#only)] = this.#only;
  }

  /** Where the id is, or the free slot where it belongs. */
  #slotOf(id: number): number {
    const mask = this.#table.length - 1;
    let perturb = id;
    let start = id & mask;
    for (;;) {
      const probes = start + linearProbes <= mask ? linearProbes : 0;
      for (let slot = start; slot <= start + probes; slot++) {
        const held = this.#table[slot];
        if (held === undefined || held === id) return slot;
      }
      perturb >>>= perturbShift;
      start = (start * 5 + 1 + perturb) & mask;
    }
  }

  #resize(atLeast: number): void {
    let length = smallest;
    while (length <= atLeast) length *= 2;
    const ids = [...this];
    this.#table = new Array<number | undefined>(length).fill(undefined);
    for (const id of ids) this.#table[this.#slotOf(id)] = id;
  }
}
