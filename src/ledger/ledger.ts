// The ledger: what this user submitted where, and how far it was followed. A file of JSON lines that is only ever
// appended to; it survives a kill, a full disk and two programs at once.
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { LocalError, messageOf, systemCode } from '../base/errors.ts';
import { makeDirectory } from '../base/make-directory.ts';
import { requestId, type RequestId } from '../base/names.ts';
import { redact } from '../base/secret.ts';
import { entryShape, type LedgerEntry } from './entry.ts';

/** One submission, put together from its lines. */
export interface Submission {
  readonly key: string;
  readonly server: string;
  readonly outDS: string;
  readonly files: readonly string[];
  /** Its number is that of a native workflow, not of a request. */
  readonly isNative: boolean;
  /** Names of the tasks that its steps become; `undefined`: not noted. */
  readonly expected: readonly string[] | undefined;
  /** Names of the datasets that the user asked for; `undefined`: not noted. */
  readonly outputs: readonly string[] | undefined;
  readonly intendedMs: number;
  /** `intended`: nothing is known beyond that it was about to be sent, so the server must be asked.
   *  `submitted`: the server has it. `failed`: it never got there. `ended`: it was seen to end. */
  readonly at: 'intended' | 'submitted' | 'failed' | 'ended';
  /** `undefined` until the server gave one. */
  readonly requestId: RequestId | undefined;
  /** Why it failed. */
  readonly error: string | undefined;
  /** Final status of the request, as the server named it. */
  readonly status: string | undefined;
  readonly submittedMs: number | undefined;
  readonly endedMs: number | undefined;
  /** Files with its outputs, the latest last. */
  readonly collected: readonly CollectedFile[];
}

export interface CollectedFile {
  /** Absolute. */
  readonly path: string;
  /** When it was complete, in milliseconds since 1970. */
  readonly atMs: number;
}

export interface Ledger {
  readonly path: string;
  /** Adds a line; it is on disk when this resolves.
   *  @throws LocalError when the disk refuses */
  append(entry: LedgerEntry): Promise<void>;
  /** The latest submission with this key. */
  find(key: string): Promise<Submission | undefined>;
  /** All files with outputs that were packed from here, of whatever. */
  packed(): Promise<readonly CollectedFile[]>;
  /** All submissions in the order in which they were begun. A key that was submitted again is there again. */
  list(): Promise<readonly Submission[]>;
}

/** Opens the ledger in a directory, which is made (for its owner alone) when the first line is written. */
export function openLedger(directory: string): Ledger {
  const path = join(directory, 'ledger.jsonl');
  const entries = async (): Promise<readonly LedgerEntry[]> => readEntries(await textOf(path));
  const list = async (): Promise<readonly Submission[]> => fold(await entries());
  return {
    path,
    list,
    packed: async () =>
      (await entries()).flatMap((entry) =>
        entry.kind === 'collected' || entry.kind === 'packed' ? [{ path: entry.path, atMs: entry.atMs }] : [],
      ),
    find: async (key) => (await list()).findLast((submission) => submission.key === key),
    append: (entry) => appendLine(directory, path, entry),
  };
}

async function appendLine(directory: string, path: string, entry: LedgerEntry): Promise<void> {
  // Nothing here should be secret; a token in a path or an error would still be masked.
  const line = `${redact(JSON.stringify(entry))}\n`;
  let file: FileHandle | undefined;
  try {
    makeDirectory(directory, 0o700);
    // Appending mode: the system finds the end for each write, so that two programs cannot overwrite each other.
    file = await open(path, 'a+', 0o600);
    const bytes = Buffer.from((await endsInsideLine(file)) ? `\n${line}` : line);
    const { bytesWritten } = await file.write(bytes);
    if (bytesWritten < bytes.length) throw new Error('no space left');
    await file.sync();
  } catch (cause) {
    const full = systemCode(cause) === 'ENOSPC' || systemCode(cause) === 'EDQUOT';
    throw new LocalError(
      `cannot write the ledger \`${path}\`: ${full ? 'no space left' : messageOf(cause)}`,
      {
        hint: 'nothing is sent without it; PCHAIN_HOME names another place',
        cause,
      },
    );
  } finally {
    await file?.close();
  }
}

/** True when a program died in the middle of its last line: the next one must not be glued to it. */
async function endsInsideLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  await file.read(last, 0, 1, size - 1);
  return last.toString() !== '\n';
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return '';
    throw new LocalError(`cannot read the ledger \`${path}\`: ${messageOf(cause)}`, { cause });
  }
}

function readEntries(text: string): readonly LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      // Torn: what it would have said is found out from the server.
      continue;
    }
    const parsed = v.safeParse(entryShape, value);
    if (parsed.success) entries.push(parsed.output);
  }
  return entries;
}

function fold(entries: readonly LedgerEntry[]): readonly Submission[] {
  const submissions: Submission[] = [];
  const latest = new Map<string, number>();
  for (const entry of entries) {
    if (entry.kind === 'packed') continue;
    if (entry.kind === 'intent') {
      latest.set(entry.key, submissions.length);
      submissions.push(begun(entry));
      continue;
    }
    const index = latest.get(entry.key);
    const submission = index === undefined ? undefined : submissions[index];
    // A line without its intent can only follow a torn one.
    if (index === undefined || submission === undefined) continue;
    submissions[index] = after(submission, entry);
  }
  return submissions;
}

function begun(entry: Extract<LedgerEntry, { kind: 'intent' }>): Submission {
  return {
    key: entry.key,
    server: entry.server,
    outDS: entry.outDS,
    files: entry.files,
    isNative: entry.isNative ?? false,
    expected: entry.expected,
    outputs: entry.outputs,
    intendedMs: entry.atMs,
    at: 'intended',
    requestId: undefined,
    error: undefined,
    status: undefined,
    submittedMs: undefined,
    endedMs: undefined,
    collected: [],
  };
}

function after(
  submission: Submission,
  entry: Exclude<LedgerEntry, { kind: 'intent' | 'packed' }>,
): Submission {
  switch (entry.kind) {
    case 'submitted': {
      const id = entry.requestId === null ? submission.requestId : requestId(entry.requestId);
      const at = submission.at === 'ended' ? 'ended' : 'submitted';
      return { ...submission, at, requestId: id, submittedMs: entry.atMs, error: undefined };
    }
    case 'failed':
      return { ...submission, at: 'failed', error: entry.error };
    case 'ended':
      return { ...submission, at: 'ended', status: entry.status, endedMs: entry.atMs };
    case 'collected':
      return { ...submission, collected: [...submission.collected, { path: entry.path, atMs: entry.atMs }] };
  }
}
