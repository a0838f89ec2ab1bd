// One job from its directory to its outputs.
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../../base/errors.ts';
import { redact } from '../../../base/secret.ts';
import {
  besideEvaluation,
  collectEvaluation,
  evaluationOf,
  prepareEvaluation,
} from '../../hpo/evaluation.ts';
import { lastLines, printable } from '../../../base/text.ts';
import { startOfJob, weatherAtEnd, weatherAtInputs, weatherScript } from '../../weather/at-job.ts';
import { startPipeline } from '../../gitlab/process.ts';
import type { PipelineSpec } from '../../gitlab/spec.ts';
import type { FileRecord, PayloadPlace } from '../../records.ts';
import { startProcess } from '../../process/process.ts';
import { redactLog } from '../../process/redact-log.ts';
import type { ProcessExit, RunningProcess } from '../../process/process.ts';
import { commandOf, filePrefix, realNames } from './job-command.ts';
import { isDecision, readDecision } from '../junction-file.ts';
import type { JunctionResults } from '../loops/results.ts';
import type { JobRuntime } from '../runtime.ts';
import { readEnd } from './log-end.ts';
import { weatherOf, type JobPlace } from './job-place.ts';
import { environmentOf, payloadStart, secretsOf } from './job-variables.ts';
import { containerName, engineFailure, placePayload } from './payload-place.ts';
import { linkInputs, placeSecretFiles, secretParts } from './stage-in.ts';
import { removeStaged, stageOut } from './stage-out.ts';
import type { StageOut } from './stage-out.ts';
import { fillWork, keepBuild, startOf, writeInputLists } from './work-directory.ts';

export type JobOutcome =
  | {
      readonly kind: 'finished';
      readonly exitStatus: number;
      readonly endedMs: number;
      readonly files: readonly FileRecord[];
      /** What it decided, for the junction of a loop that left `results.json`. */
      readonly results: JunctionResults | undefined;
      /** Of an evaluation. */
      readonly loss?: number | undefined;
    }
  | {
      readonly kind: 'failed';
      readonly exitStatus: number | undefined;
      readonly endedMs: number;
      readonly error: string;
    };

export interface JobListener {
  /** Where it runs is known: of payloads with an image. */
  readonly onPlace: (place: PayloadPlace) => void;
  readonly onProcess: (process: RunningProcess) => void;
  readonly isCancelled: () => boolean;
  /** The engine has been closed: what is left to do is for the next one, which may be at it already. */
  readonly isClosed: () => boolean;
  /** The payload ended well; its outputs are being stored, which takes a while. */
  readonly onStageOut: (exitStatus: number) => void;
}

/** Prepares, starts and waits for a job. Never rejects: what goes wrong is how the job failed. */
export async function runJob(place: JobPlace, listener: JobListener): Promise<JobOutcome> {
  let process: RunningProcess | undefined;
  try {
    process =
      place.job.task.spec.pipeline === undefined
        ? await startPayload(place, listener)
        : await beginPipeline(place, place.job.task.spec.pipeline, listener);
    if (process === undefined) return failure(place, undefined, 'killed before it began');
    listener.onProcess(process);
  } catch (thrown) {
    return failure(place, undefined, messageOf(thrown));
  }
  return watchJob(place, process.ended, listener);
}

