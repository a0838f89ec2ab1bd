// Outputs of a finished run: found, downloaded, checked by size, packed into one tar that never is half.
import { join } from 'node:path';
import { PchainError, RemoteError } from '../base/errors.ts';
import { ExitCode } from '../base/exit-code.ts';
import { writeArchive } from '../archive/tar-gz.ts';
import type { WrittenArchive } from '../archive/tar-gz.ts';
import type { RemoteFile } from './answers.ts';
import type { ReanaClient } from './client.ts';
import { hashText, pathBelow, removeAll, sizeOnDisk } from './disk.ts';
import { inParallel } from './parallel.ts';
import { unzip } from './unzip.ts';

/** Downloads at the same time; REANA's servers allow 20 requests per second. */
const lanes = 4;

/** The files that declared outputs (files, directories or patterns) stand for, by name.
 *  @throws PchainError (exit 1) for an output that the run did not make */
export async function findOutputs(
  client: ReanaClient,
  runName: string,
  declared: readonly string[],
): Promise<readonly RemoteFile[]> {
  const found = new Map<string, RemoteFile>();
  for (const output of declared) {
    const files = await client.files(runName, output.replace(/\/+$/, ''));
    if (files.length === 0) {
      throw new PchainError(
        ExitCode.findings,
        `run \`${runName}\` finished, but did not make its output \`${output}\``,
        {
          hint: `see what it made: \`pchain reana ls ${runName}\``,
        },
      );
    }
    for (const file of files) found.set(file.name, file);
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** Downloads files below a directory; those that lie there already in the right size are kept.
 *  @param onFile called after each, with how many are there
 *  @throws RemoteError for a name that leads out of the directory */
export async function downloadAll(
  client: ReanaClient,
  runId: string,
  files: readonly RemoteFile[],
  directory: string,
  onFile: (done: number) => void,
): Promise<void> {
  let done = 0;
  await inParallel(files, lanes, async (file) => {
    const path = safePath(directory, file.name);
    if ((await sizeOnDisk(path)) !== file.sizeBytes) {
      await client.download(runId, literal(file.name), { path, sizeBytes: file.sizeBytes });
    }
    done++;
    onFile(done);
  });
}

/** Packs the downloaded files under their names in the workspace. The same files always give the same bytes. */
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
  return writeArchive(tar, members, { signal, isOnlyWriter: true });
}

/** Downloads what a name or pattern stands for into a directory; the zip that several files become is unpacked there.
 *  @returns names of the files, relative to the directory
 *  @throws RemoteError when there is nothing of that name */
export async function downloadInto(
  client: ReanaClient,
  runName: string,
  name: string,
  directory: string,
): Promise<readonly string[]> {
  const plain = name.replace(/^\/+|\/+$/g, '');
  const files = await client.files(runName, plain);
  if (files.length === 0) {
    throw new RemoteError(`run \`${runName}\` has no file \`${plain}\``, {
      hint: `see \`pchain reana ls ${runName}\``,
    });
  }
  if (files.length === 1) {
    await downloadAll(client, runName, files, directory, () => undefined);
    return files.map((file) => file.name);
  }
  const arriving = join(directory, `.${hashText(plain).slice(0, 12)}.arriving`);
  try {
    const { isZip } = await client.download(runName, plain, { path: arriving });
    if (!isZip)
      throw new RemoteError(`the server did not pack \`${plain}\` of run \`${runName}\` into a zip`);
    return await unzip(arriving, directory);
  } finally {
    await removeAll(arriving);
  }
}

function safePath(directory: string, name: string): string {
  const path = pathBelow(directory, name);
  if (path === undefined)
    throw new RemoteError(`the server names a file \`${name}\`, which leads out of the workspace`);
  return path;
}

/** A pattern that stands for exactly this name: servers read every name as a pattern. */
export const literal = (name: string): string => name.replace(/[*?[]/g, '[$&]');
