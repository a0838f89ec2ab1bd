// What a disk says that refuses a file, in words.
import { LocalError, messageOf, systemCode } from './errors.ts';

/** @param path of the file, as it is to be shown */
export function writeFailure(path: string, cause: unknown): LocalError {
  const code = systemCode(cause);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new LocalError(`cannot write \`${path}\`: no space is left on the device`, {
      hint: 'free some space, or choose another place; the same command again goes on',
      cause,
    });
  }
  const words = code === 'ENAMETOOLONG' ? 'the name is too long for this disk' : messageOf(cause);
  return new LocalError(`cannot write \`${path}\`: ${words}`, { cause });
}
