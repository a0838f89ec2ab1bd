// The values that a workflow begins with: texts that name files become paths, patterns become lists.
import type { PythonValue } from '../../python-value.ts';
import type { YadageFiles } from './ports.ts';
import { mapTexts, membersOf } from './texts.ts';

/** @param directory absolute; an empty text names it */
export function discovered(
  values: Readonly<Record<string, PythonValue>>,
  directory: string,
  files: YadageFiles,
): Readonly<Record<string, PythonValue>> {
  const place = (text: string): string => (text.startsWith('/') ? text : `${directory}/${text}`);
  return membersOf(
    mapTexts(values, (text) => {
      if (files.exists(place(text))) return place(text);
      const found = files.glob(place(text));
      return found.length === 0 ? text : found;
    }),
  );
}
