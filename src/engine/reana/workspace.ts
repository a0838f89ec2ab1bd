// The files of a run: one directory, and no way out of it, whatever names a client, a zip or a step makes up.
import {
  closeSync,
  constants,
  createReadStream,
  createWriteStream,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import picomatch from 'picomatch';
import { systemCode, UsageError } from '../../base/errors.ts';

export interface WorkspaceFile {
  /** Relative to the workspace, with `/`. */
  readonly name: string;
  readonly sizeBytes: number;
  /** What it takes on the disk. */
  readonly allocatedBytes: number;
  readonly modifiedMs: number;
}

/** The segments of a name inside a workspace; a leading `/` is dropped, as REANA does.
 *  @throws UsageError for names that could lead out (`..`), or that name nothing. */
export function safeSegments(name: string): readonly string[] {
  const segments = name.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.includes('..')) throw new UsageError(`file name \`${name}\` leads out of the workspace`);
  if (name.includes('\0')) throw new UsageError('a file name holds a zero character');
  if (segments.length === 0) throw new UsageError('the file name is empty');
  return segments;
}

/** All files below `workspace` by name. Symbolic links count as what they lead to, as long as that lies in the
 *  workspace too; links to directories and links that lead out are left out. A workspace that is gone is empty. */
export function listFiles(workspace: string): readonly WorkspaceFile[] {
  const files: WorkspaceFile[] = [];
  if (existsSync(workspace)) collect(realpathSync(workspace), '', files);
  return files.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** Files that `pattern` names: a file, a directory with everything below it, or a glob (`*`, `?`, `[…]`, `**`, dot files too).
 *  @throws UsageError as `safeSegments`. */
export function matchFiles(workspace: string, pattern: string): readonly WorkspaceFile[] {
  const name = safeSegments(pattern).join('/');
  const all = listFiles(workspace);
  const exact = all.filter((file) => file.name === name || file.name.startsWith(`${name}/`));
  if (exact.length > 0) return exact;
  // Patterns come from outside: a long one would only cost time.
  if (name.length > 1000) return [];
  const matches = globOf(name);
  return all.filter((file) => matches(file.name));
}

/** REANA's globs: `*`, `?`, `[…]`, `**`, dot files too. Every other character stands for itself: a `!` in front must
 *  not turn a pattern into its opposite. */
export function globOf(pattern: string): (name: string) => boolean {
  const literal = pattern.replace(/[(){}|+@^$]|^!|(?<=\/)!/g, '\\$&');
  return picomatch(literal, { dot: true, nobrace: true, noextglob: true, nonegate: true });
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
    const root = realpathSync(workspace);
    const path = realpathSync(join(root, ...safeSegments(name)));
    return path.startsWith(root + sep) && statSync(path).isFile() ? path : undefined;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    return undefined;
  }
}

/** Opens a file found by `readablePath`; `undefined` when it has become something else since. The stream gives exactly
 *  `sizeBytes`, even when a step appends meanwhile. */
export function openForReading(
  path: string,
): { readonly stream: Readable; readonly sizeBytes: number } | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch {
    return undefined;
  }
  const sizeBytes = fstatSync(descriptor).size;
  if (sizeBytes > 0)
    return { stream: createReadStream(path, { fd: descriptor, start: 0, end: sizeBytes - 1 }), sizeBytes };
  closeSync(descriptor);
  return { stream: Readable.from([]), sizeBytes };
}

/** Stores what the stream gives under `name`, all of it or nothing: it is written to `temporary` first (same disk), then renamed.
 *  @param expectedBytes what the sender announced; a different count is an error, so a cut connection leaves no half file.
 *  @throws UsageError for hostile names, links on the way, a directory in the place, or a wrong size. */
