// Specification in, tar of outputs out. Whenever it is killed, the same call again goes on where it was: with the same
// run, never a second one, and with the whole tar or none.
import { AuthError, Interrupted, PchainError, UsageError } from '../../base/errors.ts';
import { isFinalStatus } from '../protocol/answers.ts';
import type { RunState } from '../protocol/answers.ts';
import { ReanaClient } from '../protocol/client.ts';
import { createOnce, isRefused, keyParameter } from './create-run.ts';
import { hashFile, removeAll, sizeOnDisk, writeWhole } from '../files/disk.ts';
import { followRun } from '../follow.ts';
import { loadFor } from '../load-specification.ts';
import type { Journal } from './offload-journal.ts';
import { OffloadNotes, runOf } from './offload-notes.ts';
import type { OffloadOptions, OffloadResult } from './offload-options.ts';
import { interruptedWhere, notMade, refusedMeanwhile, removedMeanwhile } from './offload-words.ts';
import { downloadOutputs, findOutputs, packOutputs } from '../files/outputs.ts';
import { checkOffload, loadingOf, offloadPaths, prepareOffload, uploadsOf } from './prepare.ts';
import type { Preparation, Prepared } from './prepare.ts';
import { RunFailed } from './run-failed.ts';
import { takeLock } from './run-lock.ts';
import { sendSecrets } from './send-secrets.ts';
import { uploadFiles } from '../files/upload.ts';
import { UploadRecord } from '../files/upload-record.ts';

/** Runs a REANA workflow and brings its outputs back.
 *  @param preparation what `prepareOffload` says of the same options, for a caller that wants to know before it connects
 *  @throws RunFailed (exit 1) when the run fails, is stopped or deleted; its journal is then over, so the next call makes a new run
 *  @throws Interrupted when the signal fires; the run goes on, and the same call again goes on with it
 *  @throws UsageError, LocalError, AuthError, RemoteError, UnsupportedError as their names say; after RemoteError too the
 *    same call goes on */
export async function offload(options: OffloadOptions, preparation?: Preparation): Promise<OffloadResult> {
  checkOffload(options, preparation?.prepared);
  const { findings, prepared } = preparation ?? (await prepareOffload(options));
  if (prepared === undefined) return { outcome: 'invalid', findings };
  checkOffload(options, prepared);
  const paths = offloadPaths(options.workDirectory, options.name);
  const lock = takeLock(paths.lock, `run \`${options.name}\` in this directory`);
  const offloading = new Offload(options, prepared);
  try {
    options.onEvent({ type: 'checked', warnings: findings, leftOut: prepared.leftOut });
    return await offloading.proceed();
  } catch (error) {
    throw offloading.inWords(error);
  } finally {
    lock.release();
  }
}

class Offload {
  readonly #options: OffloadOptions;
  readonly #prepared: Prepared;
  readonly #client: ReanaClient;
  readonly #paths: ReturnType<typeof offloadPaths>;
  readonly #notes: OffloadNotes;

  constructor(options: OffloadOptions, prepared: Prepared) {
    this.#options = options;
    this.#prepared = prepared;
    this.#client = new ReanaClient(options, options.signal);
    this.#paths = offloadPaths(options.workDirectory, options.name);
    this.#notes = new OffloadNotes(this.#paths.journal, options.workDirectory);
  }