/** @returns `undefined`: it was killed meanwhile */
async function startPayload(place: JobPlace, listener: JobListener): Promise<RunningProcess | undefined> {
  const { control, work } = directoriesOf(place.job);
  await mkdir(control, { recursive: true });
  await prepareWork(place, work);
  if (place.job.attempt > 1) await removeStaged(stageOf(place, work));
  const secrets = secretParts(place.job.task.spec.useSecrets ? secretsOf(place) : new Map());
  // Before they are there: after a crash whoever cleans up must know their names.
  if (secrets.files.size > 0)
    await writeFile(join(control, secretList), [...secrets.files.keys()].join('\n'));
  await placeSecretFiles(secrets.files, startOf(place.job, work));
  await writeInputLists(place.job, startOf(place.job, work));
  const command = payloadText(place);
  if (listener.isCancelled()) return undefined;
  const environment = environmentOf(place, secrets.variables);
  const start = startOf(place.job, work);
  const here = { control, workDirectory: start, script: command, environment };
  const { spec, where } = await placePayload(payloadStart(place, work, secrets.variables), here);
  if (where !== undefined) listener.onPlace(where);
  // It may have been killed while the engines of containers were tried.
  if (listener.isCancelled()) return undefined;
  const evaluation = evaluationOf(place.job);
  const script =
    evaluation === undefined
      ? spec.script
      : besideEvaluation(evaluation, place.job, spec.script, place.requestDirectory);
  return startProcess({ ...spec, script }, place.clock);
}

/** It is not asked whether the job was killed: a pipeline of an earlier attempt must be cancelled then. */
async function beginPipeline(
  place: JobPlace,
  spec: PipelineSpec,
  listener: JobListener,
): Promise<RunningProcess | undefined> {
  const { job, requestDirectory, clock, http, secrets } = place;
  const { control, work } = directoriesOf(job);
  await mkdir(control, { recursive: true });
  await mkdir(work, { recursive: true });
  if (job.attempt > 1) await removeStaged(stageOf(place, work));
  if (listener.isCancelled()) return undefined;
  return startPipeline({
    spec,
    http,
    secrets,
    clock,
    control,
    workDirectory: work,
    notePath: join(requestDirectory, 'gitlab', `${job.id}.json`),
    key: containerName(requestDirectory, { id: job.id, attempt: 0 }),
  });
}

/** What bash will be given, as it may be shown; nothing when it cannot be said, which is how the job then fails. */
export function shownCommand(place: JobPlace): { readonly command?: string } {
  const { pipeline, exec } = place.job.task.spec;
  try {
    return { command: redact(pipeline === undefined ? payloadText(place) : exec) };
  } catch {
    return {};
  }
}

/** Bash text that a job is given, in bad weather another one. */
function payloadText(place: JobPlace): string {
  return weatherScript(weatherOf(place), startOfJob(place.job, place.request.name)) ?? commandOf(place);
}

/** Waits for the end of a payload and stores what it made; also for payloads that an earlier engine started. */
export async function watchJob(
  place: JobPlace,
  ended: Promise<ProcessExit | undefined>,
  listener: Pick<JobListener, 'onStageOut' | 'isClosed'>,
): Promise<JobOutcome> {
  const exit = await ended;
  if (listener.isClosed()) return failure(place, exit, 'the engine was closed');
  const { control, work } = directoriesOf(place.job);
  try {
    await removeSecrets(place, control, work);
    if (exit?.exitStatus !== 0) {
      const [lastLine = ''] = lastLines(printable(redact(readEnd(join(control, 'log')))), 1);
      const failed = engineFailure(place.job.task.place, exit?.exitStatus, lastLine);
      return failure(place, exit, exit?.reason ?? failed ?? exitWords(exit?.exitStatus));
    }
    const lost = weatherAtEnd(weatherOf(place), startOfJob(place.job, place.request.name));
    if (lost !== undefined) return failure(place, exit, lost);
    const made = await noticed(place, () => collect(place, control, work), listener.onStageOut);
    await keepMetadata(control, startOf(place.job, work));
    await rm(work, { recursive: true, force: true });
    return { kind: 'finished', exitStatus: 0, endedMs: exit.endedMs, ...made };
  } catch (thrown) {
    return failure(place, exit, messageOf(thrown));
  }
}

/** Storing small outputs takes less time than to write down that they are being stored. */
const noticeableMs = 200;