export async function storeFile(
  workspace: string,
  name: string,
  content: Readable,
  temporary: string,
  expectedBytes: number | undefined,
): Promise<number> {
  const segments = safeSegments(name);
  try {
    refuseLinks(workspace, segments, name);
    mkdirSync(dirname(temporary), { recursive: true });
    await pipeline(content, createWriteStream(temporary, { flags: 'wx', mode: 0o600 }));
    const sizeBytes = statSync(temporary).size;
    if (expectedBytes !== undefined && expectedBytes !== sizeBytes) {
      throw new UsageError(`file \`${name}\` should have ${expectedBytes} bytes, but ${sizeBytes} arrived`);
    }
    const target = join(workspace, ...segments);
    mkdirSync(dirname(target), { recursive: true });
    refuseLinks(workspace, segments, name);
    renameSync(temporary, target);
    return sizeBytes;
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EISDIR' || code === 'ENOTEMPTY') {
      throw new UsageError(`\`${name}\` is a directory in the workspace`, { cause: error });
    }
    if (code === 'ENOTDIR' || code === 'EEXIST') {
      throw new UsageError(`a part of \`${name}\` is a file in the workspace`, { cause: error });
    }
    if (code === 'ENAMETOOLONG')
      throw new UsageError(`the file name \`${name}\` is too long`, { cause: error });
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Deletes the files that `pattern` names; gives them by name with their sizes or why they are still there. */
export function deleteFiles(
  workspace: string,
  pattern: string,
): {
  readonly deleted: readonly WorkspaceFile[];
  readonly failed: readonly { readonly name: string; readonly error: string }[];
} {
  const deleted: WorkspaceFile[] = [];
  const failed: { name: string; error: string }[] = [];
  for (const file of matchFiles(workspace, pattern)) {
    try {
      deleteFile(workspace, file.name);
      deleted.push(file);
    } catch (error) {
      failed.push({ name: file.name, error: error instanceof Error ? error.message : String(error) });
    }
  }
  return { deleted, failed };
}

/** Deletes one file by its exact name; a link goes itself, not what it leads to.
 *  @throws UsageError when a directory on the way is a link */
export function deleteFile(workspace: string, name: string): void {
  const segments = safeSegments(name);
  refuseLinks(workspace, segments.slice(0, -1), name);
  rmSync(join(workspace, ...segments));
}

/** Moves a file or a directory; into `target` when that is a directory, and over it when it is a file.
 *  @returns false when there is nothing of that name
 *  @throws UsageError for hostile names, links on the way, and what cannot be moved there */
export function moveFiles(workspace: string, source: string, target: string): boolean {
  const from = safeSegments(source);
  refuseLinks(workspace, from.slice(0, -1), source);
  const sourcePath = join(workspace, ...from);
  if (lstatSync(sourcePath, { throwIfNoEntry: false }) === undefined) return false;
  const to = safeSegments(target);
  refuseLinks(workspace, to, target);
  const goesInto = isDirectory(workspace, target);
  const targetPath = join(workspace, ...to, ...(goesInto ? from.slice(-1) : []));
  try {
    mkdirSync(dirname(targetPath), { recursive: true });
    renameSync(sourcePath, targetPath);
    return true;
  } catch (cause) {
    const code = systemCode(cause);
    // Into itself, over a directory with files, below a file, or a name that no disk takes.
    const isUsers = ['EINVAL', 'ENOTEMPTY', 'EISDIR', 'ENOTDIR', 'EEXIST', 'ENAMETOOLONG'].includes(
      code ?? '',
    );
    if (isUsers) throw new UsageError(`\`${source}\` cannot be moved to \`${target}\``, { cause });
    throw cause;
  }
}

function collect(root: string, below: string, files: WorkspaceFile[]): void {
  for (const entry of readdirSync(join(root, below), { withFileTypes: true })) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) {
      collect(root, name, files);
      continue;
    }
    const path = entry.isSymbolicLink()
      ? readablePath(root, name)
      : entry.isFile()
        ? join(root, name)
        : undefined;
    // A step may delete files while they are listed.
    const found = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
    if (found?.isFile() !== true) continue;
    files.push({
      name,
      sizeBytes: found.size,
      allocatedBytes: found.blocks * 512,
      modifiedMs: found.mtimeMs,
    });
  }
}

// Writing never follows a link: the step that made it may have meant to lead the next upload astray.
function refuseLinks(workspace: string, segments: readonly string[], name: string): void {
  let path = workspace;
  for (const segment of segments) {
    path = join(path, segment);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return;
    if (found.isSymbolicLink()) throw new UsageError(`file name \`${name}\` leads through a symbolic link`);
  }
}
