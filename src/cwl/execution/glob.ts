// Files of a directory by pattern, as `glob` of POSIX finds them: `*` and `?` stop at `/` and pass over dot files.
import picomatch from 'picomatch';
import type { FileView } from './ports.ts';

/** @param pattern relative; `.` is the directory itself
 *  @returns paths below `directory`, in the order of their names; a name without signs is found when it is there */
export function globFiles(directory: string, pattern: string, files: FileView): readonly string[] {
  const segments = pattern.split('/').filter((segment) => segment !== '' && segment !== '.');
  let found: readonly string[] = [directory];
  for (const segment of segments) {
    found = found.flatMap((place) => below(place, segment, files).map((name) => `${place}/${name}`));
  }
  return found;
}

function below(place: string, segment: string, files: FileView): readonly string[] {
  if (files.kindOf(place) !== 'directory') return [];
  if (!/[*?[\\]/.test(segment)) return files.kindOf(`${place}/${segment}`) === undefined ? [] : [segment];
  if (segment.length > 1000) return [];
  // POSIX negates a set by `!`, picomatch by `^`.
  const negated = segment.replace(/(\\.)|\[!/g, (_, escaped: string | undefined) => escaped ?? '[^');
  const matches = picomatch(negated, { nobrace: true, noextglob: true, noglobstar: true, nonegate: true });
  return files.namesIn(place).filter((name) => matches(name));
}
