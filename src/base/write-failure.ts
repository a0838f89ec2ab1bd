// What a disk says that refuses a file, in words.
import { LocalError, messageOf, systemCode } from './errors.ts';

/** @param path of the file, as it is to be shown
 *  @param cause an error that is in words already stays as it is
 *  @param what could not be done with it */
export function writeFailure(path: string, cause: unknown, what = 'write'): LocalError {
  if (cause instanceof LocalError) return cause;
  const code = systemCode(cause);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new LocalError(`cannot ${what} \`${path}\`: no space is left on the device`, {
      hint: 'free some space, or choose another place; the same command again goes on',
      cause,
    });
  }
  const words = code === 'ENAMETOOLONG' ? 'the name is too long for this disk' : messageOf(cause);
  return new LocalError(`cannot ${what} \`${path}\`: ${words}`, { cause });
}
