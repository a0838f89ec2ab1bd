// Brings the outputs of a request to this machine and packs them into one tar.
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { writeArchive } from '../../archive/tar-gz.ts';
import type { TarMember } from '../../archive/tar-member.ts';
import { LocalError, UsageError } from '../../base/errors.ts';
import { makeDirectory } from '../../base/make-directory.ts';
import { downloadDataset } from '../../panda/download.ts';
import type { RequestDocument } from '../../panda/embedded-answers.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Connection } from '../servers/connection.ts';
import type { Host } from '../host.ts';

export interface CollectedArchive {
  readonly path: string;
  readonly sizeBytes: number;
  /** Without the manifest. */
  readonly files: number;
}

/** Where the tar will be; checked before anything runs, so that hours of work do not end in a bad name.
 *  @throws UsageError for an ending that is no tar, LocalError when its directory does not exist */
export function archivePath(output: string, workingDirectory: string): string {
  if (!/\.(?:tar|tar\.gz|tgz)$/.test(output)) {
    throw new UsageError(`\`--output ${output}\` must end in \`.tar\`, \`.tar.gz\` or \`.tgz\``);
  }
  const path = isAbsolute(output) ? output : resolve(workingDirectory, output);
  if (!existsSync(dirname(path))) throw new LocalError(`the directory of \`${output}\` does not exist`);
  return path;
}

/** The datasets that are what the user asked for, in the order of their steps. */
export function finalDatasets(document: RequestDocument): RequestDocument['datasets'] {
  return document.datasets.filter((dataset) => dataset.is_output && dataset.files > 0);
}

/** Downloads every final output, verified, and packs them: `<dataset>/<file>`, with a list of sizes and digests.
 *  An interrupted download goes on where it was; the tar has its name only when it is whole. */
export async function collect(
  connection: Connection,
  document: RequestDocument,
  path: string,
  settings: Settings,
  host: Host,
): Promise<CollectedArchive> {
  const staging = stagingOf(connection, document.request.id, settings);
  const members: TarMember[] = [];
  for (const dataset of finalDatasets(document)) {
    const name = folderOf(dataset.name);
    const directory = join(staging, name);
    makeDirectory(directory);
    const files = await downloadDataset(connection.server, dataset.name, directory, { signal: host.signal });
    members.push(...files.map((file) => ({ name: `${name}/${file.name}`, path: file.path })));
  }
  const { sizeBytes } = await writeOutputs(path, document.request.name, members, host);
  await rm(staging, { recursive: true, force: true });
  return { path, sizeBytes, files: members.length };
}

/** Packs outputs with a list of their sizes and digests; the tar has its name only when it is whole. */
export function writeOutputs(
  path: string,
  request: string,
  members: readonly TarMember[],
  host: Host,
): Promise<{ readonly sizeBytes: number }> {
  return writeArchive(path, members, {
    signal: host.signal,
    isOnlyWriter: true,
    manifest: {
      name: 'MANIFEST.json',
      content: (files) => `${JSON.stringify({ request, files }, null, 2)}\n`,
    },
  });
}

/** Where the files of a request wait to be packed. */
export function stagingOf(connection: Connection, id: number, settings: Settings): string {
  const place = `${connection.name.replace(/[^A-Za-z0-9.-]/g, '_')}-${id}`;
  return join(settings.locations.dataDirectory, 'downloads', place);
}

/** A dataset's name as a folder: a scope is not part of it, as with Rucio. */
export function folderOf(dataset: string): string {
  return dataset.replace(/\/$/, '').replace(/^[^:]*:/, '');
}
