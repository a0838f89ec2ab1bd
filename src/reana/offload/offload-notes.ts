// What an offload writes down on its way: its journal, and for PanDA which run belongs to the job.
import { UsageError } from '../../base/errors.ts';
import { quoteShellWord } from '../../prun/shell-words.ts';
import { writeJobMetadata } from './job-metadata.ts';
import { readJournal, writeJournal } from './offload-journal.ts';
import type { Journal } from './offload-journal.ts';
import type { OffloadedRun } from './offload-options.ts';

export class OffloadNotes {
  /** The journal as it was last written or found. */
  journal: Journal | undefined;
  readonly #path: string;
  readonly #directory: string;

  /** @param path of the journal
   *  @param directory for `userJobMetadata.json` */
  constructor(path: string, directory: string) {
    this.#path = path;
    this.#directory = directory;
  }

  /** The run of a journal that was written for another port of the same machine. The server of a machine may have moved there.
   *  @throws LocalError when the journal cannot be understood */
  runAtOtherPort(server: string): string | undefined {
    const journal = readJournal(this.#path);
    if (journal === undefined || journal.server === server || !URL.canParse(journal.server)) return undefined;
    const isSameMachine = new URL(journal.server).hostname === new URL(server).hostname;
    return isSameMachine ? journal.runId : undefined;
  }

  /** The journal to go on with. That of a run that is over makes room for the next one, unless nothing at all has changed.
   *  @param wanted what this call is about; with `resume` it is about that run, whatever else has changed; `hasMoved`: the server
   *    is the one of the journal, at another address
   *  @throws UsageError when the journal is about something else that is still under way
   *  @throws LocalError when it cannot be understood */
  earlier(wanted: {
    readonly fingerprint: string;
    readonly server: string;
    readonly hasMoved: boolean;
    readonly resume: string | undefined;
  }): Journal | undefined {
    const found = readJournal(this.#path);
    if (found === undefined || found.phase === 'failed') return undefined;
    const journal = wanted.hasMoved ? { ...found, server: wanted.server } : found;
    const isSame =
      journal.server === wanted.server &&
      (wanted.resume === undefined
        ? journal.fingerprint === wanted.fingerprint
        : [journal.runName, journal.runId].includes(wanted.resume));
    if (isSame) {
      this.journal = withFingerprint(journal, wanted.fingerprint);
      return this.journal;
    }
    if (journal.phase === 'packed') return undefined;
    throw this.#inTheWay(journal, wanted.server);
  }

  #inTheWay(journal: Journal, server: string): UsageError {
    const run = journal.runName === undefined ? 'a run' : `run \`${journal.runName}\``;
    const isHere = journal.server === server;
    const state =
      journal.phase === 'finished'
        ? `has ended on \`${journal.server}\`, and its outputs are not here yet`
        : `is still under way on \`${journal.server}\``;
    const difference = isHere
      ? 'with another specification, other inputs or options'
      : `which is another server than \`${server}\``;
    const waysOut = [
      ...(isHere && journal.runName !== undefined
        ? [`go on with it all the same: \`--resume ${journal.runName}\``]
        : []),
      'use another `--name`',
      `or give that run up: \`rm ${quoteShellWord(this.#path)}\``,
    ];
    return new UsageError(`${run} of this name ${state}, ${difference}`, { hint: waysOut.join('; ') });
  }

  /** Every change of the journal is told to PanDA as well.
   *  @throws LocalError when the disk refuses */
  async note(journal: Journal): Promise<Journal> {
    await writeJournal(this.#path, journal);
    this.journal = journal;
    if (journal.runId !== undefined) {
      await writeJobMetadata(this.#directory, { ...runOf(journal), status: journal.status ?? 'created' });
    }
    return journal;
  }
}

/** A run that is resumed may be asked for other outputs than before: those that are packed are not these then.
 *  @returns `undefined` when nothing more can be had of the run */
function withFingerprint(journal: Journal, fingerprint: string): Journal | undefined {
  if (journal.fingerprint === fingerprint) return journal;
  if (journal.phase !== 'packed') return { ...journal, fingerprint };
  return journal.status === 'deleted'
    ? undefined
    : { ...journal, fingerprint, phase: 'finished', tarSha256: undefined };
}

/** The run of a journal; readers of journals guarantee that there is one from `created` on. */
export const runOf = (journal: Journal): OffloadedRun => ({
  server: journal.server,
  runId: journal.runId ?? '',
  runName: journal.runName ?? '',
});