  async proceed(): Promise<OffloadResult> {
    const { resume } = this.#options;
    const { fingerprint } = this.#prepared;
    const { server } = this.#client;
    const hasMoved = await this.#hasMoved();
    let earlier = this.#notes.earlier({ fingerprint, server, hasMoved, resume });
    if (earlier?.phase === 'packed') {
      const result = await this.#packedResult(earlier);
      if (result !== undefined) return result;
      // The tar is gone, and so is what it was made from.
      if (earlier.status === 'deleted') earlier = undefined;
    }
    const { user } = await this.#client.ping();
    this.#options.onEvent({ type: 'connected', server: this.#client.server, user });

    let journal = earlier ?? (await this.#begin());
    if (journal.phase === 'creating' || journal.phase === 'created' || journal.phase === 'started') {
      // Also for a run that is under way: a server that keeps secrets in memory only may have been restarted.
      await this.#sendSecrets();
    }
    if (journal.phase === 'creating') journal = await this.#create(journal, earlier !== undefined);
    else this.#tellRun(journal, true);
    if (journal.phase === 'created') journal = await this.#uploadAndStart(journal);
    if (!this.#options.waits) return { outcome: 'started', ...runOf(journal) };
    if (journal.phase === 'started') journal = await this.#follow(journal);
    return this.#collect(journal);
  }

  /** The error as the user should read it: after an interruption the next thing to do is the same command. */
  inWords(error: unknown): unknown {
    const { signal } = this.#options;
    if (error instanceof AuthError) return refusedMeanwhile(error, this.#notes.journal);
    if (error instanceof RunFailed || !(error instanceof Interrupted || signal?.aborted === true))
      return error;
    // A limit on the waiting has words and an exit code of its own.
    if (signal?.reason instanceof PchainError && !(signal.reason instanceof Interrupted))
      return signal.reason;
    return new Interrupted(interruptedWhere(this.#notes.journal), {
      hint: 'the same command again goes on where this one stopped',
      cause: error,
    });
  }

  /** Whether the server of this machine now listens elsewhere than when the journal was written: it has that very run. */
  async #hasMoved(): Promise<boolean> {
    const run = this.#client.isLocal ? this.#notes.runAtOtherPort(this.#client.server) : undefined;
    if (run === undefined) return false;
    try {
      return (await this.#client.status(run)).id === run;
    } catch (error) {
      if (error instanceof UsageError) return false;
      throw error;
    }
  }

  async #packedResult(journal: Journal): Promise<OffloadResult | undefined> {
    const { outputTar, onEvent } = this.#options;
    if (outputTar === undefined) return undefined;
    const sizeBytes = await sizeOnDisk(outputTar);
    const sha256 = sizeBytes === undefined ? undefined : await hashFile(outputTar);
    if (sizeBytes === undefined || sha256 === undefined || sha256 !== journal.tarSha256) return undefined;
    await this.#tidy();
    onEvent({ type: 'packed', runName: runOf(journal).runName, tar: outputTar, sizeBytes, isEarlier: true });
    await this.#deleteRun(journal);
    return { outcome: 'finished', ...runOf(journal), outputTar, sizeBytes, sha256, missing: [] };
  }

  async #begin(): Promise<Journal> {
    await removeAll(this.#paths.staging);
    await removeAll(this.#paths.uploads);
    const fresh: Journal = {
      version: 1,
      phase: 'creating',
      key: this.#options.newId(),
      fingerprint: this.#prepared.fingerprint,
      server: this.#client.server,
      runId: undefined,
      runName: undefined,
      status: undefined,
      tarSha256: undefined,
    };
    const { resume } = this.#options;
    return this.#notes.note(resume === undefined ? fresh : await this.#adopt(fresh, resume));
  }

  /** Goes on with a run that somebody else has created. */
  async #adopt(fresh: Journal, run: string): Promise<Journal> {
    const state = await this.#client.status(run);
    const known = { ...fresh, runId: state.id, runName: state.name, status: state.status };
    if (state.status === 'created') return { ...known, phase: 'created' };
    return { ...known, phase: 'started' };
  }

  async #sendSecrets(): Promise<void> {
    const { secrets, replaceSecrets, fingerprints, onEvent } = this.#options;
    if (secrets.size === 0) return;
    onEvent({
      type: 'secrets',
      ...(await sendSecrets(this.#client, secrets, replaceSecrets, fingerprints)),
    });
  }

  async #create(journal: Journal, mayExist: boolean): Promise<Journal> {
    const made = await this.#made(journal, mayExist).catch(async (error: unknown) => {
      // A run that is not there must not be in the way of the next one.
      if (!mayExist && isRefused(error)) await removeAll(this.#paths.journal);
      throw error;
    });
    const created = await this.#notes.note({
      ...journal,
      phase: 'created',
      runId: made.id,
      runName: made.name,
      status: 'created',
    });
    this.#tellRun(created, made.isFound && mayExist, made.warnings);
    return created;
  }

  async #made({ key }: Journal, mayExist: boolean): ReturnType<typeof createOnce> {
    const { name, clock, signal } = this.#options;
    const loading = loadingOf(this.#prepared, { [keyParameter]: key });
    const specification = await loadFor(this.#client, loading);
    return createOnce(this.#client, { name, key, mayExist, specification, clock, signal });
  }

  async #uploadAndStart(journal: Journal): Promise<Journal> {
    const { runId: id, runName: name } = runOf(journal);
    const { parameters, options, text } = this.#prepared;
    const { takesBundles } = await this.#client.protocol();
    await writeWhole(this.#paths.specification, text);
    const record = new UploadRecord(this.#paths.uploads, id);
    // A bundle has brought the specification already.
    const uploads = takesBundles
      ? this.#prepared.inputs
      : uploadsOf(this.#prepared, this.#paths.specification);
    await uploadFiles(this.#client, id, uploads, record, (state) =>
      this.#options.onEvent({ type: 'upload', ...state }),
    );
    await removeAll(this.#paths.specification);
    await this.#client.start(id, { parameters, options });
    const started = await this.#notes.note({ ...journal, phase: 'started', status: 'queued' });
    this.#options.onEvent({ type: 'started', runName: name });
    return started;
  }

  async #follow(journal: Journal): Promise<Journal> {
    const { clock, signal, onEvent, keepGoing, revive } = this.#options;
    let following = journal;
    const state = await followRun(
      this.#client,
      runOf(journal).runId,
      clock,
      {
        onState: async (changed) => {
          onEvent({ type: 'status', state: changed });
          if (changed.status !== following.status && !isFinalStatus(changed.status))
            following = await this.#notes.note({ ...following, status: changed.status });
        },
        onSilence: (sinceMs, reason) => onEvent({ type: 'silence', sinceMs, reason }),
        onAnswer: () => onEvent({ type: 'answers' }),
        revive,
        onStandstill: () => this.#sendSecretsQuietly(),
      },
      signal,
    );
    const ended: Journal = { ...following, status: state.status };
    const isKept = keepGoing && state.status !== 'deleted';
    if (state.status === 'finished' || isKept) return this.#notes.note({ ...ended, phase: 'finished' });
    throw await this.#failure(ended, state);
  }

  async #sendSecretsQuietly(): Promise<void> {
    const { secrets, fingerprints } = this.#options;
    if (secrets.size > 0) await sendSecrets(this.#client, secrets, false, fingerprints);
  }

  /** The journal is over after it, so the next call makes a new run. */
  async #failure(journal: Journal, state: RunState): Promise<RunFailed> {
    const logs =
      state.status === 'deleted' ? undefined : await this.#client.logs(state.id).catch(() => undefined);
    // An interruption while the logs were fetched must not end the journal: nobody has seen the failure yet.
    this.#options.signal?.throwIfAborted();
    await this.#notes.note({ ...journal, phase: 'failed' });
    const { resume } = this.#options;
    const next = resume === undefined ? undefined : 'the same command without `--resume` makes a new run';
    return new RunFailed(state, logs, this.#prepared.spec.steps, next);
  }

  async #collect(journal: Journal): Promise<OffloadResult> {
    const { outputTar, signal, onEvent, keepGoing } = this.#options;
    const run = runOf(journal);
    if (outputTar === undefined)
      return this.#end(journal, { outputTar, sizeBytes: 0, sha256: '', missing: [] });
    const outputs = await findOutputs(this.#client, run.runId, this.#prepared.outputs);
    const notThere = outputs.filter(({ files }) => files.length === 0).map(({ declared }) => declared);
    if (notThere.length > 0 && !keepGoing) throw notMade(run.runName, notThere);
    const { files, gone } = await downloadOutputs(this.#client, run.runId, outputs, this.#paths.staging, {
      onState: (state) => onEvent({ type: 'download', ...state }),
      onSingly: (output) => onEvent({ type: 'singly', output }),
    });
    if (gone.length > 0 && !keepGoing) throw removedMeanwhile(run.runName, gone);
    const missing = [...notThere, ...gone];
    if (missing.length > 0) onEvent({ type: 'missing', outputs: missing });
    const { sizeBytes, sha256 } = await packOutputs(files, this.#paths.staging, outputTar, signal);
    // What is not whole is over at once, so that nobody takes it for a success later.
    const isWhole = missing.length === 0 && journal.status === 'finished';
    const packed = await this.#notes.note({
      ...journal,
      phase: isWhole ? 'packed' : 'failed',
      tarSha256: sha256,
    });
    onEvent({ type: 'packed', runName: run.runName, tar: outputTar, sizeBytes, isEarlier: false });
    await this.#tidy();
    return this.#end(packed, { outputTar, sizeBytes, sha256, missing });
  }

  async #end(
    journal: Journal,
    got: Pick<OffloadResult & { outcome: 'finished' }, 'outputTar' | 'sizeBytes' | 'sha256' | 'missing'>,
  ): Promise<OffloadResult> {
    if (journal.status !== 'finished') {
      throw await this.#failure(journal, await this.#client.status(runOf(journal).runId));
    }
    // Of a run without all of its outputs nothing more is thrown away.
    if (got.missing.length === 0) await this.#deleteRun(journal);
    return { outcome: 'finished', ...runOf(journal), ...got };
  }

  /** The outputs are here, so a run that cannot be deleted is no failure. */
  async #deleteRun(journal: Journal): Promise<void> {
    if (!this.#options.deleteAfter || journal.status === 'deleted') return;
    const { runId: id, runName: name } = runOf(journal);
    try {
      if ((await this.#client.status(id)).status !== 'deleted') await this.#client.delete(id);
      await this.#notes.note({ ...journal, status: 'deleted' });
      this.#options.onEvent({ type: 'deleted', runName: name, problem: undefined });
    } catch (error) {
      if (!(error instanceof PchainError) || error instanceof Interrupted) throw error;
      this.#options.onEvent({ type: 'deleted', runName: name, problem: error.message });
    }
  }

  async #tidy(): Promise<void> {
    const { staging, uploads, specification } = this.#paths;
    for (const path of [staging, uploads, specification]) await removeAll(path);
  }

  #tellRun(journal: Journal, resumed: boolean, warnings: readonly string[] = []): void {
    const { runId: id, runName: name } = runOf(journal);
    this.#options.onEvent({ type: 'run', runId: id, runName: name, resumed, warnings });
  }
}
