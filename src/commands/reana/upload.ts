// `pchain reana upload [FILE...]`: puts files into the workspace of a run; what its specification declares, when none is named.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { LocalError, messageOf } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { ReanaClient } from '../../reana/protocol/client.ts';
import { collectArguments, collectDeclared } from '../../reana/files/inputs.ts';
import type { CollectedInputs } from '../../reana/files/inputs.ts';
import { UploadRecord } from '../../reana/files/upload-record.ts';
import { uploadFiles } from '../../reana/files/upload.ts';
import type { Upload } from '../../reana/files/upload.ts';
import { bytes } from '../../terminal/amounts.ts';
import type { Host } from '../host.ts';
import { meantRun, namedFiles, printJson, reanaConnection } from './connection.ts';
import type { Options } from './connection.ts';
import { tellLeftOut } from './left-out.ts';
import { TransferView } from './transfer-view.ts';

export async function runUpload(paths: readonly string[], options: Options, host: Host): Promise<ExitCode> {
  const run = meantRun(options, host);
  const named = paths.length > 0 ? collectArguments(namedFiles(paths), host.workingDirectory) : undefined;
  const { setup, settings } = await reanaConnection(host);
  const client = new ReanaClient(setup, host.signal);
  const collected = named ?? (await declaredInputs(client, run, host.workingDirectory));
  tellLeftOut(collected.leftOut, host);
  const state = await client.status(run);
  const record = new UploadRecord(
    join(settings.locations.dataDirectory, 'reana-uploads', `${state.id}.jsonl`),
    state.id,
  );
  const uploads: readonly Upload[] = collected.files.map((file) => ({ ...file, mark: markOf(file.path) }));
  const view = new TransferView('uploading', host);
  const done = await view.whileShown(() =>
    uploadFiles(client, state.id, uploads, record, (now) => view.update(now)),
  );
  if (options['json'] === true) {
    printJson(
      {
        run: state.name,
        files: uploads.map(({ name }) => name),
        bytes: done.bytes,
        skipped: done.skipped,
        left_out: collected.leftOut,
      },
      host,
    );
    return ExitCode.done;
  }
  const skipped = done.skipped === 0 ? '' : `; ${done.skipped} were there already`;
  host.terminal.say(
    `uploaded ${count(done.files - done.skipped)} to ${state.name} (${bytes(done.bytes)}${skipped})`,
  );
  return ExitCode.done;
}

const count = (files: number): string => `${files} ${files === 1 ? 'file' : 'files'}`;

async function declaredInputs(client: ReanaClient, run: string, directory: string): Promise<CollectedInputs> {
  const stored = await client.storedSpecification(run);
  return collectDeclared({ files: stored.inputFiles, directories: stored.inputDirectories }, directory);
}

/** Reading a file just to learn that it has not changed would take as long as sending it. */
function markOf(path: string): string {
  try {
    const found = statSync(path);
    return `${found.size} ${found.mtimeMs} ${found.ino}`;
  } catch (cause) {
    throw new LocalError(`cannot read \`${path}\`: ${messageOf(cause)}`, { cause });
  }
}
