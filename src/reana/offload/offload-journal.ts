// How far an offload came. The file is small, written beside its place and renamed, so it is always one of:
//
//   creating ──> created ──> started ──> finished ──> packed
//                               └──────> failed
//
// `finished` stands for a run that has ended and whose outputs are being brought back, which with `--keep-going` may also be
// one that has failed; `status` says which. `failed` is over: the next call makes a new run.
//
// `creating` is written before the server is asked for a run, with the key that makes that run recognisable.
import { join } from 'node:path';
import { LocalError, messageOf } from '../../base/errors.ts';
import { quoteShellWord } from '../../prun/shell-words.ts';
import { readTextFile } from '../../source/text-file.ts';
import { namesIn, writeWhole } from '../files/disk.ts';

const journalPhases = ['creating', 'created', 'started', 'finished', 'packed', 'failed'] as const;
export type JournalPhase = (typeof journalPhases)[number];

export interface Journal {
  readonly version: 1;
  readonly phase: JournalPhase;
  /** Travels with the specification; two runs never share it. */
  readonly key: string;
  /** Of everything that decides what the run computes and gives; a different one means a different run. */
  readonly fingerprint: string;
  readonly server: string;
  /** Known from `created` on. */
  readonly runId: string | undefined;
  /** `name.number`. */
  readonly runName: string | undefined;
  /** As the server last said; `undefined` before there is a run. */
  readonly status: string | undefined;
  /** SHA-256 of the outputs' tar, known when `packed`. */
  readonly tarSha256: string | undefined;
}

/** `undefined` when there is none.
 *  @throws LocalError when it is there but cannot be understood */
export function readJournal(path: string): Journal | undefined {
  const read = readTextFile(path);
  if (!read.ok) {
    if (read.reason === 'missing') return undefined;
    throw new LocalError(`cannot read the journal \`${path}\`: ${read.detail}`);
  }
  try {
    return parse(JSON.parse(read.text));
  } catch (cause) {
    throw new LocalError(`the journal \`${path}\` is damaged: ${messageOf(cause)}`, {
      hint: `delete it to begin with a new run: \`rm ${quoteShellWord(path)}\``,
      cause,
    });
  }
}

/** Full names of the runs that the journals of a directory are about; those that cannot be read are passed over. */
export function notedRuns(directory: string): readonly string[] {
  return namesIn(directory).flatMap((name) => {
    if (!/^\.pchain-reana-.+\.json$/.test(name)) return [];
    try {
      return readJournal(join(directory, name))?.runName ?? [];
    } catch {
      return [];
    }
  });
}

/** @throws LocalError when the disk refuses */
export async function writeJournal(path: string, journal: Journal): Promise<void> {
  await writeWhole(path, `${JSON.stringify(journal, undefined, 1)}\n`);
}

function parse(value: unknown): Journal {
  if (typeof value !== 'object' || value === null) throw new Error('it is not an object');
  const members = new Map<string, unknown>(Object.entries(value));
  const optional = (key: string): string | undefined => {
    const found = members.get(key);
    if (found !== undefined && typeof found !== 'string') throw new Error(`\`${key}\` is not a text`);
    return found;
  };
  const required = (key: string): string => {
    const found = optional(key);
    if (found === undefined) throw new Error(`\`${key}\` is missing`);
    return found;
  };
  const phase = journalPhases.find((candidate) => candidate === members.get('phase'));
  if (phase === undefined || members.get('version') !== 1)
    throw new Error('it was written by another version');
  const journal: Journal = {
    version: 1,
    phase,
    key: required('key'),
    fingerprint: required('fingerprint'),
    server: required('server'),
    runId: optional('runId'),
    runName: optional('runName'),
    status: optional('status'),
    tarSha256: optional('tarSha256'),
  };
  if (phase !== 'creating' && (journal.runId === undefined || journal.runName === undefined)) {
    throw new Error('it names no run');
  }
  return journal;
}
