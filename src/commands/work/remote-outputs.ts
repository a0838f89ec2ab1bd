// Outputs of a remote PanDA lie in Rucio: its own program fetches them; where it is missing, the commands are shown that would.
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TarMember } from '../../archive/tar-member.ts';
import { LocalError, RemoteError } from '../../base/errors.ts';
import { makeDirectory } from '../../base/make-directory.ts';
import { taskId, type TaskId } from '../../base/names.ts';
import { counted, printable } from '../../base/text.ts';
import { findProgram, runTool } from '../../engine/process/tool.ts';
import { openLedger } from '../../ledger/ledger.ts';
import { isGone } from '../../panda/generations.ts';
import { taskJobs } from '../../panda/job-failures.ts';
import { didOf, isDatasetName, outputDatasets } from '../../panda/task-outputs.ts';
import { quoteShellWord } from '../../prun/shell-words.ts';
import type { Settings } from '../../settings/settings.ts';
import { folderOf, writeOutputs, type CollectedArchive } from './collect.ts';
import type { Connection } from '../servers/connection.ts';
import type { Host } from '../host.ts';
import type { Snapshot } from './request-state.ts';

export interface RemoteDataset {
  /** Without `/` at its end. */
  readonly name: string;
  /** How many files there must be; `undefined`: nobody says. */
  readonly leastFiles?: number | undefined;
}

/** The datasets to fetch: those that the ledger noted as the workflow's outputs, else all that its tasks make. */
export async function remoteDatasets(
  connection: Connection,
  snapshot: Snapshot,
  settings: Settings,
  host: Host,
): Promise<readonly RemoteDataset[]> {
  const { request, tasks } = snapshot.state;
  const submission = (await openLedger(settings.locations.dataDirectory).list()).findLast(
    (known) => known.server === connection.name && known.requestId === request.id,
  );
  const noted = (submission?.outputs ?? []).map((name) => name.replace(/\/$/, '')).filter(isDatasetName);
  const ended = tasks.filter(({ status }) => status === 'done' || status === 'finished');
  const made = new Map<string, RemoteDataset>();
  for (const task of ended) {
    if (noted.length > 0 && !noted.some((name) => name.startsWith(`${task.name}_`))) continue;
    for (const dataset of await countedOutputs(connection, taskId(task.id), host))
      made.set(dataset.name, dataset);
  }
  return noted.length > 0 ? noted.map((name) => made.get(name) ?? { name }) : [...made.values()];
}

/** The outputs of a task with how many files each must have: one at least of every job that ran a payload and finished. */
async function countedOutputs(
  { server }: Connection,
  task: TaskId,
  host: Host,
): Promise<readonly RemoteDataset[]> {
  const outputs = await outputDatasets(server, task, host.signal);
  if (outputs.length === 0) return [];
  const jobs = await taskJobs(server, task, host.signal).catch((thrown: unknown) => {
    if (!isGone(thrown)) throw thrown;
    host.terminal.detail(
      `the server does not tell the jobs of task ${task}: numbers of files are not compared`,
    );
    return undefined;
  });
  const leastFiles = jobs?.filter(({ status, isHelper }) => status === 'finished' && !isHelper).length;
  return outputs.map(({ name, hasFileOfEachJob }) => ({
    name,
    leastFiles: hasFileOfEachJob ? leastFiles : undefined,
  }));
}

/** Fetches datasets into a directory, `<directory>/<dataset>/<file>`. What is there already, Rucio does not fetch again.
 *  @throws LocalError when there is no `rucio`: the commands stand on standard output then
 *  @throws RemoteError when it fails, and when there are fewer files than there must be, whatever it says */
export async function downloadByRucio(
  datasets: readonly RemoteDataset[],
  directory: string,
  host: Host,
): Promise<void> {
  const program = findProgram('rucio', host.env['PATH'] ?? '');
  const words = (dataset: string): string[] => ['download', '--dir', directory, didOf(dataset)];
  if (program === undefined) {
    for (const { name } of datasets)
      host.terminal.out(['rucio', ...words(name)].map(quoteShellWord).join(' '));
    throw new LocalError('the outputs lie in Rucio, and `rucio` is not installed here', {
      hint: 'the commands above fetch them where it is; `pip install rucio-clients` brings it',
    });
  }
  makeDirectory(directory);
  for (const { name: dataset, leastFiles = 1 } of datasets) {
    host.terminal.say(`fetching ${didOf(dataset)} by rucio`);
    const said: string[] = [];
    const status = await runTool({
      program,
      args: words(dataset),
      workDirectory: host.workingDirectory,
      environment: host.env,
      signal: host.signal,
      onLine: (line) => {
        said.push(printable(line));
        host.terminal.detail(`rucio: ${printable(line)}`);
      },
    });
    if (status !== 0) {
      const why =
        said.findLast((line) => /error|fail|not found/i.test(line)) ?? said.at(-1) ?? 'it said nothing';
      throw new RemoteError(`rucio could not fetch \`${didOf(dataset)}\`: ${why.trim()}`, {
        hint: 'what was fetched is kept; the same command goes on from there (-v shows all that rucio says)',
      });
    }
    const files = await filesOf(join(directory, folderOf(dataset)));
    if (files.length === 0)
      throw new RemoteError(`rucio fetched no file of \`${didOf(dataset)}\``, {
        hint: 'the dataset may be empty',
      });
    if (files.length < leastFiles) {
      throw new RemoteError(
        `rucio fetched ${counted(files.length, 'file')} of \`${didOf(dataset)}\`, but ${leastFiles} jobs made one`,
        { hint: 'the rest may not be registered yet: the same command goes on from there' },
      );
    }
    host.terminal.say(
      `${dataset}: ${counted(files.length, 'file')}, in ${join(directory, folderOf(dataset))}`,
    );
  }
}

/** The same, packed into one tar with a list of sizes and digests; the tar has its name only when it is whole. */
export async function collectByRucio(
  datasets: readonly RemoteDataset[],
  archive: { readonly path: string; readonly name: string; readonly staging: string },
  host: Host,
): Promise<CollectedArchive> {
  await downloadByRucio(datasets, archive.staging, host);
  const members: TarMember[] = [];
  for (const { name: dataset } of datasets) {
    const directory = join(archive.staging, folderOf(dataset));
    for (const file of await filesOf(directory))
      members.push({ name: `${folderOf(dataset)}/${file}`, path: join(directory, file) });
  }
  const { sizeBytes } = await writeOutputs(archive.path, archive.name, members, host);
  await rm(archive.staging, { recursive: true, force: true });
  return { path: archive.path, sizeBytes, files: members.length };
}

async function filesOf(directory: string): Promise<readonly string[]> {
  const names = (await readdir(directory, { recursive: true }).catch(() => [])).filter(
    (name) => !name.endsWith('.part'),
  );
  const isFile = await Promise.all(names.map(async (name) => (await stat(join(directory, name))).isFile()));
  return names.filter((_, index) => isFile[index]).toSorted();
}
