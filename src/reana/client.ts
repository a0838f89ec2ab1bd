// REANA's operations, one method each, in the protocol of REANA 0.9 servers.
import { AuthError, UnsupportedError } from '../base/errors.ts';
import type { Secret } from '../base/secret.ts';
import type { HttpBody } from '../http/body.ts';
import { parseJson } from '../http/client.ts';
import type { SavedFile, SaveTarget } from '../http/save.ts';
import {
  readCreated,
  readFiles,
  readLogs,
  readRuns,
  readSecretNames,
  readSignedIn,
  readState,
  readStoredParameters,
} from './answers.ts';
import type { CreatedRun, RemoteFile, RunLogs, RunState, SignedIn } from './answers.ts';
import { isLost, ReanaWire } from './wire.ts';
import type { WireSetup } from './wire.ts';

export interface ReanaSecretValue {
  readonly type: 'env' | 'file';
  /** Base64 of the bytes. */
  readonly value: Secret;
}

export interface ListOptions {
  /** Runs of this name only. */
  readonly name?: string | undefined;
  readonly statuses?: readonly string[] | undefined;
  /** At most so many runs, newest first; 100 without it. */
  readonly limit?: number | undefined;
}

export interface Downloaded {
  readonly saved: SavedFile;
  /** True when the server packed several files into a zip; its members are named as in the workspace. */
  readonly isZip: boolean;
}

export interface News {
  /** `undefined`: nothing has happened. */
  readonly state: RunState | undefined;
  readonly mark: string | undefined;
  /** True when the server answers the next question only when there is something to tell. */
  readonly isPrompt: boolean;
}

/** Short, so that a run that waits for something this machine has forgotten is noticed. */
const newsWaitSeconds = 5;

const filesPerPage = 1000;
const runsPerPage = 100;
const liveStatuses = ['created', 'queued', 'pending', 'running', 'finished', 'failed', 'stopped'];

/** Every method takes a run as UUID, `name` (its latest run) or `name.number`, and throws as `ReanaWire.request`. */
export class ReanaClient {
  readonly #wire: ReanaWire;
  readonly #signal: AbortSignal | undefined;

  /** @param signal ends every request of this client
   *  @throws UsageError when the address of the server is not one */
  constructor(setup: WireSetup, signal?: AbortSignal) {
    this.#wire = new ReanaWire(setup);
    this.#signal = signal;
  }

  /** The address, without credentials. */
  get server(): string {
    return this.#wire.server;
  }

  /** True for a server on this machine. */
  get isLocal(): boolean {
    return this.#wire.isLocal;
  }

  /** Who the token belongs to. */
  ping(): Promise<SignedIn> {
    return this.#wire.json({ method: 'GET', path: '/api/you', ...this.#read() }, readSignedIn);
  }

