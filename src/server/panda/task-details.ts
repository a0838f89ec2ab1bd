// Tasks as `pbook show` reads them: PanDA's full JediTaskSpec, of which a laptop knows a part.
import type { Value } from '../../workflow/model.ts';
import type { PlannedStep } from '../../workflow/plan.ts';
import { textReader } from '../../engine/hpo/task-spec.ts';
import { phpoTask } from '../../prun/phpo-task.ts';
import { shownStatus, type RequestRecord, type TaskRecord } from '../../engine/records.ts';
import { asFields, type Fields } from '../request-body.ts';
import type { ServerParts } from '../parts.ts';
import { integer, text } from './arguments.ts';
import { method } from './method.ts';
import { dateTime, failed, succeeded, type Outcome } from './outcome.ts';

/** `GET task/get_tasks_detailed_info_since`: the tasks changed since a time, the latest first. */
export const taskDetails = method(
  'GET',
  { n_tasks: integer, since: text, filters: text },
  ({ n_tasks, since, filters }, parts): Outcome => {
    const sinceMs = since === undefined ? 0 : Date.parse(`${since.trim().replace(' ', 'T')}Z`);
    if (Number.isNaN(sinceMs))
      return failed("Type error: 'since' must be a time of the form YYYY-MM-DD HH:MM:SS.");
    const wanted = filters === undefined ? {} : parseFilters(filters);
    if (wanted === undefined) return failed('filters is not valid JSON');
    const found = allTasks(parts)
      .filter(({ request, task }) => changedMs(request, task) >= sinceMs)
      .sort((a, b) => b.task.id - a.task.id)
      .map(({ request, task }) => describe(request, task))
      .filter((details) => fits(details, wanted))
      .slice(0, Math.max(0, n_tasks ?? 1000));
    return succeeded(found);
  },
);

interface Found {
  readonly request: RequestRecord;
  readonly task: TaskRecord;
}

function allTasks({ engine }: ServerParts): Found[] {
  return engine.requests().flatMap((request) => engine.tasks(request.id).map((task) => ({ request, task })));
}

function parseFilters(filters: string): Fields | undefined {
  try {
    return asFields(JSON.parse(filters));
  } catch {
    return undefined;
  }
}

/** Exact values of fields, compared as text, because `pbook` sends numbers as text. */
function fits(details: Fields, wanted: Fields): boolean {
  return Object.entries(wanted).every(([name, value]) => {
    const actual = Object.hasOwn(details, name) ? textOf(details[name]) : '';
    if (name === 'taskName') return actual.replace(/\/$/, '') === textOf(value).replace(/\/$/, '');
    return actual === textOf(value);
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

function changedMs(request: RequestRecord, task: TaskRecord): number {
  return task.endedMs ?? task.startedMs ?? createdMs(request, task);
}

/** A task of a later iteration of a loop comes into being long after its request. */
function createdMs(request: RequestRecord, task: TaskRecord): number {
  return task.createdMs ?? request.createdMs;
}

function describe(request: RequestRecord, task: TaskRecord): Fields {
  const step = findStep(request.plan.steps, task.stepId);
  const known: Fields = {
    jediTaskID: task.id,
    taskName: `${task.name}/`,
    status: shownStatus(task),
    userName: request.userName,
    creationDate: dateTime(createdMs(request, task)),
    modificationTime: dateTime(changedMs(request, task)),
    startTime: dateTime(task.startedMs),
    endTime: dateTime(task.endedMs),
    prodSourceLabel: 'user',
    vo: 'local',
    taskType: 'anal',
    processingType: `pchain-${task.type}`,
    taskPriority: 1000,
    currentPriority: 1000,
    errorDialog: task.error ?? null,
    reqID: request.id,
    superStatus: superStatus(task),
  };
  const spec = Object.fromEntries(specFields.map((name) => [name, known[name] ?? null]));
  return { ...spec, ...counts(task), ...creation(request, task, step) };
}

/** JEDI's coarse status: what `pbook show run` and `fin` ask for. */
function superStatus(task: TaskRecord): string {
  const status = shownStatus(task);
  return status === 'ready' ? 'running' : status;
}

/** JEDI counts input files; here every job stands for one. */
function counts(task: TaskRecord): Fields {
  const total = task.nJobs ?? task.nJobsRunning + task.nJobsFinished + task.nJobsFailed;
  const percent = (count: number): number => (total === 0 ? 0 : Math.floor((100 * count) / total));
  return {
    nFiles: total,
    nFilesFinished: task.nJobsFinished,
    nFilesFailed: task.nJobsFailed,
    nFilesMissing: 0,
    pctFinished: percent(task.nJobsFinished),
    pctFailed: percent(task.nJobsFailed),
  };
}

function creation(request: RequestRecord, task: TaskRecord, step: PlannedStep | undefined): Fields {
  const typed = request.taskParameters?.['cliParams'];
  return {
    job_execution_params: null,
    task_creation_arguments:
      typeof typed === 'string' ? typed : (step?.command ?? []).map(shellWord).join(' '),
    raw_task_params: rawTaskParameters(request, task),
  };
}

/** The parameters of a task as they were submitted; of a step of a workflow, its inputs. */
export function rawTaskParameters(request: RequestRecord, task: TaskRecord): Fields {
  if (request.taskParameters !== undefined) return request.taskParameters;
  const step = findStep(request.plan.steps, task.stepId);
  if (task.type === 'phpo' && step !== undefined) {
    // Here jobs are handed the sandbox itself.
    const made = phpoTask(step.command.slice(1), '-a None', textReader(request.search?.texts ?? {}));
    if (made.ok) return made.parameters;
  }
  const inputs: Readonly<Record<string, Value>> = step?.inputs ?? {};
  return { taskName: `${task.name}/`, ...inputs };
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}

function findStep(steps: readonly PlannedStep[], id: number): PlannedStep | undefined {
  for (const step of steps) {
    const found = step.id === id ? step : findStep(step.steps, id);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The columns of PanDA's `JediTaskSpec`, in its order; clients print what they know and ignore the rest. */
const specFields: readonly string[] = `
  jediTaskID taskName status userName creationDate modificationTime startTime endTime frozenTime prodSourceLabel
  workingGroup vo coreCount taskType processingType taskPriority currentPriority architecture transUses transHome
  transPath lockedBy lockedTime termCondition splitRule walltime walltimeUnit outDiskCount outDiskUnit workDiskCount
  workDiskUnit ramCount ramUnit ioIntensity ioIntensityUnit workQueue_ID progress failureRate errorDialog reqID
  oldStatus cloud site countryGroup parent_tid eventService ticketID ticketSystemType stateChangeTime superStatus
  campaign mergeRamCount mergeRamUnit mergeWalltime mergeWalltimeUnit throttledTime numThrottled mergeCoreCount goal
  assessmentTime cpuTime cpuTimeUnit cpuEfficiency baseWalltime nucleus baseRamCount ttcRequested ttcPredicted
  ttcPredictionDate rescueTime requestType gshare resource_type useJumbo diskIO diskIOUnit memory_leak_core
  memory_leak_x2 attemptNr container_name framework activatedTime queuedTime actionTime
`
  .trim()
  .split(/\s+/);
