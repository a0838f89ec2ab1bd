// API v1 `task/submit`: a task by itself, as `prun` sends it. It becomes a request of one step.
import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { unpackTarGz } from '../../archive/unpack.ts';
import { PchainError } from '../../base/errors.ts';
import { isFinalTask, shownStatus, type TaskRecord } from '../../engine/records.ts';
import type { PlainObject } from '../../prun/plain-value.ts';
import { isPhpoTask, readPhpoTask, type ReadPhpoTask } from '../../prun/read-phpo-task.ts';
import { readTask } from '../../prun/read-task.ts';
import type { Plan, PlannedStep } from '../../workflow/plan.ts';
import { faultAnswer, oneLine } from '../faults.ts';
import type { ServerParts } from '../parts.ts';
import { asFields, type Fields } from '../request-body.ts';
import { integer, object, required } from './arguments.ts';
import { method } from './method.ts';
import { failed, succeeded, type Outcome } from './outcome.ts';
import { readSearchOptions } from './search-options.ts';
import { sandboxUnpackLimits } from './sandbox-cache.ts';
import { isPlainName, readEnvironment } from './workflow-data.ts';

/** PanDA's codes: the name is in use by a task that runs, by one that has ended, and anything else. */
const duplicateActive = 1;
const duplicateEnded = 2;
const serverError = 4;

export const submitTask = method(
  'POST',
  { task_parameters: required(object), parent_tid: integer },
  async ({ task_parameters }, parts): Promise<Outcome> => {
    try {
      return await submit(task_parameters, parts);
    } catch (thrown) {
      if (!(thrown instanceof PchainError)) throw thrown;
      return failed(faultAnswer(thrown).message, serverError);
    }
  },
);

async function submit(parameters: Fields, parts: ServerParts): Promise<Outcome> {
  const read = readAny(parameters as PlainObject);
  if (!read.ok) return failed(oneLine(read.problems.join('; ')), serverError);
  if (!isPlainName(read.name))
    return failed('taskName has characters that no dataset name can have', serverError);
  const own = asFields(parameters.pchain) ?? {};
  const environment = readEnvironment(own.environment);
  if (typeof environment === 'string') return failed(environment, serverError);
  const searchOptions = readSearchOptions(own.search);
  if (typeof searchOptions === 'string') return failed(searchOptions, serverError);
  const sandbox = read.archive === undefined ? undefined : await parts.cache.find(read.archive);
  if (read.archive !== undefined && sandbox === undefined)
    return failed(`the sandbox ${oneLine(read.archive)} was not uploaded`, serverError);
  if (sandbox !== undefined) await unpackOnce(sandbox.path, parts);
  // From here to the engine nothing waits, so that two submissions of one name cannot both pass.
  const earlier = parameters.uniqueTaskName === true ? taskNamed(read.name, parts) : undefined;
  if (earlier !== undefined) return duplicate(earlier, read.name);
  const id = parts.engine.submit({
    name: read.name,
    userName: parts.userName,
    plan: planOf(read),
    search: 'texts' in read ? { options: searchOptions, texts: read.texts } : undefined,
    sandbox: sandbox?.path,
    key: undefined,
    localDatasets: new Map(),
    environment,
    taskParameters: parameters,
  });
  const task = parts.engine.tasks(id)[0];
  if (task === undefined) return failed('the task was not made', serverError);
  const ignored =
    read.withoutEffect.length === 0
      ? ''
      : `; without effect on this machine: ${read.withoutEffect.join(', ')}`;
  return succeeded(task.id, `succeeded. new jediTaskID=${task.id}${ignored}`);
}

/** The engine gets archives that were unpacked once without harm. */
async function unpackOnce(path: string, { dataDirectory }: ServerParts): Promise<void> {
  const directory = join(dataDirectory, 'unpacked', randomUUID());
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await unpackTarGz(path, directory, sandboxUnpackLimits);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function taskNamed(name: string, { engine }: ServerParts): TaskRecord | undefined {
  return engine
    .requests()
    .filter((request) => request.taskParameters !== undefined && request.name === name)
    .flatMap((request) => engine.tasks(request.id))
    .findLast((task) => task.status !== 'aborted');
}

function duplicate(task: TaskRecord, name: string): Outcome {
  if (!isFinalTask(task.status))
    return failed(
      `jediTaskID=${task.id} is already queued for outDS=${name}/. You cannot submit duplicated tasks. `,
      duplicateActive,
    );
  return failed(
    `outDS=${name}/ was made by jediTaskID=${task.id}, which ended in ${shownStatus(task)} status. Take another --outDS, or retry that task`,
    duplicateEnded,
  );
}

/** Of prun or of phpo. */
function readAny(task: PlainObject): ReturnType<typeof readTask> | ReadPhpoTask {
  return isPhpoTask(task) ? readPhpoTask(task) : readTask(task);
}

function planOf(read: Extract<ReturnType<typeof readAny>, { ok: true }>): Plan {
  const type = 'texts' in read ? 'phpo' : 'prun';
  const step: PlannedStep = {
    id: 0,
    name: read.name.split('.').slice(2).join('.') || read.name,
    type,
    parents: [],
    links: [],
    condition: undefined,
    scatter: [],
    scatterIndex: undefined,
    loop: false,
    inLoop: false,
    inputs: {},
    suppressed: [],
    outputs: [read.name],
    outputTypes: [],
    inputDatasets: read.inputDatasets,
    command: [type, ...read.words],
    isTail: true,
    isWorkflowOutput: true,
    rootInputs: {},
    steps: [],
    ...('texts' in read ? {} : { beside: read.beside }),
    where: () => ({ file: '', start: 0, end: 0 }),
  };
  return { outDS: read.name, inputs: {}, steps: [step], outputSteps: [0] };
}
