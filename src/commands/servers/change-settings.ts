// Changes the settings file on the disk.
import { readFile, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LocalError, messageOf, systemCode } from '../../base/errors.ts';
import { makeDirectory } from '../../base/make-directory.ts';
import { changedSettings } from '../../settings/change-settings.ts';
import { replaceFile } from '../../settings/replace-file.ts';
import type { Settings } from '../../settings/settings.ts';

/** Sets, or with `undefined` takes out, one setting.
 *  @returns the path of the file
 *  @throws UsageError when the file would be wrong with it, LocalError when it cannot be written */
export async function changeSettings(
  keys: readonly string[],
  value: string | undefined,
  settings: Pick<Settings, 'locations'>,
): Promise<string> {
  const { configFile } = settings.locations;
  try {
    // People keep such files elsewhere and put a link here; the link stays.
    const path = await realpath(configFile).catch(() => configFile);
    const text = await readFile(path, 'utf8').catch((thrown: unknown) => {
      if (systemCode(thrown) === 'ENOENT') return '';
      throw thrown;
    });
    const changed = await changedSettings(text, configFile, { keys, value });
    if (changed === text) return configFile;
    makeDirectory(dirname(path), 0o700);
    await replaceFile(path, changed);
    return configFile;
  } catch (cause) {
    if (systemCode(cause) === undefined) throw cause;
    throw new LocalError(`cannot change the settings file \`${configFile}\`: ${messageOf(cause)}`, { cause });
  }
}
