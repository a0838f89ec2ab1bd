// All processes of a job: those of its group, those that left it but carry the mark of the job in their environment, and what these
// started. So a payload that makes itself a daemon is still found.
import { readdirSync, readFileSync } from 'node:fs';
import { systemCode } from '../../base/errors.ts';

/** A variable of every process of a job, whose value is different for each attempt of each job. */
export const markName = 'PCHAIN_JOB_MARK';

export interface Family {
  /** Process group of the job. */
  readonly group: number;
  /** The value of the variable above. */
  readonly mark: string;
}

/** Numbers of the processes that live. Where there is no `/proc`, the group alone is known: then none is listed.
 *  @param table of this moment; whoever asks for many families takes one for all */
export function membersOf({ group, mark }: Family, table = processTable()): readonly number[] {
  const members = new Set([...(table.byGroup.get(group) ?? []), ...(table.byMark.get(mark) ?? [])]);
  // A set grows while it is walked, so that children of children are reached as well.
  for (const pid of members) table.byParent.get(pid)?.forEach((child) => members.add(child));
  return [...members];
}

/** Sends a signal to all of them. */
export function signalFamily(family: Family, name: 'SIGTERM' | 'SIGKILL'): void {
  // Listed before: whoever dies hands its children to somebody else.
  const members = membersOf(family);
  send(-family.group, name);
  for (const pid of members) send(pid, name);
}

/** True while one of them lives. */
export function isFamilyAlive(family: Family): boolean {
  return membersOf(family).length > 0;
}

/** What the processes take of the memory, in bytes; what several share counts once. */
export function memoryOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + memoryOfOne(pid), 0);
}

function memoryOfOne(pid: number): number {
  const kilobytes = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1];
  if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  return Number(read(`/proc/${pid}/statm`).split(' ')[1] ?? 0) * pageBytes;
}

const pageBytes = 4096;

/** Numbers of processes, by what they belong to. */
export interface ProcessTable {
  readonly byGroup: ReadonlyMap<number, readonly number[]>;
  readonly byParent: ReadonlyMap<number, readonly number[]>;
  readonly byMark: ReadonlyMap<string, readonly number[]>;
}

/** All processes of this machine that can be seen, as they are now. */
export function processTable(): ProcessTable {
  const byGroup = new Map<number, number[]>();
  const byParent = new Map<number, number[]>();
  const byMark = new Map<string, number[]>();
  for (const pid of pids()) {
    // After the name, which may hold blanks and brackets: state, parent, group.
    const [state, parent, group] = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
    if (group === undefined || state === 'Z' || state === 'X') continue;
    add(byGroup, Number(group), pid);
    add(byParent, Number(parent), pid);
    const mark = markIn.exec(`\0${read(`/proc/${pid}/environ`)}`)?.[1];
    if (mark !== undefined) add(byMark, mark, pid);
  }
  return { byGroup, byParent, byMark };
}

const markIn = new RegExp(`\0${markName}=([^\0]*)\0`);

function add<Key>(map: Map<Key, number[]>, key: Key, pid: number): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [pid]);
  else known.push(pid);
}

function pids(): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** Empty for what has ended meanwhile, and for processes of others. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function send(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (thrown) {
    const code = systemCode(thrown);
    // Gone, or of a user of the container that is none of ours; its engine removes it.
    if (code !== 'ESRCH' && code !== 'EPERM') throw thrown;
  }
}
