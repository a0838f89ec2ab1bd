// Fetching a dataset from the embedded server: every file verified, nothing half under its final name.
import { join } from 'node:path';
import { LocalError, RemoteError } from '../base/errors.ts';
import type { FileAnswer } from './embedded-answers.ts';
import { datasetFiles, datasetFileUrl, type EmbeddedServer } from './embedded.ts';

export interface DownloadOptions {
  /** Files at the same time; 3 without it. */
  readonly parallel?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

export interface DownloadProgress {
  readonly filesDone: number;
  readonly filesTotal: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

export interface DownloadedFile {
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** True when it was there already, whole. */
  readonly reused: boolean;
}

/** Fetches all files of a dataset into a directory. Called again after an interruption, it fetches what is missing.
 *  @returns the files in the order of their names
 *  @throws RemoteError for an unknown dataset or file names that are none; LocalError when the disk refuses */
export async function downloadDataset(
  server: EmbeddedServer,
  dataset: string,
  directory: string,
  options: DownloadOptions = {},
): Promise<readonly DownloadedFile[]> {
  const listed = await datasetFiles(server, dataset, options.signal);
  if (listed === undefined) throw new RemoteError(`the server has no dataset \`${dataset}\``);
  const files = checkedFiles(dataset, listed);

  const bytesOf = new Map<string, number>();
  let filesDone = 0;
  const bytesTotal = files.reduce((sum, file) => sum + file.size_bytes, 0);
  const report = (): void => {
    const bytesDone = [...bytesOf.values()].reduce((sum, bytes) => sum + bytes, 0);
    options.onProgress?.({ filesDone, filesTotal: files.length, bytesDone, bytesTotal });
  };

  // One file that fails ends the others: their parts stay, and the next call goes on from there.
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
  const fetchOne = async (file: FileAnswer): Promise<DownloadedFile> => {
    const path = join(directory, file.name);
    const answer = await server.http.request({
      method: 'GET',
      url: datasetFileUrl(server, dataset, file.name),
      token: await server.token(),
      repeatable: true,
      signal,
      saveTo: { path, sizeBytes: file.size_bytes, ...(file.sha256 === null ? {} : { sha256: file.sha256 }) },
      timeouts: { tryMs: undefined, callMs: 24 * 3_600_000 },
      onProgress: ({ doneBytes }) => {
        bytesOf.set(file.name, doneBytes);
        report();
      },
    });
    if (answer.saved === undefined) throw new LocalError(`\`${path}\` was not written`);
    filesDone += 1;
    bytesOf.set(file.name, file.size_bytes);
    report();
    const { sizeBytes, sha256, reused } = answer.saved;
    return { name: file.name, path, sizeBytes, sha256, reused };
  };

  const done: DownloadedFile[] = [];
  const waiting = [...files];
  const worker = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      try {
        done.push(await fetchOne(file));
      } catch (failure) {
        waiting.length = 0;
        stop.abort(failure);
        throw failure;
      }
    }
  };
  const outcomes = await Promise.allSettled(
    Array.from({ length: Math.max(1, options.parallel ?? 3) }, worker),
  );
  // The first failure is the reason of all later ones, which only report that they were stopped.
  if (stop.signal.aborted) throw stop.signal.reason;
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return done.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A name becomes a path on this machine, so it must be nothing but a name, and no two may be the same file. */
function checkedFiles(dataset: string, files: readonly FileAnswer[]): readonly FileAnswer[] {
  const seen = new Set<string>();
  for (const { name } of files) {
    // eslint-disable-next-line no-control-regex -- control characters are part of what is refused
    if (name === '' || name === '.' || name === '..' || /[/\\\u0000-\u001f\u007f]/.test(name)) {
      throw new RemoteError(
        `\`${dataset}\` has a file called ${JSON.stringify(name)}, which is no file name`,
      );
    }
    // A download in progress has this ending, and two names that differ in case are one file on some disks.
    const key = name.toLowerCase();
    if (key.endsWith('.part') && files.some((other) => `${other.name.toLowerCase()}.part` === key)) {
      throw new RemoteError(`\`${dataset}\` has both \`${name.slice(0, -5)}\` and \`${name}\``);
    }
    if (seen.has(key)) throw new RemoteError(`\`${dataset}\` has two files called \`${name}\``);
    seen.add(key);
  }
  return files;
}
