// What a restart with `CACHE=on` need not do again: the first commands, as far as they are the same and finished before,
// in a workspace that nobody has touched since.
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface RepeatableCommand {
  readonly name: string;
  /** Empty or `undefined`: none was asked for. */
  readonly image: string | undefined;
  /** Parameters filled in. */
  readonly command: string;
}

/** How many commands at the beginning give what is there already. */
export function reusableCommands(
  before: readonly (RepeatableCommand & { readonly status: string })[],
  now: readonly RepeatableCommand[],
): number {
  const first = now.findIndex((command, index) => {
    const done = before[index];
    return (
      done?.status !== 'finished' ||
      done.name !== command.name ||
      (done.image ?? '') !== (command.image ?? '') ||
      done.command !== command.command
    );
  });
  return first === -1 ? now.length : first;
}

/** True when no file and no directory of the workspace was changed after `sinceMs`; false when there is no telling.
 *  The time of the last change of an inode cannot be set back by programs, unlike the time of its content. */
export function isUntouched(workspace: string, sinceMs: number): boolean {
  // The end of a run is kept in whole milliseconds.
  const limitMs = sinceMs + 1;
  const directories = [workspace];
  try {
    for (let path = directories.pop(); path !== undefined; path = directories.pop()) {
      if (lstatSync(path).ctimeMs > limitMs) return false;
      for (const entry of readdirSync(path, { withFileTypes: true })) {
        const below = join(path, entry.name);
        if (entry.isDirectory()) directories.push(below);
        else if (lstatSync(below).ctimeMs > limitMs) return false;
      }
    }
    return true;
  } catch {
    return false;
  }
}
