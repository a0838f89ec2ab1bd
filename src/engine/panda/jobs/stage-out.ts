// What a job made becomes files of datasets: moved out of its directory under PanDA's names, measured, made read-only.
import { createHash } from 'node:crypto';
import {
  copyFile,
  lstat,
  mkdir,
  open,
  readdir,
  realpath,
  rename,
  rm,
  stat,
  type FileHandle,
} from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { writeTarGz } from '../../../archive/tar-gz.ts';
import { LocalError, systemCode } from '../../../base/errors.ts';
import type { FileRecord } from '../../records.ts';
import type { TaskOutput } from '../task.ts';

export interface StageOut {
  readonly outputs: readonly TaskOutput[];
  readonly workDirectory: string;
  /** The directory of one dataset. */
  readonly directoryOf: (dataset: string) => string;
  /** The start of every file name: `user.alice.40000001._000001`. */
  readonly prefix: string;
}

/** Moves every output of a job to its dataset. Doing it again after a crash in the middle gives the same result.
 *  @throws LocalError when an output was not produced, or cannot be stored */
export async function stageOut(job: StageOut): Promise<readonly FileRecord[]> {
  const files: FileRecord[] = [];
  for (const output of job.outputs) {
    if (output.mayBeAbsent && (await isAbsent(job, output))) continue;
    const directory = job.directoryOf(output.dataset);
    await mkdir(directory, { recursive: true });
    for (const { source, name } of await produced(job, output, directory)) {
      const path = join(directory, name);
      if (source !== undefined) await source(path);
      files.push(await recordFile(path, output.dataset));
    }
  }
  return files;
}

/** Nothing was made for it, and nothing lies in its place from an earlier attempt at staging. */
async function isAbsent(job: StageOut, output: TaskOutput): Promise<boolean> {
  const directory = job.directoryOf(output.dataset);
  const stored = await plainFiles(directory).catch(() => []);
  if (stored.some((name) => name.startsWith(`${job.prefix}.`))) return false;
  if (output.kind === 'file') return (await kindOf(join(job.workDirectory, output.pattern))) === 'missing';
  const fits = output.kind === 'wildcard' ? wildcard(output.pattern) : expression(output.pattern);
  return !(await plainFiles(job.workDirectory)).some((name) => fits.test(name));
}

/** Takes away what an earlier attempt of a job stored before it failed, so that none of it is taken for this one's. */
export async function removeStaged(job: StageOut): Promise<void> {
  for (const { dataset } of job.outputs) {
    const directory = job.directoryOf(dataset);
    const names = await plainFiles(directory).catch(() => []);
    for (const name of names.filter((file) => file.startsWith(`${job.prefix}.`)))
      await rm(join(directory, name), { force: true });
  }
}

/** Moves one file of a job to its dataset.
 *  @param from `undefined`: it was moved already, and is only recorded */
export async function placeFile(
  from: string | undefined,
  to: { readonly directory: string; readonly name: string; readonly dataset: string },
): Promise<FileRecord> {
  const path = join(to.directory, to.name);
  await mkdir(to.directory, { recursive: true });
  if (from !== undefined) await moveFile(from, path, dirname(from));
  return recordFile(path, to.dataset);
}

async function recordFile(path: string, dataset: string): Promise<FileRecord> {
  const file = await open(path, 'r');
  try {
    const [{ size }] = await Promise.all([file.stat(), file.chmod(0o444), file.sync()]);
    return { name: basename(path), dataset, path, sizeBytes: size, sha256: await sha256(file, size) };
  } finally {
    await file.close();
  }
}

interface Produced {
  /** Puts the file in its place; `undefined` when an earlier attempt at staging already did. */
  readonly source: ((path: string) => Promise<void>) | undefined;
  readonly name: string;
}

async function produced(job: StageOut, output: TaskOutput, directory: string): Promise<readonly Produced[]> {
  switch (output.kind) {
    case 'file':
      return [await namedFile(job, output, directory)];
    case 'wildcard':
      return [await bundle(job, output, directory)];
    case 'regex':
      return matching(job, output, directory);
  }
}

