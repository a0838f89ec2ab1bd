// Final outputs of a CWL workflow, in one directory under their own names, as REANA leaves them.
import { constants, copyFileSync, linkSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  isItem,
  isList,
  isRecord,
  itemsOf,
  nameOf,
  splitName,
  textIn,
  withoutFloats,
} from '../../../cwl/execution/values.ts';
import type { Item, Values } from '../../../cwl/execution/values.ts';
import { systemCode } from '../../../base/errors.ts';
import { diskView } from '../workspace/disk-view.ts';
import type { Value } from '../../../workflow/model.ts';
import { removeTree } from '../workspace/remove-tree.ts';

/** @param directory is emptied first
 *  @returns the outputs with the places of the published files, and a checksum for each */
export async function publishOutputs(outputs: Values, directory: string): Promise<Values> {
  removeTree(directory);
  mkdirSync(directory, { recursive: true });
  const taken: Taken = { names: new Set(), places: new Map() };
  return (await withChecksums(placeAll(outputs, directory, taken))) as Values;
}

/** What no tool of the workflow has made may have none yet. */
async function withChecksums(value: Value): Promise<Value> {
  if (isList(value)) return Promise.all(value.map(withChecksums));
  if (!isRecord(value)) return withoutFloats(value);
  const members: [string, Value][] = [];
  for (const [name, member] of Object.entries(value)) members.push([name, await withChecksums(member)]);
  const whole = Object.fromEntries(members);
  const location = textIn(whole, 'location');
  return whole['class'] === 'File' && location !== undefined && whole['checksum'] === undefined
    ? { ...whole, checksum: await diskView.checksumOf(location) }
    : whole;
}

/** Of one directory. */
interface Taken {
  readonly names: Set<string>;
  /** Where a file is published already, by its location and name. */
  readonly places: Map<string, string>;
}

function placeAll(value: Value, directory: string, taken: Taken): Value {
  if (isItem(value)) return placeItem(value, directory, taken);
  if (isList(value)) return value.map((member) => placeAll(member, directory, taken));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, placeAll(member, directory, taken)]),
  );
}

function placeItem(item: Item, directory: string, taken: Taken): Item {
  const location = textIn(item, 'location');
  const source = location === undefined ? undefined : `${location}\n${nameOf(item)}`;
  const known = source === undefined ? undefined : taken.places.get(source);
  const path = known ?? join(directory, freeName(nameOf(item), taken.names));
  if (source !== undefined) taken.places.set(source, path);
  if (known !== undefined) {
    // The same file under two outputs is there once.
  } else if (location !== undefined) copyTree(location, path);
  else if (item.class === 'File') writeFileSync(path, textIn(item, 'contents') ?? '');
  else mkdirSync(path, { recursive: true });
  const secondary = itemsOf(item['secondaryFiles']).map((one) => placeItem(one, directory, taken));
  const inside: Taken = { names: new Set(), places: new Map() };
  const listing = itemsOf(item['listing']).map((one) =>
    location === undefined ? placeItem(one, path, inside) : moved(one, path),
  );
  const { contents: _, ...rest } = item;
  return {
    ...rest,
    location: path,
    ...(secondary.length === 0 ? {} : { secondaryFiles: secondary }),
    ...(item.class === 'Directory' ? { listing } : { size: statSync(path).size }),
  };
}

/** What came with its directory. */
function moved(item: Item, directory: string): Item {
  const path = join(directory, nameOf(item));
  return {
    ...item,
    location: path,
    ...(item.class === 'Directory'
      ? { listing: itemsOf(item['listing']).map((one) => moved(one, path)) }
      : {}),
  };
}

/** Two outputs of one name: the second gets a number. */
function freeName(name: string, taken: Set<string>): string {
  const { root, extension } = splitName(name);
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${root}_${number}${extension}`;
  taken.add(free);
  return free;
}

// A second name of the same content where the disk can do that: outputs may be large, and the work directories go anyway.
function copyTree(from: string, to: string): void {
  if (statSync(from).isDirectory()) {
    mkdirSync(to, { recursive: true });
    for (const name of readdirSync(from)) copyTree(join(from, name), join(to, name));
    return;
  }
  try {
    linkSync(from, to);
  } catch (thrown) {
    if (!['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP'].includes(systemCode(thrown) ?? '')) throw thrown;
    copyFileSync(from, to, constants.COPYFILE_FICLONE);
  }
}
