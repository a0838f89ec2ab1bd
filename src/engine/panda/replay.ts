// Decides an iteration of a loop again, on what its steps made when it ran: the junction alone runs, in a directory of its
// own that is gone afterwards, and nothing of the request changes.
import { copyFile, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { LocalError, UnsupportedError, messageOf } from '../../base/errors.ts';
import type { RequestId } from '../../base/names.ts';
import { redact } from '../../base/secret.ts';
import { lastLines, printable } from '../../base/text.ts';
import type { JunctionRun, ReplayOutcome } from '../api.ts';
import { runTool } from '../process/tool.ts';
import type { PandaStore, StoredJob, StoredRequest } from '../store/panda-store.ts';
import { lastDecision } from './iterations.ts';
import { unpackedSandbox } from './jobs/work-directory.ts';
import { readDecision } from './junction-file.ts';
import { layoutOf } from './loops/layout.ts';
import { copySandbox, linkInputs } from './jobs/stage-in.ts';

/** A junction works for seconds; one that takes so long waits for something that does not come. */
const longestMs = 10 * 60_000;
const logLines = 20;

export interface ReplayPlace {
  readonly store: PandaStore;
  /** Of the request. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly binDirectory: string | undefined;
}

/** Decides one iteration of a request again.
 *  @returns `undefined`: there is no such iteration, or its junction has not decided */
export async function replayIteration(
  { store, directory, environment, binDirectory }: ReplayPlace,
  id: RequestId,
  { stepId, iteration }: { readonly stepId: number; readonly iteration: string },
  junction: string | undefined,
): Promise<ReplayOutcome | undefined> {
  const request = store.request(id);
  const layout = request === undefined ? undefined : layoutOf(request.plan);
  const deciding = layout?.loops.get(stepId)?.junctions.at(-1);
  const task = store.tasks(id).find((one) => one.stepId === deciding && one.iteration === iteration);
  const job = lastDecision(store, task);
  if (request === undefined || task === undefined || job === undefined) return undefined;
  const path = request.environment['PATH'] ?? environment['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';
  return replay({
    request,
    requestDirectory: directory,
    job,
    environment: {
      ...environment,
      ...request.environment,
      PATH: binDirectory === undefined ? path : `${binDirectory}:${path}`,
    },
    run: {
      step: task.stepName,
      junction,
      isBuilt: layout?.leaves.get(task.stepId)?.step.beside?.build !== undefined,
    },
  });
}

interface Replay {
  readonly request: StoredRequest;
  readonly requestDirectory: string;
  /** The job of the junction in this iteration. */
  readonly job: StoredJob;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly run: JunctionRun;
}

/** @throws LocalError when the junction's file or an input is not there
 *  @throws UnsupportedError where the junction starts from what a build left */
async function replay(one: Replay): Promise<ReplayOutcome> {
  const { request, requestDirectory, job, run } = one;
  const parent = join(requestDirectory, 'replays');
  await mkdir(parent, { recursive: true });
  const work = await mkdtemp(join(parent, 'junction-'));
  try {
    if (run.isBuilt)
      throw new UnsupportedError(`\`${run.step}\` needs its build, which is not made again here`);
    if (request.sandbox !== undefined) await copySandbox(await unpackedSandbox(requestDirectory), work);
    if (run.junction !== undefined) await putInPlace(run.junction, work, job);
    await linkInputs(Object.values(job.inputs).flat(), work);
    return await decideAgain(one, work);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function decideAgain({ job, environment }: Replay, work: string): Promise<ReplayOutcome> {
  const lines: string[] = [];
  const exitStatus = await runTool({
    program: 'bash',
    args: ['--noprofile', '--norc', '-c', job.command],
    workDirectory: work,
    environment,
    signal: AbortSignal.timeout(longestMs),
    onLine: (line) => {
      lines.push(line);
      if (lines.length > 10 * logLines) lines.shift();
    },
  });
  const log = lastLines(printable(redact(lines.join('\n'))), logLines);
  if (exitStatus !== 0) {
    const how = exitStatus === undefined ? 'was ended by a signal' : `exited with status ${exitStatus}`;
    return { results: undefined, error: `the junction ${how}`, log };
  }
  try {
    const results = await readDecision({
      outputs: [],
      workDirectory: work,
      directoryOf: () => work,
      prefix: '',
    });
    return { results, error: undefined, log };
  } catch (thrown) {
    return { results: undefined, error: messageOf(thrown), log };
  }
}

/** Puts a file over the one with its name in the sandbox. */
async function putInPlace(path: string, work: string, job: StoredJob): Promise<void> {
  const name = basename(path);
  if ((await stat(path).catch(() => undefined))?.isFile() !== true)
    throw new LocalError(`\`${path}\` is no file that can be read`);
  const places = await found(work, name);
  const [place, other] = places;
  const hint = `the junction runs \`${shortened(job.command)}\``;
  if (place === undefined)
    throw new LocalError(`the sandbox has no \`${name}\` to take the place of`, { hint });
  if (other !== undefined) throw new LocalError(`the sandbox has more than one \`${name}\``, { hint });
  await copyFile(path, place);
}

async function found(directory: string, name: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const below = await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map((entry) => found(join(directory, entry.name), name)),
  );
  const here = entries.filter((entry) => entry.isFile() && entry.name === name);
  return [...here.map((entry) => join(directory, entry.name)), ...below.flat()];
}

function shortened(command: string): string {
  const line = command.replaceAll(/\s+/g, ' ').trim();
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}
