// Outputs of a run: found, downloaded, checked by size, packed into one tar that never is half.
import { join } from 'node:path';
import { writeArchive } from '../archive/tar-gz.ts';
import type { WrittenArchive } from '../archive/tar-gz.ts';
import { RemoteError } from '../base/errors.ts';
import type { RemoteFile } from './answers.ts';
import type { ReanaClient } from './client.ts';
import { hashText, pathBelow, removeAll, sizesBelow } from './disk.ts';
import { inParallel } from './parallel.ts';
import { unzip } from './unzip.ts';

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

/** Downloads outputs below a directory that is for them alone. Files that lie there in the right size were brought by an
 *  earlier call that was stopped; they are kept, and parts of large ones are continued.
 *  @throws RemoteError for a name that leads out of the directory, and for a file that does not arrive whole */
export async function downloadOutputs(
  client: ReanaClient,
  run: string,
  outputs: readonly FoundOutput[],
  staging: string,
  onState: (state: DownloadState) => void,
): Promise<readonly RemoteFile[]> {
  const files = filesOf(outputs);
  const bytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  // Every name is looked at before anything is written.
  for (const file of files) safePath(staging, file.name);
  await downloadZips(client, run, outputs, staging);
  const there = sizesBelow(staging);
  let state: DownloadState = { doneFiles: 0, doneBytes: 0, files: files.length, bytes };
  await inParallel(files, lanes, async (file) => {
    const path = safePath(staging, file.name);
    if (there.get(file.name) !== file.sizeBytes) {
      await client.workspaces.download(
        run,
        literal(file.name),
        { path, sizeBytes: file.sizeBytes, isStaging: true },
        ({ doneBytes }) => {
          if (doneBytes === file.sizeBytes) return;
          onState({ ...state, doneBytes: state.doneBytes + doneBytes });
        },
      );
    }
    state = { ...state, doneFiles: state.doneFiles + 1, doneBytes: state.doneBytes + file.sizeBytes };
    onState(state);
  });
  return files;
}

/** Brings directories of many small files, each in one answer. */
async function downloadZips(
  client: ReanaClient,
  run: string,
  outputs: readonly FoundOutput[],
  staging: string,
): Promise<void> {
  const there = sizesBelow(staging);
  for (const output of outputs) {
    const missing = output.files.filter((file) => there.get(file.name) !== file.sizeBytes);
    const missingBytes = missing.reduce((sum, file) => sum + file.sizeBytes, 0);
    if (missing.length >= leastFilesForZip && missingBytes <= mostBytesForZip)
      await downloadZip(client, run, output.declared, staging);
  }
}

/** What the zip does not bring, or brings in another size, is downloaded one by one afterwards. */
async function downloadZip(
  client: ReanaClient,
  run: string,
  pattern: string,
  directory: string,
): Promise<void> {
  const arriving = join(directory, `.${hashText(pattern).slice(0, 12)}.arriving`);
  try {
    const { isZip } = await client.workspaces.download(run, pattern, { path: arriving, isStaging: true });
    if (isZip) await unzip(arriving, directory);
  } finally {
    await removeAll(arriving);
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
  return writeArchive(tar, members, { signal, isOnlyWriter: true, manifest: { name, content } });
}

function safePath(directory: string, name: string): string {
  const path = pathBelow(directory, name);
  if (path === undefined)
    throw new RemoteError(`the server names a file \`${name}\`, which leads out of the workspace`);
  return path;
}

/** A pattern that stands for exactly this name: servers read every name as a pattern. */
export const literal = (name: string): string => name.replace(/[*?[]/g, '[$&]');
