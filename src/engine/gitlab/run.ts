// A gitlab step from its trigger to its artifacts, as a job whose log tells what happens at GitLab.
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { LocalError, RemoteError, messageOf } from '../../base/errors.ts';
import { lastLines, printable } from '../../base/text.ts';
import { type GitlabApi, type Pipeline, type PipelineJob, TriggerLost } from './api.ts';
import { zipFault } from './check-zip.ts';
import { readNote, writeNote, type PipelineNote } from './notes.ts';
import { artifactsType, type PipelineSpec } from './spec.ts';

export interface PipelineRun {
  readonly spec: PipelineSpec;
  readonly api: GitlabApi;
  /** Where the note of the job lies; the same for all its attempts. */
  readonly notePath: string;
  /** Of the job: the start of the keys of its pipelines. */
  readonly key: string;
  /** Artifacts are put there. */
  readonly workDirectory: string;
  readonly clock: Clock;
  /** One line for the log of the job. */
  readonly say: (line: string) => void;
  /** Fires when the job is killed. */
  readonly signal: AbortSignal;
}

/** The variable of a pipeline that holds its key. */
const keyVariable = 'PCHAIN_KEY';

/** Begins the pipeline, or goes on with the one of an earlier attempt, and waits for its end.
 *  @throws PchainError saying why the step failed */
export async function runPipeline(run: PipelineRun): Promise<void> {
  const { spec, api, say, signal } = run;
  if (spec.inputLocation !== '' && spec.inputDatasets !== '') {
    say(
      `local approximation: the files of ${spec.inputDatasets} are not copied to ${spec.inputLocation}, as the grid would do`,
    );
  }
  const note = await begunPipeline(run).catch(async (thrown: unknown) => {
    if (signal.aborted) await cancelAsked(run);
    throw thrown;
  });
  const id = note.pipeline ?? 0;
  try {
    const ended = await waitForEnd(run, id);
    const jobs = await api.jobs(id, signal);
    for (const job of jobs) say(`job ${job.name}: ${job.status}`);
    if (ended.status !== 'success') throw await pipelineFailure(run, ended, jobs);
    await saveArtifacts(run, jobs);
  } catch (thrown) {
    if (signal.aborted) await cancelPipeline(run, id);
    throw thrown;
  }
}

/** The pipeline of this job. GitLab is asked for one only when none can be there. */
async function begunPipeline(run: PipelineRun): Promise<PipelineNote> {
  const known = readNote(run.notePath);
  if (known?.at !== 'begun' && known?.at !== 'asked') run.signal.throwIfAborted();
  if (known?.at === 'begun') {
    run.say(`going on with pipeline ${known.pipeline}, which an earlier attempt began`);
    return known;
  }
  if (known?.at === 'asked') {
    run.say('it is not known whether an earlier attempt began a pipeline; looking for it');
    const found = await lookUp(run, known);
    return found ?? trigger(run, known);
  }
  const count = (known?.count ?? 0) + 1;
  return trigger(run, { at: 'asked', key: `${run.key}-${count}`, hasKey: true, count });
}

async function trigger(run: PipelineRun, note: PipelineNote): Promise<PipelineNote> {
  const { spec, api, say, signal, notePath } = run;
  writeNote(notePath, note);
  const variables = {
    [keyVariable]: note.key,
    ...(spec.inputDatasets === '' ? {} : { INPUT_DATASETS: spec.inputDatasets }),
    ...(spec.inputLocation === '' ? {} : { INPUT_LOCATION: spec.inputLocation }),
  };
  try {
    return begun(run, note, await api.trigger(note.hasKey ? variables : {}, signal));
  } catch (thrown) {
    if (thrown instanceof TriggerLost) {
      say(`${thrown.message}; looking for the pipeline`);
      const found = await lookUp(run, note);
      if (found !== undefined) return found;
      throw new RemoteError(`${thrown.message}, and no pipeline with its key is there`, { cause: thrown });
    }
    if (note.hasKey && /variables/i.test(messageOf(thrown))) {
      say('this project takes no variables with a trigger; going on without');
      return trigger(run, { ...note, hasKey: false });
    }
    writeNote(notePath, { ...note, at: 'over' });
    throw thrown;
  }
}

/** The pipeline of a trigger whose answer is not known. It may take GitLab a moment to show it. */
async function lookUp(run: PipelineRun, note: PipelineNote): Promise<PipelineNote | undefined> {
  if (!note.hasKey) {
    throw new LocalError('it cannot be told whether a pipeline was begun, so none is begun again', {
      hint: 'look at GitLab, and submit the workflow anew with `--fresh`',
    });
  }
  for (const pauseMs of [0, 1_000, 3_000]) {
    if (pauseMs > 0) await run.clock.sleep(pauseMs, run.signal);
    const found = await run.api.pipelineWithKey(keyVariable, note.key, run.signal);
    if (found !== undefined) return begun(run, note, found);
  }
  return undefined;
}

