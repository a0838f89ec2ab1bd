// Commands of pbook on tasks: how they are called. What they do lies in files of its own.
import { retryOptions } from '../work/retry-changes.ts';
import { command, type PbookCommand } from './command.ts';
import {
  daysBack,
  defaulting,
  dictionary,
  id,
  ids,
  named,
  number,
  oneOf,
  optional,
  required,
  truth,
  valueOrList,
  word,
  words,
  type Parameter,
} from './parameter.ts';

const filters = {
  some_ids: optional(ids('run', 'fin'), 'ids of tasks or requests; `run`: active tasks, `fin`: ended ones'),
  username: optional(word, 'tasks of this user; your own when not given'),
  limit: defaulting(number, '1000', 'at most so many, the latest'),
  taskname: optional(words, 'tasks of this name'),
  days: daysBack(14, 'tasks that changed in so many last days; `None`: whenever it was'),
  jeditaskid: optional(ids(), 'tasks with these ids'),
  reqid: optional(ids(), 'tasks of these requests'),
  status: optional(words, 'tasks in this status, or one of several'),
  superstatus: optional(words, 'tasks in this coarse status, or one of several'),
  metadata: defaulting(truth, 'False', 'with what the jobs of each task said about themselves'),
  sync: defaulting(truth, 'False', 'has no effect: the server is asked every time'),
};

const taskIDs = required(ids('all'), 'ids of tasks or requests; `all`: all your active tasks');

const changes: Readonly<Record<string, Parameter<string | readonly string[] | undefined>>> =
  Object.fromEntries(retryOptions.map(({ name, help }) => [name, named(optional(valueOrList, help))]));
const newOpts = optional(dictionary, 'other values of task parameters, instead of the names below');

export const taskCommands: readonly PbookCommand[] = [
  command({
    name: 'show',
    group: 'Tasks',
    summary: 'show tasks and how far they are',
    notes: `Ids below 10000000 are those of requests. Times are UTC. Into a pipe a table goes with tabs between its columns.
A \`finished\` task has lost some of its work; how much stands beside its progress.`,
    examples: [
      'show()',
      'show(123)',
      "show([40000001, 40000002], format='long')",
      "show('fin', days=7)",
      "show(status='failed')",
    ],
    flags: { json: "print JSON, as format='json' does (schema: schemas/tasks.schema.json)" },
    parameters: {
      ...filters,
      format: defaulting(oneOf('standard', 'long', 'plain', 'json'), 'standard', 'how they are shown'),
    },
    run: async (values, call) => (await import('./show.ts')).showTasks(values, call),
  }),
  command({
    name: 'showl',
    group: 'Tasks',
    summary: "show tasks with more about each: show(format='long')",
    examples: ['showl()', 'showl(123)'],
    parameters: filters,
    run: async (values, call) => (await import('./show.ts')).showTasks({ ...values, format: 'long' }, call),
  }),
  command({
    name: 'kill',
    group: 'Tasks',
    summary: 'stop tasks and their jobs',
    notes: 'When one of several cannot be stopped, the others are stopped all the same.',
    examples: ['kill(123)', 'kill([123, 40000002])', "kill('all')"],
    parameters: { taskIDs },
    run: async (values, call) => (await import('./control.ts')).controlTasks('kill', values.taskIDs, call),
  }),
  command({
    name: 'finish',
    group: 'Tasks',
    summary: 'end tasks with what they have so far',
    examples: ['finish(123)', 'finish(123, soft=True)', "finish('all')"],
    parameters: { taskIDs, soft: defaulting(truth, 'False', 'let the jobs that run end by themselves') },
    run: async ({ taskIDs: wanted, soft }, call) =>
      (await import('./control.ts')).controlTasks(soft ? 'finish-soft' : 'finish', wanted, call),
  }),
  command({
    name: 'pause',
    group: 'Tasks',
    summary: 'start no more jobs of tasks until they are resumed',
    examples: ['pause(123)'],
    parameters: { taskIDs },
    run: async (values, call) => (await import('./control.ts')).controlTasks('pause', values.taskIDs, call),
  }),
  command({
    name: 'resume',
    group: 'Tasks',
    summary: 'go on with paused tasks',
    examples: ['resume(123)'],
    parameters: { taskIDs: required(ids(), 'ids of tasks or requests') },
    run: async (values, call) => (await import('./control.ts')).controlTasks('resume', values.taskIDs, call),
  }),
  command({
    name: 'retry',
    group: 'Tasks',
    summary: 'run failed and cancelled jobs of tasks again',
    notes:
      'Of a request, the tasks that have not done all of their work. Input that was used by good jobs is not used again.',
    examples: [
      'retry(123)',
      "retry(40000002, nFilesPerJob=10, excludedSite='ABC,XYZ')",
      "retry(40000002, newOpts={'memory': 4000})",
      "retry('all', days=30)",
    ],
    parameters: {
      taskIDs: required(ids('all'), 'ids of tasks or requests; `all`: your tasks that are `finished`'),
      newOpts,
      days: optional(number, 'with `all`: that ended in so many last days; 14 when not given'),
      limit: optional(number, 'with `all`: at most so many; 1000 when not given'),
      ...changes,
    },
    run: async (values, call) => (await import('./retry.ts')).retryTasks(values, call),
  }),
  command({
    name: 'killAndRetry',
    group: 'Tasks',
    summary: 'stop tasks, wait until they have ended, and run their jobs again',
    examples: ["killAndRetry(40000002, newOpts={'nFilesPerJob': 10})"],
    isHidden: true,
    parameters: { taskIDs: required(ids(), 'ids of tasks or requests'), newOpts, ...changes },
    run: async (values, call) => (await import('./retry.ts')).killAndRetry(values, call),
  }),
  command({
    name: 'reload_input',
    group: 'Tasks',
    summary: 'run a task over input that was not there before',
    examples: ['reload_input(40000002)'],
    parameters: { task_id: required(id, 'id of a task or a request') },
    run: async ({ task_id }, call) => (await import('./control.ts')).reloadInputs(task_id, call),
  }),
];
