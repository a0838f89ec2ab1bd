// `pchain fetch`: outputs of a request as one tar or as files, or one dataset by its name.
import { join, resolve } from 'node:path';
import { PchainError, UsageError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { makeDirectory } from '../../base/make-directory.ts';
import { counted } from '../../base/text.ts';
import { requestId } from '../../base/names.ts';
import { downloadDataset } from '../../panda/download.ts';
import { isDatasetName } from '../../panda/task-outputs.ts';
import { findTask } from '../../panda/tasks.ts';
import type { Settings } from '../../settings/settings.ts';
import { bytes } from '../../terminal/amounts.ts';
import { noteArchive } from '../work/finish-request.ts';
import { archivePath, collect, finalDatasets, folderOf, stagingOf } from '../work/collect.ts';
import { connect } from '../servers/connection.ts';
import type { Connection } from '../servers/connection.ts';
import type { Host } from '../host.ts';
import { persistently } from '../work/persistence.ts';
import { knownSnapshot, type Snapshot } from '../work/request-state.ts';
import { collectByRucio, downloadByRucio, remoteDatasets } from '../work/remote-outputs.ts';
import { meantTarget, targetName, type Target } from '../work/targets.ts';
import { loadSettings } from '../servers/settings.ts';
import { textOption } from '../check/workflow-files.ts';

type Options = Readonly<Record<string, unknown>>;

export async function runFetch(typed: string | undefined, options: Options, host: Host): Promise<ExitCode> {
  const dataset = textOption(options, 'dataset');
  return dataset === undefined ? fetchRequest(typed, options, host) : fetchDataset(dataset, options, host);
}

async function fetchDataset(name: string, options: Options, host: Host): Promise<ExitCode> {
  const settings = await loadSettings({ server: textOption(options, 'server') }, host);
  const directory = resolve(host.workingDirectory, textOption(options, 'to') ?? '.');
  await persistently(host, async () => {
    const connection = await connect(settings, host);
    if (connection.isEmbedded) return bring(connection, name, directory, host);
    if (!isDatasetName(name.replace(/\/$/, '')))
      throw new UsageError(`\`${name}\` is not the name of a dataset`);
    return downloadByRucio([{ name: name.replace(/\/$/, '') }], directory, host);
  });
  return ExitCode.done;
}

async function fetchRequest(typed: string | undefined, options: Options, host: Host): Promise<ExitCode> {
  const output = textOption(options, 'output');
  const path = output === undefined ? undefined : archivePath(output, host.workingDirectory);
  const { target, settings, connection } = await meantTarget(typed, options, host);
  const { id } = target;
  const snapshot = await knownSnapshot(connection, await wholeOf(target, connection, host), host.signal);
  if (!snapshot.isFinal)
    throw new PchainError(ExitCode.findings, `${targetName(target)} has not ended yet`, {
      hint: `\`pchain follow ${id}\` waits for it`,
    });
  if (snapshot.document === undefined)
    return fetchRemote(snapshot, { path, options, settings, connection }, host);
  const datasets = finalDatasets(snapshot.document);
  if (datasets.length === 0)
    throw new PchainError(
      ExitCode.findings,
      `request ${id} has no outputs; it ended ${snapshot.state.request.status}`,
    );
  if (path !== undefined) {
    const archive = await collect(connection, snapshot.document, path, settings, host);
    await noteArchive(settings, connection, snapshot.state.request.id, archive, host.clock.nowMs());
    host.terminal.say(`${counted(archive.files, 'file')} in ${archive.path} (${bytes(archive.sizeBytes)})`);
    return ExitCode.done;
  }
  const directory = resolve(host.workingDirectory, textOption(options, 'to') ?? '.');
  for (const dataset of datasets)
    await bring(connection, dataset.name, join(directory, folderOf(dataset.name)), host);
  return ExitCode.done;
}

/** On this machine a task is fetched with the request that it belongs to: only that knows its datasets. */
async function wholeOf(target: Target, connection: Connection, host: Host): Promise<Target> {
  if (target.kind !== 'task' || !connection.isEmbedded) return target;
  const request = (await findTask(connection.server, target.id, host.signal))?.requestId;
  return request === undefined ? target : { kind: 'request', id: requestId(request) };
}

interface Fetching {
  readonly path: string | undefined;
  readonly options: Options;
  readonly settings: Settings;
  readonly connection: Connection;
}

async function fetchRemote(snapshot: Snapshot, fetching: Fetching, host: Host): Promise<ExitCode> {
  const { path, options, settings, connection } = fetching;
  const { request } = snapshot.state;
  const datasets = await remoteDatasets(connection, snapshot, settings, host);
  if (datasets.length === 0)
    throw new PchainError(ExitCode.findings, `${request.name} has no outputs; it ended ${request.status}`);
  if (path === undefined) {
    const directory = resolve(host.workingDirectory, textOption(options, 'to') ?? '.');
    await downloadByRucio(datasets, directory, host);
    return ExitCode.done;
  }
  const staging = stagingOf(connection, request.id, settings);
  const archive = await collectByRucio(datasets, { path, name: request.name, staging }, host);
  await noteArchive(settings, connection, request.id, archive, host.clock.nowMs());
  host.terminal.say(`${counted(archive.files, 'file')} in ${archive.path} (${bytes(archive.sizeBytes)})`);
  return ExitCode.done;
}

async function bring(connection: Connection, name: string, directory: string, host: Host): Promise<void> {
  makeDirectory(directory);
  const files = await downloadDataset(connection.server, name, directory, { signal: host.signal });
  const size = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  host.terminal.say(`${name}: ${counted(files.length, 'file')}, ${bytes(size)}, in ${directory}`);
}