async function namedFile(job: StageOut, output: TaskOutput, directory: string): Promise<Produced> {
  const name = `${job.prefix}.${output.lfnSuffix}`;
  const path = join(job.workDirectory, output.pattern);
  const kind = await kindOf(path);
  if (kind === 'missing') {
    if ((await kindOf(join(directory, name))) === 'file') return { source: undefined, name };
    throw new LocalError(`the output file \`${output.pattern}\` was not produced`);
  }
  if (kind === 'other') throw new LocalError(`the output \`${output.pattern}\` is not a regular file`);
  return { source: (target) => moveFile(path, target, job.workDirectory), name };
}

/** `x*.txt`: all matching files in one gzip tar, as prun's transform packs them. */
async function bundle(job: StageOut, output: TaskOutput, directory: string): Promise<Produced> {
  const name = `${job.prefix}.${output.lfnSuffix}`;
  const names = (await plainFiles(job.workDirectory)).filter((file) => wildcard(output.pattern).test(file));
  if (names.length === 0) {
    if ((await kindOf(join(directory, name))) === 'file') return { source: undefined, name };
    throw new LocalError(`no file matches the output \`${output.pattern}\``);
  }
  const members = names.map((file) => ({ name: file, path: join(job.workDirectory, file) }));
  const pack = async (target: string): Promise<void> => {
    await writeTarGz(target, members);
  };
  return { source: pack, name };
}

/** `regex|x.*\.txt`: every matching file is an output of its own. */
async function matching(job: StageOut, output: TaskOutput, directory: string): Promise<readonly Produced[]> {
  const pattern = expression(output.pattern);
  const names = (await plainFiles(job.workDirectory)).filter((file) => pattern.test(file));
  const there = (await plainFiles(directory)).filter((file) => file.startsWith(`${job.prefix}.`));
  const moved = there.map((name) => ({ source: undefined, name }));
  if (names.length === 0 && moved.length === 0)
    throw new LocalError(`no file matches the output \`${output.pattern}\``);
  const fresh = names.map((file) => ({
    source: (target: string) => moveFile(join(job.workDirectory, file), target, job.workDirectory),
    name: `${job.prefix}.${file}`,
  }));
  return [...moved, ...fresh].sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function kindOf(path: string): Promise<'missing' | 'file' | 'other'> {
  try {
    return (await stat(path)).isFile() ? 'file' : 'other';
  } catch (thrown) {
    const code = systemCode(thrown);
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing';
    throw thrown;
  }
}

/** Regular files at the top of a directory; links, and so the staged inputs, are not outputs. */
async function plainFiles(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .sort();
}

async function moveFile(from: string, to: string, workDirectory: string): Promise<void> {
  try {
    await moveNow(from, to, workDirectory);
  } catch (thrown) {
    // An engine that was closed a moment ago may still be about to end what it began: then the file is where it belongs.
    if (systemCode(thrown) !== 'ENOENT' || (await kindOf(to)) !== 'file') throw thrown;
  }
}

async function moveNow(from: string, to: string, workDirectory: string): Promise<void> {
  if (!(await lstat(from)).isSymbolicLink()) {
    await rename(from, to);
    return;
  }
  // A link is copied: renaming it would publish a pointer to an input, or into a directory that goes away.
  const target = await realpath(from);
  const part = `${to}.part`;
  await copyFile(target, part);
  await rename(part, to);
  if (target.startsWith(workDirectory + sep)) await rm(target);
}

/** A small file is read at once. */
const smallBytes = 1 << 20;

async function sha256(file: FileHandle, sizeBytes: number): Promise<string> {
  const hash = createHash('sha256');
  if (sizeBytes <= smallBytes) return hash.update(await file.readFile()).digest('hex');
  for await (const chunk of file.createReadStream({ autoClose: false })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function wildcard(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}

/** `regex|x.*\.txt` */
function expression(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern.replace(/^regex\|/, '')})$`);
}
