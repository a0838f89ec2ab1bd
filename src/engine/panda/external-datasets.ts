// Input datasets that no step makes: they must lie on this machine before anything starts.
import { accessSync, constants, statSync } from 'node:fs';
import { basename } from 'node:path';
import { LocalError, messageOf } from '../../base/errors.ts';
import { iterationMark } from '../../prun/names.ts';
import type { FileRecord } from '../records.ts';
import { searchReads } from '../hpo/datasets.ts';
import type { TaskSpec } from './task.ts';

/** Names of the datasets that the tasks read and none of them makes, each once. */
export function externalDatasets(specs: readonly TaskSpec[]): readonly string[] {
  const made = new Set(specs.flatMap((spec) => spec.outputs.map((output) => output.dataset)));
  const read = specs.flatMap((spec) => [
    ...spec.primary,
    ...spec.secondary.flatMap((stream) => stream.datasets),
  ]);
  const searched = new Set(searchReads(specs));
  // What carries the mark of an iteration is made by a loop that has not ended.
  const isMade = (name: string): boolean =>
    made.has(name) || searched.has(name) || name.includes(iterationMark);
  return [...new Set(read)].filter((name) => !isMade(name));
}

/** Finds the files of external datasets: those the user named, or those that earlier requests made here.
 *  @param given name without trailing `/` -> paths
 *  @throws LocalError naming every dataset that is not here, or the file that cannot be read */
export function localFiles(
  names: readonly string[],
  given: ReadonlyMap<string, readonly string[]>,
  earlier: (name: string) => readonly FileRecord[] | undefined,
): ReadonlyMap<string, readonly Omit<FileRecord, 'dataset'>[]> {
  const found = new Map<string, readonly Omit<FileRecord, 'dataset'>[]>();
  const missing: string[] = [];
  for (const name of names) {
    const paths = given.get(name.replace(/\/$/, ''));
    const files = paths === undefined ? earlier(name) : paths.map(measured);
    if (files === undefined) missing.push(name);
    else found.set(name, files);
  }
  if (missing.length > 0) throw missingDatasets(missing);
  return found;
}

/** The error for input datasets that nobody has here; it says how to give them.
 *  @param names at least one */
export function missingDatasets(names: readonly string[]): LocalError {
  const list = names.map((name) => `\`${name}\``).join(', ');
  const which = names.length === 1 ? `the input dataset ${list} is` : `the input datasets ${list} are`;
  const example = (names[0] ?? '').replace(/\/$/, '');
  return new LocalError(`${which} not on this machine`, {
    hint: `say where the files are: --dataset '${example}=PATH_OR_GLOB', or \`datasets:\` in the settings or under \`pchain:\` in the inputs YAML`,
  });
}

function measured(path: string): Omit<FileRecord, 'dataset'> {
  try {
    accessSync(path, constants.R_OK);
    return { name: basename(path), path, sizeBytes: statSync(path).size, sha256: undefined };
  } catch (cause) {
    throw new LocalError(`cannot read the input file \`${path}\`: ${messageOf(cause)}`, { cause });
  }
}
