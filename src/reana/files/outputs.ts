// Outputs of a run: found, downloaded, checked by size, packed into one tar that never is half.
import { writeArchive } from '../../archive/tar-gz.ts';
import type { WrittenArchive } from '../../archive/tar-gz.ts';
import { RemoteError } from '../../base/errors.ts';
import { HttpFailure, isSilence } from '../../http/http-failure.ts';
import type { RemoteFile } from '../protocol/answers.ts';
import type { ReanaClient } from '../protocol/client.ts';
import { pathBelow, sizesBelow } from './disk.ts';
import { inParallel } from './parallel.ts';
import { Unzip } from './unzip.ts';

/** More do not make it faster; the pace of a server that limits is kept below this anyway. */
const lanes = 8;
/** REANA's servers allow 20 requests per second, and each costs more than a small file: many come quicker as one zip. */
const leastFilesForZip = 40;
const mostBytesForZip = 256 * 1024 * 1024;

export interface FoundOutput {
  /** As declared, without a slash at the end. */
  readonly declared: string;
  readonly files: readonly RemoteFile[];
}

/** What declared outputs (files, directories or patterns) stand for; an output that was not made has no files. */
export async function findOutputs(
  client: ReanaClient,
  run: string,
  declared: readonly string[],
): Promise<readonly FoundOutput[]> {
  const found: FoundOutput[] = [];
  for (const output of declared) {
    const plain = output.replace(/^\/+|\/+$/g, '');
    found.push({ declared: plain, files: await client.workspaces.files(run, plain) });
  }
  return found;
}

/** All files of some outputs once, by name. */
export function filesOf(outputs: readonly FoundOutput[]): readonly RemoteFile[] {
  const byName = new Map(outputs.flatMap(({ files }) => files.map((file) => [file.name, file])));
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

export interface DownloadState {
  readonly doneFiles: number;
  readonly doneBytes: number;
  readonly files: number;
  readonly bytes: number;
}

export interface Downloaded {
  readonly files: readonly RemoteFile[];
  /** Names of files that were removed from the workspace meanwhile: steps of a run that goes on may do so. */
  readonly gone: readonly string[];
}

/** Hears of a download on its way. */
export interface DownloadListener {
  readonly onState: (state: DownloadState) => void;
  /** Once, when a server takes too long to pack a directory (or whatever was declared), so that files come one by one. */
  readonly onSingly?: (declared: string) => void;
}

/** Downloads outputs below a directory that is for them alone. Files that lie there in the right size were brought by an
 *  earlier call that was stopped; they are kept, and parts of large ones are continued.
 *  @throws RemoteError for a name that leads out of the directory, for a file that does not arrive whole, and when all of
 *    them are gone */
export async function downloadOutputs(
  client: ReanaClient,
  run: string,
  outputs: readonly FoundOutput[],
  staging: string,
  { onState, onSingly }: DownloadListener,
): Promise<Downloaded> {
  const files = filesOf(outputs);
  // Every name is looked at before anything is written.
  for (const file of files) safePath(staging, file.name);
  const there = sizesBelow(staging);
  const missing = sizes(files);
  const gone = new Map<string, HttpFailure>();
  let state: DownloadState = { doneFiles: 0, doneBytes: 0, files: files.length, bytes: sum(files) };
  const arrived = (name: string, sizeBytes: number): void => {
    missing.delete(name);
    state = { ...state, doneFiles: state.doneFiles + 1, doneBytes: state.doneBytes + sizeBytes };
    onState(state);
  };
  for (const { name, sizeBytes } of files) if (there.get(name) === sizeBytes) arrived(name, sizeBytes);
  for (const output of outputs) {
    const wanted = output.files.filter(({ name }) => missing.has(name));
    if (wanted.length < leastFilesForZip || sum(wanted) > mostBytesForZip) continue;
    const unzip = new Unzip(staging, sizes(output.files), missing, arrived);
    const isSilent = await downloadZip(client, run, output.declared, unzip);
    if (!isSilent) continue;
    // What it does not pack of one directory in time, it would not of the next.
    onSingly?.(output.declared);
    break;
  }
  await inParallel([...missing], lanes, async ([name, sizeBytes]) => {
    const target = { path: safePath(staging, name), sizeBytes, isStaging: true };
    try {
      await client.workspaces.download(run, literal(name), target, ({ doneBytes }) => {
        if (doneBytes !== sizeBytes) onState({ ...state, doneBytes: state.doneBytes + doneBytes });
      });
    } catch (error) {
      if (!(error instanceof HttpFailure) || error.status !== 404) throw error;
      gone.set(name, error);
      return;
    }
    arrived(name, sizeBytes);
  });
  const [first] = gone.values();
  if (first !== undefined && gone.size === files.length) throw first;
  return { files: files.filter(({ name }) => !gone.has(name)), gone: [...gone.keys()] };
}

const sizes = (files: readonly RemoteFile[]): Map<string, number> =>
  new Map(files.map(({ name, sizeBytes }) => [name, sizeBytes]));

const sum = (files: readonly RemoteFile[]): number =>
  files.reduce((total, { sizeBytes }) => total + sizeBytes, 0);

/** Brings a directory of many small files in one answer. What does not come that way is downloaded file by file afterwards:
 *  servers make zips in their memory, and may fail where they can still give the files.
 *  @returns true when the server said nothing for too long */
async function downloadZip(
  client: ReanaClient,
  run: string,
  pattern: string,
  unzip: Unzip,
): Promise<boolean> {
  try {
    await client.workspaces.downloadZip(run, pattern, () => unzip.begin());
    return false;
  } catch (error) {
    const hasArrived = error instanceof HttpFailure && error.reached !== 'no';
    if (!hasArrived) throw error;
    return isSilence(error);
  } finally {
    await unzip.end();
  }
}

/** Packs the downloaded files under their names in the workspace, with a list of them at the end. The same files always
 *  give the same bytes. */
export async function packOutputs(
  files: readonly RemoteFile[],
  directory: string,
  tar: string,
  signal: AbortSignal | undefined,
): Promise<WrittenArchive> {
  const members = files.map((file) => ({
    name: file.name,
    path: safePath(directory, file.name),
    mode: 0o644,
  }));
  let name = 'MANIFEST.json';
  for (let index = 2; files.some((file) => file.name === name); index++) name = `MANIFEST-${index}.json`;
  const content = (listed: unknown): string => `${JSON.stringify({ files: listed }, null, 2)}\n`;
  return writeArchive(tar, members, {
    signal,
    isOnlyWriter: true,
    isAnyName: true,
    manifest: { name, content },
  });
}

function safePath(directory: string, name: string): string {
  const path = pathBelow(directory, name);
  if (path === undefined)
    throw new RemoteError(`the server names a file \`${name}\`, which leads out of the workspace`);
  return path;
}

/** A pattern that stands for exactly this name: servers read every name as a pattern. */
export const literal = (name: string): string => name.replace(/\\/g, '\\\\').replace(/[*?[]/g, '[$&]');