/** Says that outputs are being stored when that takes long enough for somebody to see it. */
async function noticed<Made>(
  { job, clock }: JobPlace,
  store: () => Promise<Made>,
  onStageOut: (exitStatus: number) => void,
): Promise<Made> {
  const stored = new AbortController();
  if (job.status === 'running') {
    void clock.sleep(noticeableMs, stored.signal).then(
      () => onStageOut(0),
      () => undefined,
    );
  }
  try {
    return await store();
  } finally {
    stored.abort();
  }
}

/** Stores what a payload left. */
async function collect(
  place: JobPlace,
  control: string,
  work: string,
): Promise<Pick<Extract<JobOutcome, { kind: 'finished' }>, 'files' | 'results' | 'loss'>> {
  const { job, requestDirectory } = place;
  const evaluation = evaluationOf(job);
  if (evaluation !== undefined) {
    const made = await collectEvaluation(evaluation, job, { work, control, requestDirectory });
    return { ...made, results: undefined };
  }
  if (job.kind === 'build') await keepBuild(place, work);
  // What is no decision fails the junction before anything of it counts.
  const stage = stageOf(place, work);
  const decides = job.task.spec.decidesLoop && job.kind === 'run';
  const results = decides ? await readDecision(stage) : undefined;
  const isEnd = decides && results === undefined;
  // A junction that leaves no file ends its loop; that is no fault.
  const outputs = isEnd ? stage.outputs.filter((output) => !isDecision(output)) : stage.outputs;
  return { files: await stageOut({ ...stage, outputs }), results };
}

/** Where the outputs of a job go. */
export function stageOf(place: JobPlace, workDirectory: string): StageOut {
  return {
    outputs: realNames(place),
    workDirectory: startOf(place.job, workDirectory),
    directoryOf: (dataset) => join(place.requestDirectory, 'data', dataset.replace(/\/$/, '')),
    prefix: filePrefix(place),
  };
}

function directoriesOf(job: JobRuntime): { control: string; work: string } {
  return { control: join(job.directory, 'control'), work: join(job.directory, 'work') };
}

async function prepareWork(place: JobPlace, work: string): Promise<void> {
  const { job, request, requestDirectory } = place;
  await fillWork(place, work);
  await weatherAtInputs(weatherOf(place), job, startOfJob(job, request.name), place.clock);
  await linkInputs(Object.values(job.inputs).flat(), startOf(job, work));
  const evaluation = evaluationOf(job);
  if (evaluation !== undefined) await prepareEvaluation(evaluation, job, work, requestDirectory);
}

/** In the control directory: names of the files with secrets in the work directory. */
const secretList = 'secret-files';

/** Takes the files with secrets away, and out of the log what the payload printed of them. */
async function removeSecrets(place: JobPlace, control: string, work: string): Promise<void> {
  if (!place.job.task.spec.useSecrets) return;
  const names = await readFile(join(control, secretList), 'utf8').catch(() => '');
  for (const name of names.split('\n').filter((line) => line !== ''))
    await rm(join(startOf(place.job, work), name), { force: true });
  await redactLog(join(control, 'log'));
}

/** What a payload tells PanDA about itself outlives its work directory. */
async function keepMetadata(control: string, work: string): Promise<void> {
  const path = join(work, 'userJobMetadata.json');
  if (existsSync(path)) await copyFile(path, join(control, 'userJobMetadata.json'));
}

function failure(place: JobPlace, exit: ProcessExit | undefined, error: string): JobOutcome {
  return {
    kind: 'failed',
    exitStatus: exit?.exitStatus,
    endedMs: exit?.endedMs ?? place.clock.nowMs(),
    error,
  };
}

function exitWords(exitStatus: number | undefined): string {
  if (exitStatus === undefined) return 'the payload vanished without an exit status';
  // What pchain itself ends, it names; so this came from outside.
  if (exitStatus === 137)
    return 'the payload was killed by signal 9 (status 137), as a rule because the machine had no memory left; `dmesg` shows it';
  if (exitStatus > 128 && exitStatus < 160) return `the payload was killed by signal ${exitStatus - 128}`;
  return `the payload exited with status ${exitStatus}`;
}