function begun(run: PipelineRun, note: PipelineNote, pipeline: Pipeline): PipelineNote {
  const known: PipelineNote = { ...note, at: 'begun', pipeline: pipeline.id };
  writeNote(run.notePath, known);
  run.say(`pipeline ${pipeline.id} of project ${run.spec.projectId} at ${run.spec.ref}${urlOf(pipeline)}`);
  return known;
}

const urlOf = ({ web_url: url }: Pipeline): string => (typeof url === 'string' ? `: ${url}` : '');

const endStatuses: ReadonlySet<string> = new Set(['success', 'failed', 'canceled', 'skipped']);
const firstPauseMs = 500;
const longestPauseMs = 15_000;

async function waitForEnd(run: PipelineRun, id: number): Promise<Pipeline> {
  let shown = '';
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 1.5)) {
    const pipeline = await run.api.pipeline(id, run.signal);
    if (pipeline.status !== shown) {
      const waits = pipeline.status === 'manual' ? `; somebody must start it${urlOf(pipeline)}` : '';
      run.say(`pipeline ${id}: ${pipeline.status}${waits}`);
      shown = pipeline.status;
      pauseMs = firstPauseMs;
    }
    if (endStatuses.has(pipeline.status)) return pipeline;
    await run.clock.sleep(pauseMs, run.signal);
  }
}

/** Says which jobs failed, and puts the end of what they printed into the log. */
async function pipelineFailure(
  run: PipelineRun,
  pipeline: Pipeline,
  jobs: readonly PipelineJob[],
): Promise<RemoteError> {
  const note = readNote(run.notePath);
  // The next attempt begins another one.
  if (note !== undefined) writeNote(run.notePath, { ...note, at: 'over' });
  const failed = jobs.filter((job) => job.status === 'failed' && job.allow_failure !== true);
  for (const job of failed) {
    const trace = await run.api.trace(job.id, run.signal).catch(() => '');
    for (const line of lastLines(printable(trace), 50)) run.say(`  ${job.name} | ${line}`);
  }
  const names = failed.map((job) => {
    const why = typeof job.failure_reason === 'string' ? ` (${job.failure_reason})` : '';
    return `\`${job.name}\`${why}`;
  });
  const which = names.length === 0 ? '' : `: ${names.join(', ')}`;
  return new RemoteError(`pipeline ${pipeline.id} ended ${pipeline.status}${which}${urlOf(pipeline)}`);
}

async function saveArtifacts(run: PipelineRun, jobs: readonly PipelineJob[]): Promise<void> {
  const withArtifacts = jobs.filter((job) => typeof job.artifacts_file?.filename === 'string');
  for (const job of withArtifacts) {
    // Names of jobs are free text.
    const name = `${job.id}.${job.name.replace(/[^\w.-]+/g, '_').slice(0, 80)}.${artifactsType}`;
    const path = join(run.workDirectory, name);
    if (!(await run.api.artifacts(job.id, path, run.signal))) {
      throw new RemoteError(`the artifacts of job \`${job.name}\` are gone from GitLab`, {
        hint: 'they may have been kept for too short a time (`artifacts:expire_in`)',
      });
    }
    const fault = await zipFault(path);
    if (fault !== undefined)
      throw new RemoteError(`the artifacts of job \`${job.name}\` cannot be taken: ${fault}`);
    run.say(`artifacts of ${job.name}: ${name}`);
  }
}

/** The kill came while nobody knew whether a pipeline was begun. */
async function cancelAsked(run: PipelineRun): Promise<void> {
  const note = readNote(run.notePath);
  if (note?.at !== 'asked' || !note.hasKey) return;
  const late = { ...run, signal: AbortSignal.timeout(cancelLimitMs) };
  const found = await lookUp(late, note).catch(() => undefined);
  if (found?.pipeline !== undefined) await cancelPipeline(run, found.pipeline);
  else run.say('it was killed before GitLab answered; no pipeline of it was found');
}

/** The kill has been given: this is the last thing that is asked. */
async function cancelPipeline(run: PipelineRun, id: number): Promise<void> {
  const { api, say, notePath } = run;
  try {
    await api.cancel(id, AbortSignal.timeout(cancelLimitMs));
    say(`pipeline ${id} was cancelled`);
    const note = readNote(notePath);
    if (note !== undefined) writeNote(notePath, { ...note, at: 'over' });
  } catch (thrown) {
    say(`pipeline ${id} could not be cancelled: ${messageOf(thrown)}`);
  }
}

const cancelLimitMs = 30_000;
