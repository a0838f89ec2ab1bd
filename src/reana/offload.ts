// Specification in, tar of outputs out. Whenever it is killed, the same call again goes on where it was: with the same
// run, never a second one, and with the whole tar or none.
import type { Clock } from '../base/clock.ts';
import {
  Interrupted,
  LocalError,
  messageOf,
  PchainError,
  RemoteError,
  UnsupportedError,
  UsageError,
} from '../base/errors.ts';
import type { Finding } from '../base/finding.ts';
import type { RunState } from './answers.ts';
import { ReanaClient } from './client.ts';
import type { ReanaSecretValue } from './client.ts';
import { fileBody } from '../http/body.ts';
import { readTextFile } from '../source/text-file.ts';
import { hashFile, removeAll, sizeOnDisk, writeWhole } from './disk.ts';
import { followRun } from './follow.ts';
import { readJournal, writeJournal } from './offload-journal.ts';
import type { Journal } from './offload-journal.ts';
import { downloadAll, findOutputs, packOutputs } from './outputs.ts';
import { inParallel } from './parallel.ts';
import { checkRunName, offloadPaths, prepareOffload, uploadsOf } from './prepare.ts';
import type { Prepared, PrepareOptions } from './prepare.ts';
import { RunFailed } from './run-failed.ts';
import { isLost } from './wire.ts';
import type { WireSetup } from './wire.ts';

export interface OffloadOptions extends WireSetup, PrepareOptions {
  /** Name of the run: letters, digits, `_`, `-`. Together with `workDirectory` it names the journal. */
  readonly name: string;
  readonly secrets: ReadonlyMap<string, ReanaSecretValue>;
  /** True replaces secrets that REANA already has under the same name; otherwise those are used. */
  readonly replaceSecrets: boolean;
  /** `.tar`, `.tar.gz` or `.tgz`. */
  readonly outputTar: string;
  /** For the journal, the downloads in progress and `userJobMetadata.json`. */
  readonly workDirectory: string;
  readonly clock: Clock;
  /** A fresh random identifier. */
  readonly newId: () => string;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent: (event: OffloadEvent) => void;
}

export type OffloadEvent =
  /** The specification passed; `warnings` may still be worth a look. */
  | { readonly type: 'checked'; readonly warnings: readonly Finding[] }
  /** The server took the token. */
  | { readonly type: 'connected'; readonly server: string; readonly user: string }
  /** Secrets are in place; `kept` are names that REANA had already. */
  | { readonly type: 'secrets'; readonly kept: readonly string[] }
  /** There is a run; `resumed` when an earlier call made it. */
  | { readonly type: 'run'; readonly runId: string; readonly runName: string; readonly resumed: boolean }
  /** An input is there. Counts are files. */
  | { readonly type: 'upload'; readonly name: string; readonly done: number; readonly total: number }
  | { readonly type: 'started'; readonly runName: string }
  /** Status, step or counts of jobs changed. */
  | { readonly type: 'status'; readonly state: RunState }
  /** The server does not answer; the run goes on, and so does the waiting. */
  | { readonly type: 'silence'; readonly sinceMs: number; readonly reason: string }
  /** An output is there. Counts are files. */
  | { readonly type: 'download'; readonly done: number; readonly total: number }
  | { readonly type: 'packed'; readonly tar: string; readonly sizeBytes: number };

export type OffloadResult =
  /** The specification has errors; no server was asked. */
  | { readonly outcome: 'invalid'; readonly findings: readonly Finding[] }
  | {
      readonly outcome: 'finished';
      readonly server: string;
      readonly runId: string;
      readonly runName: string;
      readonly outputTar: string;
      readonly sizeBytes: number;
      /** Hexadecimal. */
      readonly sha256: string;
    };

/** The parameter that carries the key of a run, so that a run is found again when the answer that named it is lost. */
const keyParameter = 'pchain_key';
const createTries = 3;
const uploadLanes = 4;

