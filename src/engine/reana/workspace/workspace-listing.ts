// What lies in a workspace: all of it, or what a name or pattern stands for.
import { existsSync, lstatSync, readdirSync, realpathSync, statSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../../../base/errors.ts';
import { globOf, isPlainName } from './glob.ts';
import { isDirectory, readablePath, safeSegments } from './workspace-path.ts';

export interface WorkspaceFile {
  /** Relative to the workspace, with `/`. */
  readonly name: string;
  readonly sizeBytes: number;
  /** What it takes on the disk. */
  readonly allocatedBytes: number;
  readonly modifiedMs: number;
}

/** All files below `workspace` by name. Symbolic links count as what they lead to, as long as that lies in the
 *  workspace too; links to directories and links that lead out are left out. A workspace that is gone is empty. */
export function listFiles(workspace: string): readonly WorkspaceFile[] {
  const files: WorkspaceFile[] = [];
  if (existsSync(workspace)) collect(realpathSync.native(workspace), '', files);
  return files.sort(byName);
}

const byName = (a: WorkspaceFile, b: WorkspaceFile): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;

/** Files that `pattern` names: a file, a directory with everything below it, or a glob. As in REANA, a file whose name holds
 *  `*`, `?` or `[` is no exception from what these mean; a directory is.
 *  @throws UsageError as `safeSegments`. */
export function matchFiles(workspace: string, pattern: string): readonly WorkspaceFile[] {
  const name = safeSegments(pattern).join('/');
  if (isPlainName(name) || isDirectory(workspace, name)) return namedFiles(workspace, name);
  // Patterns come from outside: a long one with many wildcards would only cost time. A name written as a pattern has none.
  if (name.length > 1000 && /(?:^|[^[\\])\*/.test(name)) return [];
  const matches = globOf(name);
  return listFiles(workspace).filter((file) => matches(file.name));
}

/** The file of this name, or all below the directory of this name: what `listFiles` holds of them, without looking at the
 *  rest. Downloads ask for one file after the other. */
function namedFiles(workspace: string, name: string): readonly WorkspaceFile[] {
  const [above, last] = name.includes('/') ? splitLast(name) : ['', name];
  try {
    const root = realpathSync.native(workspace);
    const directory = join(root, above);
    // Nothing below a link to a directory is listed.
    if (realpathSync.native(directory) !== directory) return [];
    const files: WorkspaceFile[] = [];
    collectEntry(root, above, last, lstatSync(join(directory, last)), files);
    return files.sort(byName);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'ENAMETOOLONG', 'ELOOP'].includes(systemCode(error) ?? '')) return [];
    throw error;
  }
}

const splitLast = (name: string): [string, string] => [
  name.slice(0, name.lastIndexOf('/')),
  name.slice(name.lastIndexOf('/') + 1),
];

function collect(root: string, below: string, files: WorkspaceFile[]): void {
  for (const entry of entriesOf(join(root, below))) collectEntry(root, below, entry.name, entry, files);
}

type EntryKind = Pick<Dirent, 'isDirectory' | 'isFile' | 'isSymbolicLink'>;

function collectEntry(
  root: string,
  above: string,
  last: string,
  entry: EntryKind,
  files: WorkspaceFile[],
): void {
  const name = above === '' ? last : `${above}/${last}`;
  if (entry.isDirectory()) {
    collect(root, name, files);
    return;
  }
  const path = entry.isSymbolicLink()
    ? readablePath(root, name)
    : entry.isFile()
      ? join(root, name)
      : undefined;
  const found = path === undefined ? undefined : unlessHidden(undefined, () => statSync(path));
  if (found?.isFile() !== true) return;
  files.push({
    name,
    sizeBytes: found.size,
    allocatedBytes: found.blocks * 512,
    modifiedMs: found.mtimeMs,
  });
}

const entriesOf = (directory: string): readonly Dirent[] =>
  unlessHidden([], () => readdirSync(directory, { withFileTypes: true }));

/** A step may delete files while they are listed, and close directories. */
export function unlessHidden<Found>(otherwise: Found, look: () => Found): Found {
  try {
    return look();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(systemCode(error) ?? '')) return otherwise;
    throw error;
  }
}
