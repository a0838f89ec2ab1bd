// What a reader of documents holds of the collections whose end it has not seen yet: their members, and the keys of a map.
import { keyText, type MapEntry, type ScalarNode } from './nodes.ts';

/** A list that is filled and emptied at its end, over and over, without ever getting smaller. */
export class Stack<Item> {
  readonly #items: Item[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  at(index: number): Item | undefined {
    return this.#items[index];
  }

  push(item: Item): void {
    this.#items[this.#size++] = item;
  }

  /** Takes off what lies above so many. */
  takeFrom(below: number): Item[] {
    const taken = this.#items.slice(below, this.#size);
    this.#size = below;
    return taken;
  }
}

/** The keys of the map whose entries lie on a stack above so many. */
export class Names {
  readonly #entries: Stack<MapEntry>;
  readonly #below: number;
  /** Once there are more than a few. */
  #index: Set<string> | undefined;

  constructor(entries: Stack<MapEntry>, below: number) {
    this.#entries = entries;
    this.#below = below;
  }

  /** Whether a key is none of those before it, and no more than a name. */
  take(key: ScalarNode): boolean {
    const name = keyText(key);
    if (name === '<<') return false;
    const { size } = this.#entries;
    if (size - this.#below < few) {
      for (let at = this.#below; at < size; at++) if (this.#nameAt(at) === name) return false;
      return true;
    }
    this.#index ??= new Set(Array.from({ length: few }, (_, index) => this.#nameAt(this.#below + index)));
    return this.#index.size < this.#index.add(name).size;
  }

  #nameAt(at: number): string {
    const entry = this.#entries.at(at);
    return entry === undefined ? '' : keyText(entry.key);
  }
}

const few = 8;