  /** Makes a run. Sent once: after a lost answer nobody knows whether there is one.
   *  @param document the specification, `workflow.specification` loaded
   *  @throws UnsupportedError when the server only takes bundles (REANA 0.95) */
  async create(name: string, document: unknown): Promise<CreatedRun> {
    if (await this.#wire.takesBundles(this.#signal)) {
      throw new UnsupportedError(`\`${this.server}\` speaks the protocol of REANA 0.95, pchain that of 0.9`, {
        hint: 'use a server of REANA 0.9',
      });
    }
    return this.#wire.json(
      {
        method: 'POST',
        path: '/api/workflows',
        query: { workflow_name: name },
        json: document,
        repeatable: false,
        signal: this.#signal,
      },
      readCreated,
    );
  }

  /** Puts a file into the workspace; one that is there is replaced. The body must know its length: servers drop the
   *  content of chunked uploads. */
  async upload(run: string, name: string, body: HttpBody): Promise<void> {
    await this.#wire.request({
      method: 'POST',
      path: `${runPath(run)}/workspace`,
      query: { file_name: name },
      upload: body,
      repeatable: true,
      signal: this.#signal,
    });
  }

  /** Starts a run that was not started before; a run that is under way or over is left as it is. When the answer is
   *  lost, the status tells whether the server heard; a second start can do no harm, because it is refused. */
  async start(run: string, parameters: Readonly<Record<string, unknown>>): Promise<void> {
    if ((await this.status(run)).status !== 'created') return;
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await this.#wire.request({
          method: 'POST',
          path: `${runPath(run)}/start`,
          json: { input_parameters: parameters, operational_options: {} },
          repeatable: false,
          signal: this.#signal,
        });
        parseJson(answer, () => undefined);
        return;
      } catch (error) {
        const mayHaveStarted = isLost(error) || error instanceof AuthError;
        if (mayHaveStarted && (await this.status(run)).status !== 'created') return;
        if (!isLost(error) || attempt >= 3) throw error;
      }
    }
  }

  status(run: string): Promise<RunState> {
    return this.#wire.json({ method: 'GET', path: `${runPath(run)}/status`, ...this.#read() }, readState);
  }

  /** The status, as soon as it is another one than at `known`, the mark of an earlier answer. Only a server of pchain's
   *  own waits for that, a few seconds at most; any other answers at once. */
  async news(run: string, known: string | undefined): Promise<News> {
    if (!this.isLocal) return { state: await this.status(run), mark: undefined, isPrompt: false };
    const answer = await this.#wire.request({
      method: 'GET',
      path: `${runPath(run)}/status`,
      headers: {
        prefer: `wait=${newsWaitSeconds}`,
        ...(known === undefined ? {} : { 'if-none-match': known }),
      },
      understood: [304],
      ...this.#read(),
    });
    return {
      state: answer.status === 304 ? undefined : parseJson(answer, readState),
      mark: answer.headers['etag'],
      isPrompt: answer.headers['preference-applied'] !== undefined,
    };
  }

  logs(run: string): Promise<RunLogs> {
    return this.#wire.json({ method: 'GET', path: `${runPath(run)}/logs`, ...this.#read() }, readLogs);
  }

  /** Runs, newest first, deleted ones left out. */
  async list(options: ListOptions = {}): Promise<readonly RunState[]> {
    const limit = options.limit ?? 100;
    const statuses = options.statuses ?? liveStatuses;
    const runs: RunState[] = [];
    for (let page = 1; runs.length < limit; page++) {
      const query: Record<string, string> = {
        type: 'batch',
        verbose: 'false',
        page: String(page),
        size: String(runsPerPage),
        status: statuses.join(','),
      };
      if (options.name !== undefined) query['search'] = JSON.stringify({ name: [options.name] });
      const answer = await this.#wire.json(
        { method: 'GET', path: '/api/workflows', query, ...this.#read() },
        readRuns,
      );
      // The search of the server also finds names that only contain the text.
      runs.push(
        ...answer.items.filter((run) => options.name === undefined || baseName(run) === options.name),
      );
      if (!answer.hasNext || answer.items.length === 0) break;
    }
    return runs.slice(0, limit);
  }

  /** All files of the workspace, or those that a pattern names. Files of git itself are left out. */
  async files(run: string, pattern?: string): Promise<readonly RemoteFile[]> {
    const files: RemoteFile[] = [];
    for (let page = 1; ; page++) {
      const query: Record<string, string> = { page: String(page), size: String(filesPerPage) };
      if (pattern !== undefined) query['file_name'] = pattern;
      const answer = await this.#wire.json(
        { method: 'GET', path: `${runPath(run)}/workspace`, query, ...this.#read() },
        readFiles,
      );
      files.push(...answer.items.filter((file) => !file.name.startsWith('.git/')));
      if (!answer.hasNext || answer.items.length === 0) return files;
    }
  }

  /** Saves a file, or a zip of all that the name or pattern stands for: the server decides which. */
  async download(run: string, name: string, target: SaveTarget): Promise<Downloaded> {
    const answer = await this.#wire.request({
      method: 'GET',
      path: `${runPath(run)}/workspace/${encodePath(name)}`,
      saveTo: target,
      ...this.#read(),
    });
    if (answer.saved === undefined) throw new Error('an answer was not saved');
    return { saved: answer.saved, isZip: /^application\/zip\b/i.test(answer.headers['content-type'] ?? '') };
  }

  /** Ends a run that is running.
   *  @throws RemoteError when it is not running */
  async stop(run: string): Promise<void> {
    await this.#wire.request({
      method: 'PUT',
      path: `${runPath(run)}/status`,
      query: { status: 'stop' },
      // Later servers refuse unknown keys, so nothing is sent that not all of them know.
      json: {},
      repeatable: false,
      signal: this.#signal,
    });
  }

  /** Deletes a run that is not running, with its workspace. */
  async delete(run: string): Promise<void> {
    await this.#wire.request({
      method: 'PUT',
      path: `${runPath(run)}/status`,
      query: { status: 'deleted' },
      json: { all_runs: false, workspace: true },
      repeatable: false,
      signal: this.#signal,
    });
  }

  /** Names of the user's secrets and their types (`env` or `file`). */
  secrets(): Promise<ReadonlyMap<string, string>> {
    return this.#wire.json({ method: 'GET', path: '/api/secrets', ...this.#read() }, readSecretNames);
  }

  /** Adds secrets. Those that exist are replaced, or kept as they are.
   *  @returns names that were kept */
  async addSecrets(
    secrets: ReadonlyMap<string, ReanaSecretValue>,
    existing: 'replace' | 'keep',
  ): Promise<readonly string[]> {
    for (let attempt = 1; ; attempt++) {
      const known = existing === 'keep' ? await this.secrets() : new Map<string, string>();
      const kept = [...secrets.keys()].filter((name) => known.has(name));
      const added = [...secrets].filter(([name]) => !known.has(name));
      if (added.length === 0) return kept;
      const answer = await this.#wire.request({
        method: 'POST',
        path: '/api/secrets/',
        query: { overwrite: existing === 'replace' ? 'true' : 'false' },
        json: Object.fromEntries(
          added.map(([name, { type, value }]) => [name, { value: value.reveal(), type }]),
        ),
        // Twice is the same as once: a repeat that finds its own work done is told so by 409.
        repeatable: true,
        // Another process may have added one of them in between; nothing was stored then.
        understood: attempt < 3 ? [409] : [],
        signal: this.#signal,
      });
      if (answer.status !== 409) return kept;
    }
  }

  /** Parameters in the specification that the server keeps for a run. */
  storedParameters(run: string): Promise<Readonly<Record<string, unknown>>> {
    return this.#wire.json(
      { method: 'GET', path: `${runPath(run)}/specification`, ...this.#read() },
      readStoredParameters,
    );
  }

  #read(): { readonly repeatable: true; readonly signal: AbortSignal | undefined } {
    return { repeatable: true, signal: this.#signal };
  }
}

const runPath = (run: string): string => `/api/workflows/${encodeURIComponent(run)}`;

/** Segment by segment: a raw `#` or `%` would end or change the path. */
const encodePath = (name: string): string => name.split('/').map(encodeURIComponent).join('/');

const baseName = (run: RunState): string => run.name.slice(0, run.name.indexOf('.'));
