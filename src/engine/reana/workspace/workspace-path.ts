// Names of files in a workspace, as clients, zips and steps make them up, and the paths they may stand for: none leads out.
import { lstatSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { UsageError } from '../../../base/errors.ts';

/** The segments of a name inside a workspace; a leading `/` is dropped, as REANA does.
 *  @throws UsageError for names that could lead out (`..`), or that name nothing. */
export function safeSegments(name: string): readonly string[] {
  const segments = name.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.includes('..')) throw new UsageError(`file name \`${name}\` leads out of the workspace`);
  if (name.includes('\0')) throw new UsageError('a file name holds a zero character');
  if (segments.length === 0) throw new UsageError('the file name is empty');
  return segments;
}

/** True when `name` is a directory of the workspace itself (not a link). */
export function isDirectory(workspace: string, name: string): boolean {
  try {
    return lstatSync(join(workspace, ...safeSegments(name))).isDirectory();
  } catch {
    return false;
  }
}

/** Path of an existing file of the workspace, links resolved; `undefined` when it is absent, no regular file, or a link that leads out. */
export function readablePath(workspace: string, name: string): string | undefined {
  try {
    const root = realpathSync.native(workspace);
    const path = realpathSync.native(join(root, ...safeSegments(name)));
    return path.startsWith(root + sep) && statSync(path).isFile() ? path : undefined;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    return undefined;
  }
}

/** Writing never follows a link: the step that made it may have meant to lead the next upload astray.
 *  @throws UsageError when there is one on the way, or in the place itself */
export function refuseLinks(workspace: string, segments: readonly string[], name: string): void {
  let path = workspace;
  for (const segment of segments) {
    path = join(path, segment);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return;
    if (found.isSymbolicLink()) throw new UsageError(`file name \`${name}\` leads through a symbolic link`);
  }
}