/** Runs a REANA workflow and brings its outputs back.
 *  @throws RunFailed (exit 1) when the run fails, is stopped or deleted; its journal is then over, so the next call makes a new run
 *  @throws Interrupted when the signal fires; the run goes on, and the same call again goes on with it
 *  @throws UsageError, LocalError, AuthError, RemoteError, UnsupportedError as their names say; after RemoteError too the
 *    same call goes on */
export async function offload(options: OffloadOptions): Promise<OffloadResult> {
  checkRunName(options.name);
  if (!/\.(?:tar|tar\.gz|tgz)$/i.test(options.outputTar)) {
    throw new UsageError(`\`${options.outputTar}\` must end in \`.tar\`, \`.tar.gz\` or \`.tgz\``);
  }
  const { findings, prepared } = await prepareOffload(options);
  if (prepared === undefined) return { outcome: 'invalid', findings };
  if (prepared.spec.kind === 'cwl' || prepared.spec.kind === 'snakemake') {
    throw new UnsupportedError(
      `a ${prepared.spec.kind} workflow has to be loaded before it is sent, which pchain cannot do`,
      {
        hint: 'send it with `reana-client`, or write it as a serial workflow',
      },
    );
  }
  const offloading = new Offload(options, prepared);
  try {
    options.onEvent({ type: 'checked', warnings: findings });
    return await offloading.proceed();
  } catch (error) {
    throw offloading.inWords(error);
  }
}

class Offload {
  readonly #options: OffloadOptions;
  readonly #prepared: Prepared;
  readonly #client: ReanaClient;
  readonly #paths: ReturnType<typeof offloadPaths>;
  #journal: Journal | undefined;

  constructor(options: OffloadOptions, prepared: Prepared) {
    this.#options = options;
    this.#prepared = prepared;
    this.#client = new ReanaClient(options, options.signal);
    this.#paths = offloadPaths(options.workDirectory, options.name);
  }

