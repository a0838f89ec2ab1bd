// Input datasets that are files on this machine: `NAME=PATH_OR_GLOB` from flags, the inputs YAML or the settings.
import { globSync } from 'tinyglobby';
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { LocalError, UsageError } from '../../base/errors.ts';
import type { Settings } from '../../settings/settings.ts';

export interface DatasetSources {
  /** Each `NAME=PATH_OR_GLOB`, as typed. */
  readonly flags: readonly string[];
  /** From the inputs YAML; paths start at its directory. */
  readonly fromInputs: Readonly<Record<string, string>>;
  readonly inputsDirectory: string;
  readonly settings: Settings;
  readonly workingDirectory: string;
}

/** Files by dataset name (without trailing `/`), absolute and sorted. A flag wins over the inputs YAML, that over the settings.
 *  @throws UsageError for a flag without `=`, LocalError for a pattern that matches no file */
export function localDatasets(sources: DatasetSources): Readonly<Record<string, readonly string[]>> {
  const patterns = new Map<string, readonly string[]>();
  for (const [name, setting] of sources.settings.datasets) patterns.set(bare(name), setting.value);
  for (const [name, pattern] of Object.entries(sources.fromInputs))
    patterns.set(bare(name), [resolve(sources.inputsDirectory, pattern)]);
  for (const [name, typed] of byName(sources.flags)) {
    patterns.set(
      name,
      typed.map((pattern) => resolve(sources.workingDirectory, pattern)),
    );
  }
  return Object.fromEntries([...patterns].map(([name, list]) => [name, filesOf(name, list)]));
}

function byName(flags: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const flag of flags) {
    const at = flag.indexOf('=');
    if (at < 1 || at === flag.length - 1) {
      throw new UsageError(`\`--dataset ${flag}\` is not of the form NAME=PATH`, {
        hint: 'for example --dataset mc16:my.dataset=inputs/*.root',
      });
    }
    const name = bare(flag.slice(0, at));
    found.set(name, [...(found.get(name) ?? []), flag.slice(at + 1)]);
  }
  return found;
}

function filesOf(name: string, patterns: readonly string[]): readonly string[] {
  const files = new Set(patterns.flatMap((pattern) => filesOfPattern(name, pattern)));
  return [...files].sort();
}

/** A file, all files of a directory, or what a pattern matches. */
function filesOfPattern(name: string, pattern: string): readonly string[] {
  const stats = statSync(pattern, { throwIfNoEntry: false });
  if (stats?.isFile() === true) return [pattern];
  const files =
    stats?.isDirectory() === true
      ? globSync('*', { cwd: pattern, absolute: true, dot: false })
      : globSync(pattern, { absolute: true });
  if (files.length === 0)
    throw new LocalError(`no file matches \`${pattern}\`, given for the dataset \`${name}\``);
  return files;
}

function bare(name: string): string {
  return name.replace(/\/$/, '');
}

/** What changes when one of the files does: path, size and time of the last change of each. */
export function fileStamps(
  datasets: Readonly<Record<string, readonly string[]>>,
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(Object.entries(datasets).map(([name, files]) => [name, files.map(stampOf)]));
}

function stampOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? path : `${path} ${stats.size} ${stats.mtimeMs}`;
}
