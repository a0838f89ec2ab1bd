// The settings of the embedded servers: how much runs at the same time, in what surroundings, and on which files.
import { dirname, isAbsolute, resolve } from 'node:path';
import { UsageError } from '../base/errors.ts';
import { containerWords, readContainerWord, type ContainerSetting } from './containers.ts';
import type { Environment } from './locations.ts';
import type { SettingsFile } from './settings-file.ts';
import { fileSetting, sourceText, variable, type Setting } from './source.ts';

interface NumberSetting {
  readonly flag: string | number | undefined;
  readonly name: string;
  readonly key: 'parallel_jobs' | 'max_iterations';
  readonly most: number;
}

/** A count from 1: `--name`, `$PCHAIN_NAME`, or the key in the settings file.
 *  @throws UsageError for anything but such a count, with its source in the message */
export function wholeNumber(
  { flag, name, key, most }: NumberSetting,
  env: Environment,
  file: SettingsFile | undefined,
): Setting<number> | undefined {
  const typed: Setting<string | number> | undefined =
    flag === undefined
      ? variable(env, `PCHAIN_${name.toUpperCase().replaceAll('-', '_')}`)
      : { value: flag, source: { kind: 'flag', name: `--${name}` } };
  if (typed !== undefined) {
    const count = Number(typed.value);
    if (!Number.isInteger(count) || count < 1 || count > most) {
      throw new UsageError(
        `${sourceText(typed.source)} must be a whole number from 1 to ${most}, not \`${typed.value}\``,
      );
    }
    return { value: count, source: typed.source };
  }
  const value = file?.content[key];
  if (file === undefined || value === undefined) return undefined;
  return { value, source: { kind: 'file', path: file.path, line: file.lineOf([key]) } };
}

/** @param flag as typed after `--containers`
 *  @throws UsageError for a word that is none of those known */
export function containers(
  flag: string | undefined,
  env: Environment,
  file: SettingsFile | undefined,
): Setting<ContainerSetting> {
  const typed: Setting<string> | undefined =
    flag === undefined
      ? variable(env, 'PCHAIN_CONTAINERS')
      : { value: flag, source: { kind: 'flag', name: '--containers' } };
  const chosen = typed ?? fileSetting(file, 'containers');
  if (chosen === undefined)
    return { value: { mode: 'auto', engine: undefined }, source: { kind: 'default' } };
  const value = readContainerWord(chosen.value);
  if (value !== undefined) return { value, source: chosen.source };
  const known = containerWords.map((word) => `\`${word}\``).join(', ');
  throw new UsageError(`${sourceText(chosen.source)} must be one of ${known}, not \`${chosen.value}\``);
}

interface DatasetsInput {
  /** As typed on the command line, by name. */
  readonly given: Readonly<Record<string, readonly string[]>> | undefined;
  readonly workingDirectory: string;
  readonly homeDirectory: string;
}

/** What is typed replaces what the settings file says under the same name. Its relative paths begin where the file lies. */
export function datasets(
  { given, workingDirectory, homeDirectory }: DatasetsInput,
  file: SettingsFile | undefined,
): ReadonlyMap<string, Setting<readonly string[]>> {
  const found = new Map<string, Setting<readonly string[]>>();
  const base = dirname(file?.path ?? '/');
  for (const [name, paths] of Object.entries(file?.content.datasets ?? {})) {
    const listed = typeof paths === 'string' ? [paths] : paths;
    found.set(name, {
      value: listed.map((path) => absolutePath(path, base, homeDirectory)),
      source: { kind: 'file', path: file?.path ?? '', line: file?.lineOf(['datasets', name]) ?? 1 },
    });
  }
  for (const [name, paths] of Object.entries(given ?? {})) {
    found.set(name, {
      value: paths.map((path) => absolutePath(path, workingDirectory, homeDirectory)),
      source: { kind: 'flag', name: '--dataset' },
    });
  }
  return found;
}

function absolutePath(path: string, base: string, homeDirectory: string): string {
  if (path === '~' || path.startsWith('~/')) return resolve(homeDirectory, `.${path.slice(1)}`);
  return isAbsolute(path) ? path : resolve(base, path);
}
