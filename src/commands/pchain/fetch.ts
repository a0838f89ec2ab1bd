// `pchain fetch`: outputs of a request as one tar or as files, or one dataset by its name.
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PchainError, UnsupportedError, UsageError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { counted } from '../../base/text.ts';
import { downloadDataset } from '../../panda/download.ts';
import { bytes } from '../../terminal/amounts.ts';
import { archivePath, collect, finalDatasets, folderOf } from '../collect.ts';
import { connect } from '../connection.ts';
import type { Connection } from '../connection.ts';
import type { Host } from '../host.ts';
import { persistently } from '../persistence.ts';
import { snapshotOf } from '../request-state.ts';
import { meantRequest } from '../requests.ts';
import { loadSettings } from '../settings.ts';
import { textOption } from '../workflow-files.ts';

type Options = Readonly<Record<string, unknown>>;

export async function runFetch(typed: string | undefined, options: Options, host: Host): Promise<ExitCode> {
  const dataset = textOption(options, 'dataset');
  return dataset === undefined ? fetchRequest(typed, options, host) : fetchDataset(dataset, options, host);
}

async function fetchDataset(name: string, options: Options, host: Host): Promise<ExitCode> {
  const settings = await loadSettings({ server: textOption(options, 'server') }, host);
  const directory = resolve(host.workingDirectory, textOption(options, 'to') ?? '.');
  await persistently(host, async () => bring(await connect(settings, host), name, directory, host));
  return ExitCode.done;
}

async function fetchRequest(typed: string | undefined, options: Options, host: Host): Promise<ExitCode> {
  const output = textOption(options, 'output');
  const path = output === undefined ? undefined : archivePath(output, host.workingDirectory);
  const { id, settings, connection } = await meantRequest(typed, options, host);
  const snapshot = await snapshotOf(connection, id, host.signal);
  if (snapshot === undefined)
    throw new UsageError(`the server knows no request ${id}`, { hint: 'see `pchain list`' });
  if (snapshot.document === undefined) throw cannotFetch();
  if (!snapshot.isFinal)
    throw new PchainError(ExitCode.findings, `request ${id} has not ended yet`, {
      hint: `\`pchain follow ${id}\` waits for it`,
    });
  const datasets = finalDatasets(snapshot.document);
  if (datasets.length === 0)
    throw new PchainError(
      ExitCode.findings,
      `request ${id} has no outputs; it ended ${snapshot.state.request.status}`,
    );
  if (path !== undefined) {
    const archive = await collect(connection, snapshot.document, path, settings, host);
    host.terminal.say(`${counted(archive.files, 'file')} in ${archive.path} (${bytes(archive.sizeBytes)})`);
    return ExitCode.done;
  }
  const directory = resolve(host.workingDirectory, textOption(options, 'to') ?? '.');
  for (const dataset of datasets)
    await bring(connection, dataset.name, join(directory, folderOf(dataset.name)), host);
  return ExitCode.done;
}

async function bring(connection: Connection, name: string, directory: string, host: Host): Promise<void> {
  if (!connection.isEmbedded) throw cannotFetch();
  await mkdir(directory, { recursive: true });
  const files = await downloadDataset(connection.server, name, directory, { signal: host.signal });
  const size = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  host.terminal.say(`${name}: ${counted(files.length, 'file')}, ${bytes(size)}, in ${directory}`);
}

function cannotFetch(): UnsupportedError {
  return new UnsupportedError('datasets of this server cannot be fetched by pchain', {
    hint: 'use `rucio download`',
  });
}
