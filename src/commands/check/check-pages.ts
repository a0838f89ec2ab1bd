// The pages about codes, as they are shipped with the program: `pages/<room>/<fault>.md`.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LocalError } from '../../base/errors.ts';
import { parsePage, type CodePage } from '../../terminal/findings-page.ts';
import type { Host } from '../host.ts';

/** The directory of the pages, beside the program. */
export function pagesDirectory(host: Pick<Host, 'program'>): string {
  return join(dirname(host.program[1]), '..', 'pages');
}

/** All codes that have a page, sorted.
 *  @throws LocalError when the pages are not there: the installation is not whole */
export function codesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((room) => room.isDirectory())
      .flatMap((room) =>
        readdirSync(join(directory, room.name))
          .filter((name) => name.endsWith('.md'))
          .map((name) => `${room.name}/${name.slice(0, -'.md'.length)}`),
      )
      .sort();
  } catch (cause) {
    throw new LocalError(`the pages about findings are missing: \`${directory}\` cannot be read`, {
      hint: 'install pchain anew',
      cause,
    });
  }
}

/** The page of a code, or `undefined` when there is none. */
export function pageOf(directory: string, code: string): CodePage | undefined {
  // A code is put into a path, so it must be one.
  if (!/^[a-z][a-z0-9-]*\/[a-z0-9-]+$/.test(code)) return undefined;
  try {
    return parsePage(readFileSync(join(directory, `${code}.md`), 'utf8'));
  } catch {
    return undefined;
  }
}
