// The settings of one command: its flags, the environment and the settings file together.
import { readFile } from 'node:fs/promises';
import { LocalError, messageOf, systemCode } from '../../base/errors.ts';
import { readSettings } from '../../settings/settings.ts';
import type { SettingFlags, Settings } from '../../settings/settings.ts';
import type { Host } from '../host.ts';

/** @throws UsageError for a setting that makes no sense, LocalError for a settings file that cannot be read */
export function loadSettings(flags: SettingFlags, host: Host): Promise<Settings> {
  return readSettings({
    flags,
    env: host.env,
    homeDirectory: host.homeDirectory,
    workingDirectory: host.workingDirectory,
    readFile: readOptional,
  });
}

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return undefined;
    throw new LocalError(`cannot read the settings file \`${path}\`: ${messageOf(cause)}`, { cause });
  }
}
