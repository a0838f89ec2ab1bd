// Where a job finds its files: each in a directory of its own, so that no two names meet.
import type { Value } from '../../workflow/model.ts';
import { isList, itemsOf, mapItems, nameOf, textIn } from './values.ts';
import type { Item, Values } from './values.ts';

/** One thing to make before the job starts, in order. Paths are absolute. */
export type StagingStep =
  | { readonly make: 'directory'; readonly path: string }
  | { readonly make: 'link'; readonly path: string; readonly target: string }
  /** A copy that the job may change. */
  | { readonly make: 'copy'; readonly path: string; readonly target: string }
  | { readonly make: 'file'; readonly path: string; readonly contents: string };

/** Collects what has to be staged. */
export class Staging {
  readonly steps: StagingStep[] = [];
  readonly #directory: string;
  #count = 0;

  /** @param directory for inputs, absolute */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The inputs with a `path` for every file in them. */
  inputs(values: Values): Values {
    return Object.fromEntries(
      Object.entries(values).map(([name, value]): [string, Value] => [
        name,
        mapItems(value, (item) => this.place(item, this.#freshDirectory(), 'link')),
      ]),
    );
  }

  /** Puts an item, and its secondary files beside it, into a directory.
   *  @param name instead of its base name
   *  @returns it with its `path` */
  place(item: Item, directory: string, how: 'link' | 'copy', name = nameOf(item)): Item {
    const path = `${directory}/${name}`;
    const location = textIn(item, 'location');
    let listing = item['listing'];
    if (location !== undefined) {
      this.steps.push({ make: how, path, target: location });
      if (isList(listing)) listing = itemsOf(listing).map((one) => withPaths(one, path));
    } else if (item.class === 'File') {
      this.steps.push({ make: 'file', path, contents: textIn(item, 'contents') ?? '' });
    } else {
      this.steps.push({ make: 'directory', path });
      listing = itemsOf(listing).map((one) => this.place(one, path, how));
    }
    const secondary = itemsOf(item['secondaryFiles']).map((one) => this.place(one, directory, how));
    return {
      ...item,
      path,
      ...(item.class === 'File' ? { dirname: directory } : {}),
      ...(isList(listing) ? { listing } : {}),
      ...(secondary.length === 0 ? {} : { secondaryFiles: secondary }),
    };
  }

  #freshDirectory(): string {
    const directory = `${this.#directory}/${this.#count}`;
    this.#count++;
    this.steps.push({ make: 'directory', path: directory });
    return directory;
  }
}

/** What lies inside of a directory that is staged as a whole. */
function withPaths(item: Item, directory: string): Item {
  const path = `${directory}/${nameOf(item)}`;
  const listing = item['listing'];
  return {
    ...item,
    path,
    ...(item.class === 'File' ? { dirname: directory } : {}),
    ...(isList(listing) ? { listing: itemsOf(listing).map((one) => withPaths(one, path)) } : {}),
  };
}
