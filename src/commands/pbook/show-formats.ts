// Forms in which pbook shows tasks: a table, a wide table, all fields of each, JSON.
import { printable, safeJson } from '../../base/text.ts';
import type { PandaServer } from '../../panda/connection.ts';
import type { TaskRecord } from '../../panda/tasks.ts';
import { taskPaint } from '../../terminal/progress-lines.ts';
import { renderTable, type Cell, type Column, type Row } from '../../terminal/table.ts';
import type { View } from '../../terminal/terminal.ts';
import type { Host } from '../host.ts';
import { metadataOf } from '../work/job-metadata.ts';

export type ShowFormat = 'standard' | 'long' | 'plain' | 'json';

interface Showing {
  readonly format: ShowFormat;
  /** What the jobs of each task said about themselves is asked for, too. */
  readonly withMetadata: boolean;
  readonly server: PandaServer;
  readonly isEmbedded: boolean;
}

export async function renderTasks(
  tasks: readonly TaskRecord[],
  { format, withMetadata, server, isEmbedded }: Showing,
  host: Host,
): Promise<void> {
  const { terminal } = host;
  const asked = withMetadata ? tasks.map((task) => task.taskId) : [];
  const metadata = await metadataOf(server, asked, host.signal);
  if (format === 'json') {
    const shown = tasks.map((task) => {
      const said = metadata[task.taskId];
      return said === undefined ? task.fields : { ...task.fields, userJobMetadata: said };
    });
    terminal.out(safeJson(shown));
    return;
  }
  const page = (task: TaskRecord): string => (isEmbedded ? '' : pageOf(task, server));
  const view = terminal.stdout;
  if (format === 'plain') terminal.out(tasks.map((task) => plainText(task, page(task), view)).join('\n'));
  else if (format === 'long') terminal.out(longTable(tasks, page, view));
  else terminal.out(standardTable(tasks, view));
  for (const [id, said] of Object.entries(metadata)) {
    terminal.say(`what jobs of task ${id} said about themselves:`);
    terminal.out(safeJson(said));
  }
}

type PageOf = (task: TaskRecord) => string;

/** Where BigPanDA shows a task; it watches the servers of CERN. Empty for any other. */
function pageOf(task: TaskRecord, server: PandaServer): string {
  const { hostname } = new URL(server.origin);
  return /(?:^|\.)cern\.ch$/.test(hostname) ? `https://bigpanda.cern.ch/task/${task.taskId}/` : '';
}

const idColumn: Column = { title: 'JediTaskID', kind: 'number' };
const requestColumn: Column = { title: 'ReqID', kind: 'number' };
const statusColumn: Column = { title: 'Status', kind: 'number' };
const progressColumn: Column = { title: 'Progress', kind: 'number' };
const nameColumn: Column = { title: 'TaskName', kind: 'name' };

function standardTable(tasks: readonly TaskRecord[], view: View): string {
  const columns = [idColumn, requestColumn, statusColumn, progressColumn, nameColumn];
  const rows = tasks.map((task) => [
    String(task.taskId),
    requestText(task),
    statusCell(task),
    progressCell(task),
    nameText(task),
  ]);
  return renderTable(columns, rows, view);
}

function longTable(tasks: readonly TaskRecord[], page: PageOf, view: View): string {
  const columns: Column[] = [
    idColumn,
    statusColumn,
    { title: 'CreationDate', kind: 'name' },
    { title: 'ModificationTime', kind: 'name' },
    requestColumn,
    progressColumn,
    { title: 'Files (done|failed|total)', kind: 'name' },
    nameColumn,
  ];
  if (tasks.some((task) => page(task) !== '')) columns.push({ title: 'URL', kind: 'name' });
  const rows = tasks.map((task): Row => {
    return [
      String(task.taskId),
      statusCell(task),
      timeCell(task.createdMs),
      timeCell(task.modifiedMs),
      requestText(task),
      percentText(task.percentFinished),
      `${task.nFinished}|${task.nFailed}|${task.nFiles ?? '?'}`,
      nameText(task),
      page(task),
    ];
  });
  return renderTable(columns, rows, view);
}

function requestText(task: TaskRecord): string {
  return task.requestId === undefined ? '' : String(task.requestId);
}

function statusCell(task: TaskRecord): Cell {
  return { shown: task.status, paint: taskPaint(task.status) };
}

/** Lost work stands beside what is done: 80 % of a task that has ended is not 80 % of one that runs. */
function progressCell(task: TaskRecord): Cell {
  const percent = percentText(task.percentFinished);
  if (task.nFailed === 0) return { shown: percent };
  return {
    shown: `${task.nFailed} of ${task.nFiles ?? '?'} failed, ${percent}`,
    full: percent,
    paint: 'warning',
  };
}

function percentText(percent: number | undefined): string {
  return percent === undefined ? '' : `${percent}%`;
}

/** As the server writes it: most end with `/`. */
function nameText(task: TaskRecord): string {
  const { taskName } = task.fields;
  return typeof taskName === 'string' ? printable(taskName) : task.name;
}

function timeCell(ms: number | undefined): Cell {
  if (ms === undefined) return { shown: '' };
  const full = new Date(ms).toISOString();
  return { shown: full.slice(0, 19).replace('T', ' '), full };
}

/** Every field under the name by which scripts know it. */
function plainText(task: TaskRecord, page: string, view: View): string {
  const time = (ms: number | undefined): string => timeCell(ms).shown;
  const fields: readonly (readonly [string, string])[] = [
    ['weburl', page],
    ['jeditaskid', String(task.taskId)],
    ['reqid', requestText(task)],
    ['taskname', nameText(task)],
    ['username', task.userName],
    ['creationdate', time(task.createdMs)],
    ['modificationtime', time(task.modifiedMs)],
    ['superstatus', task.superStatus],
    ['status', task.status],
    ['pctfinished', percentText(task.percentFinished)],
    ['pctfailed', percentText(task.percentFailed)],
    ['nfiles', String(task.nFiles ?? '')],
    ['nfilesfinished', String(task.nFinished)],
    ['nfilesfailed', String(task.nFailed)],
    ['error', task.error ?? ''],
  ];
  const lines = fields
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${view.style.strong(name.padEnd(plainWidth))}  ${value.replace(/\s+/g, ' ')}`);
  return `${lines.join('\n')}\n`;
}

const plainWidth = 'modificationtime'.length;