  async proceed(): Promise<OffloadResult> {
    const earlier = this.#earlierJournal();
    if (earlier?.phase === 'packed') {
      const result = await this.#packedResult(earlier);
      if (result !== undefined) return result;
    }
    const { user } = await this.#client.ping();
    this.#options.onEvent({ type: 'connected', server: this.#client.server, user });

    let journal = earlier ?? (await this.#begin());
    this.#journal = journal;
    if (journal.phase === 'creating' || journal.phase === 'created' || journal.phase === 'started') {
      // Also for a run that is under way: a server that keeps secrets in memory only may have been restarted.
      await this.#addSecrets();
    }
    if (journal.phase === 'creating') journal = await this.#create(journal, earlier !== undefined);
    else this.#tellRun(journal, true);
    if (journal.phase === 'created') {
      await this.#upload(journal);
      await this.#client.start(runId(journal), this.#options.parameters);
      journal = await this.#note({ ...journal, phase: 'started' });
      this.#options.onEvent({ type: 'started', runName: runName(journal) });
    }
    if (journal.phase === 'started') journal = await this.#follow(journal);
    return this.#collect(journal);
  }

  /** The error as the user should read it: after an interruption the next thing to do is the same command. */
  inWords(error: unknown): unknown {
    const { signal } = this.#options;
    if (error instanceof RunFailed || !(error instanceof Interrupted || signal?.aborted === true))
      return error;
    // A limit on the waiting has words and an exit code of its own.
    if (signal?.reason instanceof PchainError && !(signal.reason instanceof Interrupted))
      return signal.reason;
    const run = this.#journal?.runName;
    const message =
      run === undefined
        ? 'interrupted before the run was started'
        : `stopped waiting for run \`${run}\`, which \`${this.#client.server}\` goes on with`;
    return new Interrupted(message, {
      hint: 'the same command again goes on where this one stopped',
      cause: error,
    });
  }

  // A journal of a run that is over makes room for the next one, unless nothing at all has changed.
  #earlierJournal(): Journal | undefined {
    const journal = readJournal(this.#paths.journal);
    if (journal === undefined) return undefined;
    const isSame =
      journal.fingerprint === this.#prepared.fingerprint && journal.server === this.#client.server;
    if (isSame && journal.phase !== 'failed') return journal;
    if (journal.phase === 'failed' || journal.phase === 'packed') return undefined;
    const run = journal.runName === undefined ? 'a run' : `run \`${journal.runName}\``;
    throw new UsageError(
      `${run} of this name is still under way on \`${journal.server}\`, with another specification, other inputs or options`,
      { hint: `use another \`--name\`, or give that run up: \`rm ${this.#paths.journal}\`` },
    );
  }

  async #packedResult(journal: Journal): Promise<OffloadResult | undefined> {
    const { outputTar } = this.#options;
    const sizeBytes = await sizeOnDisk(outputTar);
    const sha256 = sizeBytes === undefined ? undefined : await hashFile(outputTar);
    if (sizeBytes === undefined || sha256 === undefined || sha256 !== journal.tarSha256) return undefined;
    await removeAll(this.#paths.staging);
    this.#tellRun(journal, true);
    this.#options.onEvent({ type: 'packed', tar: outputTar, sizeBytes });
    return this.#result(journal, sizeBytes, sha256);
  }

  async #begin(): Promise<Journal> {
    await removeAll(this.#paths.staging);
    return this.#note({
      version: 1,
      phase: 'creating',
      key: this.#options.newId(),
      fingerprint: this.#prepared.fingerprint,
      server: this.#client.server,
      runId: undefined,
      runName: undefined,
      tarSha256: undefined,
    });
  }

  async #addSecrets(): Promise<void> {
    const { secrets, replaceSecrets } = this.#options;
    if (secrets.size === 0) return;
    const kept = await this.#client.addSecrets(secrets, replaceSecrets ? 'replace' : 'keep');
    this.#options.onEvent({ type: 'secrets', kept });
  }

  // Creating twice makes two runs, so it is never simply repeated: first comes the question whether it has worked already.
  async #create(journal: Journal, mayExist: boolean): Promise<Journal> {
    let found = mayExist ? await this.#findByKey(journal.key) : undefined;
    const resumed = found !== undefined;
    for (let attempt = 1; found === undefined; attempt++) {
      try {
        found = await this.#client.create(this.#options.name, this.#documentWith(journal.key));
      } catch (error) {
        if (!isLost(error)) throw error;
        await this.#options.clock.sleep(1000, this.#options.signal);
        found = await this.#findByKey(journal.key);
        if (found === undefined && attempt >= createTries) throw error;
      }
    }
    const created = await this.#note({ ...journal, phase: 'created', runId: found.id, runName: found.name });
    this.#tellRun(created, resumed);
    return created;
  }

  async #findByKey(key: string): Promise<{ readonly id: string; readonly name: string } | undefined> {
    const candidates = await this.#client.list({ name: this.#options.name, statuses: ['created'] });
    for (const run of candidates) {
      const parameters = await this.#client.storedParameters(run.id);
      if (parameters[keyParameter] === key) return run;
    }
    return undefined;
  }

  #documentWith(key: string): object {
    const { document, inputs } = this.#prepared.spec;
    const parameters = { ...inputs.parameters, [keyParameter]: key };
    return { ...document, inputs: { ...membersOf(document['inputs']), parameters } };
  }

  async #upload(journal: Journal): Promise<void> {
    const run = runId(journal);
    await writeWhole(this.#paths.specification, this.#prepared.text);
    const uploads = uploadsOf(this.#prepared, this.#paths.specification);
    const there = new Map((await this.#client.files(run)).map((file) => [file.name, file.sizeBytes]));
    let done = 0;
    await inParallel(uploads, uploadLanes, async ({ name, path }) => {
      const body = await fileBody(path);
      if (there.get(name) !== body.sizeBytes) await this.#client.upload(run, name, body);
      done++;
      this.#options.onEvent({ type: 'upload', name, done, total: uploads.length });
    });
    await this.#checkUploads(run, uploads);
    await removeAll(this.#paths.specification);
  }

  // Some servers answer 200 and keep nothing; a run on empty inputs would fail hours later, far from the cause.
  async #checkUploads(
    run: string,
    uploads: readonly { readonly name: string; readonly path: string }[],
  ): Promise<void> {
    const there = new Map((await this.#client.files(run)).map((file) => [file.name, file.sizeBytes]));
    for (const { name, path } of uploads) {
      const sizeBytes = await sizeOnDisk(path);
      if (there.get(name) === sizeBytes) continue;
      throw new RemoteError(
        `\`${name}\` was uploaded with ${sizeBytes ?? 0} bytes, but the server has ${there.get(name) ?? 'none'}`,
        { hint: 'the same command again uploads it once more' },
      );
    }
  }

  async #follow(journal: Journal): Promise<Journal> {
    const state = await followRun(
      this.#client,
      runId(journal),
      this.#options.clock,
      {
        onState: (changed) => this.#options.onEvent({ type: 'status', state: changed }),
        onSilence: (sinceMs, reason) => this.#options.onEvent({ type: 'silence', sinceMs, reason }),
        onStandstill: async () => {
          await this.#client.addSecrets(this.#options.secrets, 'keep');
        },
      },
      this.#options.signal,
    );
    if (state.status === 'finished') return this.#note({ ...journal, phase: 'finished' });
    const logs =
      state.status === 'deleted' ? undefined : await this.#client.logs(state.id).catch(() => undefined);
    // An interruption while the logs were fetched must not end the journal: nobody has seen the failure yet.
    this.#options.signal?.throwIfAborted();
    await this.#writeMetadata(journal, state.status);
    await this.#note({ ...journal, phase: 'failed' });
    throw new RunFailed(state, logs);
  }

  async #collect(journal: Journal): Promise<OffloadResult> {
    const files = await findOutputs(this.#client, runName(journal), this.#prepared.outputs);
    await downloadAll(this.#client, runId(journal), files, this.#paths.staging, (done) =>
      this.#options.onEvent({ type: 'download', done, total: files.length }),
    );
    await this.#writeMetadata(journal, 'finished');
    const { outputTar, signal } = this.#options;
    const { sizeBytes, sha256 } = await packOutputs(files, this.#paths.staging, outputTar, signal);
    const packed = await this.#note({ ...journal, phase: 'packed', tarSha256: sha256 });
    this.#options.onEvent({ type: 'packed', tar: outputTar, sizeBytes });
    await removeAll(this.#paths.staging);
    return this.#result(packed, sizeBytes, sha256);
  }

  // PanDA keeps the content of this file with the job; members of others stay.
  async #writeMetadata(journal: Journal, status: string): Promise<void> {
    const reana = { server: this.#client.server, run_id: runId(journal), run_name: runName(journal), status };
    await writeWhole(
      this.#paths.metadata,
      `${JSON.stringify({ ...otherMetadata(this.#paths.metadata), reana }, undefined, 1)}\n`,
    );
  }

  async #note(journal: Journal): Promise<Journal> {
    await writeJournal(this.#paths.journal, journal);
    this.#journal = journal;
    return journal;
  }

  #tellRun(journal: Journal, resumed: boolean): void {
    this.#options.onEvent({ type: 'run', runId: runId(journal), runName: runName(journal), resumed });
  }

  #result(journal: Journal, sizeBytes: number, sha256: string): OffloadResult {
    return {
      outcome: 'finished',
      server: this.#client.server,
      runId: runId(journal),
      runName: runName(journal),
      outputTar: this.#options.outputTar,
      sizeBytes,
      sha256,
    };
  }
}

function otherMetadata(path: string): Readonly<Record<string, unknown>> {
  const read = readTextFile(path);
  if (!read.ok) return {};
  try {
    return membersOf(JSON.parse(read.text));
  } catch (error) {
    throw new LocalError(`\`${path}\` is there already and is no JSON: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** The members of an object; none for anything else. */
function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

// The reader of journals guarantees both from `created` on.
const runId = (journal: Journal): string => journal.runId ?? '';
const runName = (journal: Journal): string => journal.runName ?? '';
