// Reads the user's text files for the languages, which do not touch the disk themselves.
import { isAbsolute, resolve } from 'node:path';
import type { ReadResult, ReadText } from '../../base/read-text.ts';
import { readTextFile } from '../../source/text-file.ts';

/** A reader of files; relative paths start at `workingDirectory`. A file is read once and remembered.
 *  @param generated texts that are taken for files of the directory, by their name in it */
export function textReader(
  workingDirectory: string,
  generated?: ReadonlyMap<string, { readonly text: string }>,
): ReadText {
  const known = new Map<string, ReadResult>();
  return (path) => {
    const made = generated?.get(path);
    if (made !== undefined) return { ok: true, text: made.text };
    const absolute = isAbsolute(path) ? path : resolve(workingDirectory, path);
    let result = known.get(absolute);
    if (result === undefined) {
      result = readTextFile(absolute);
      known.set(absolute, result);
    }
    return result;
  };
}
