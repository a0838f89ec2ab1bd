// Files of a run into a directory of the user's. They gather in a hidden directory beside their places first, so that a call
// that is killed leaves nothing half, the same call again goes on, and no two runs or states of a file are ever mixed.
import { join } from 'node:path';
import { makeDirectory } from '../../base/make-directory.ts';
import type { RemoteFile } from '../protocol/answers.ts';
import type { ReanaClient } from '../protocol/client.ts';
import { hashText, kindOf, moveFile, moveInto, namesIn, pathBelow, removeAll } from './disk.ts';
import { downloadOutputs, filesOf } from './outputs.ts';
import type { Downloaded, DownloadListener, FoundOutput } from './outputs.ts';

const start = '.pchain-download-';

/** Brings outputs under their names in the workspace; files of these names are replaced.
 *  @param run its identifier
 *  @throws as `downloadOutputs`, and LocalError when the disk refuses */
export async function bringFiles(
  client: ReanaClient,
  run: string,
  outputs: readonly FoundOutput[],
  directory: string,
  listener: DownloadListener,
): Promise<Downloaded> {
  const mark = hashText(`${client.server} ${run} ${directory}`).slice(0, 8);
  const content = hashText(JSON.stringify(filesOf(outputs))).slice(0, 8);
  const staging = `${start}${mark}-${content}`;
  for (const name of namesIn(directory)) {
    // What was gathered when the run had other files is of no use any more.
    const isStale = name.startsWith(`${start}${mark}-`) && name !== staging;
    if (isStale) await removeAll(join(directory, name));
  }
  const gathered = join(directory, staging);
  const isFresh = kindOf(gathered) === 'missing';
  makeDirectory(gathered);
  const downloaded = await downloadOutputs(client, run, outputs, gathered, listener);
  if (isFresh) moveInto(gathered, directory);
  else moveEach(downloaded.files, gathered, directory);
  await removeAll(gathered);
  return downloaded;
}

/** Leaves behind what an earlier call began and nobody wants any more. */
function moveEach(files: readonly RemoteFile[], from: string, to: string): void {
  for (const { name } of files) {
    const target = pathBelow(to, name);
    if (target !== undefined) moveFile(join(from, name), target);
  }
}
