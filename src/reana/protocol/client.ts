// REANA's operations, one method each, in both protocols: 0.9 takes a specification as JSON, 0.95 as a bundle of its files.
import { AuthError } from '../../base/errors.ts';
import { parseJson } from '../../http/client.ts';
import { pythonJson } from '../../reanaspec/python-json.ts';
import {
  readCreated,
  readLogs,
  readParameters,
  readRuns,
  readSessionPath,
  readStarted,
  readState,
  readStoredSpecification,
} from './answers.ts';
import type { CreatedRun, RemotePage, RunLogs, RunState, StoredSpecification } from './answers.ts';
import type { Bundle } from '../bundle.ts';
import { multipart } from './multipart.ts';
import { pages } from './pages.ts';
import { SecretCalls } from './secret-calls.ts';
import { readFacts, readSignedIn } from './server-answers.ts';
import type { ClusterFact, Protocol, SignedIn } from './server-answers.ts';
import { isLost, ReanaWire } from './wire.ts';
import type { WireSetup } from './wire.ts';
import { baseName, runPath, Workspaces } from './workspaces.ts';

export interface ListOptions {
  /** Runs of this name only. */
  readonly name?: string | undefined;
  /** All but deleted ones without it. */
  readonly statuses?: readonly string[] | undefined;
  /** At most so many runs, newest first; 100 without it. */
  readonly limit?: number | undefined;
  /** `interactive`: runs with an open session. */
  readonly type?: 'batch' | 'interactive' | undefined;
  /** Progress and size of each run cost the server much, so they are asked for only when they are shown. */
  readonly withProgress?: boolean | undefined;
  readonly withSize?: boolean | undefined;
}

/** A specification, ready for one of the protocols. */
export type LoadedSpecification =
  | { readonly protocol: 'json'; readonly document: unknown }
  | { readonly protocol: 'bundle'; readonly bundle: Bundle };

export interface StartOptions {
  /** Replace values of the specification. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Operational options, such as `CACHE`. */
  readonly options: Readonly<Record<string, unknown>>;
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

const runsPerPage = 100;
const liveStatuses = ['created', 'queued', 'pending', 'running', 'finished', 'failed', 'stopped'];

/** Every method takes a run as UUID, `name` (its latest run) or `name.number`, and throws as `ReanaWire.request`. */
export class ReanaClient {
  /** Files of runs. */
  readonly workspaces: Workspaces;
  readonly secrets: SecretCalls;
  readonly #wire: ReanaWire;
  readonly #signal: AbortSignal | undefined;

  /** @param signal ends every request of this client
   *  @throws UsageError when the address of the server is not one */
  constructor(setup: WireSetup, signal?: AbortSignal) {
    this.#wire = new ReanaWire(setup);
    this.#signal = signal;
    this.workspaces = new Workspaces(this.#wire, signal);
    this.secrets = new SecretCalls(this.#wire, signal);
  }

  /** The address, without credentials. */
  get server(): string {
    return this.#wire.server;
  }

  /** True for a server on this machine. */
  get isLocal(): boolean {
    return this.#wire.isLocal;
  }

  /** What the server can do. Needs no token. */
  protocol(): Promise<Protocol> {
    return this.#wire.protocol(this.#signal);
  }

  /** Who the token belongs to, and what they have used. */
  ping(): Promise<SignedIn> {
    return this.#wire.json({ method: 'GET', path: '/api/you', ...this.#read() }, readSignedIn);
  }

  /** What the cluster offers and limits. */
  info(): Promise<readonly ClusterFact[]> {
    return this.#wire.json({ method: 'GET', path: '/api/info', ...this.#read() }, readFacts);
  }

  /** Makes a run. Sent once: after a lost answer nobody knows whether there is one. */
  create(name: string, specification: LoadedSpecification): Promise<CreatedRun> {
    return this.#wire.json(
      {
        method: 'POST',
        path: '/api/workflows',
        query: { workflow_name: name },
        ...(specification.protocol === 'json'
          ? { json: specification.document }
          : {
              form: multipart([
                { name: 'bundle', fileName: 'validation-bundle.zip', content: specification.bundle.zip },
              ]),
            }),
        repeatable: false,
        signal: this.#signal,
      },
      readCreated,
    );
  }

  /** Starts a run that was not started before; a run that is under way or over is left as it is. When the answer is
   *  lost, the status tells whether the server heard; a second start can do no harm, because it is refused.
   *  @returns false when it was not to be started any more */
  async start(run: string, given: StartOptions): Promise<boolean> {
    if ((await this.status(run)).status !== 'created') return false;
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await this.#wire.request({
          method: 'POST',
          path: `${runPath(run)}/start`,
          json: { input_parameters: given.parameters, operational_options: given.options },
          repeatable: false,
          signal: this.#signal,
        });
        parseJson(answer, () => undefined);
        return true;
      } catch (error) {
        const mayHaveStarted = isLost(error) || error instanceof AuthError;
        if (mayHaveStarted && (await this.status(run)).status !== 'created') return true;
        if (!isLost(error) || attempt >= 3) throw error;
      }
    }
  }

  /** Runs a finished or failed run once more in the same workspace. Sent once.
   *  @param replacement another specification: its text for servers that take bundles, else the loaded document */
  restart(
    run: string,
    given: StartOptions,
    replacement?: { readonly text: string } | { readonly document: unknown },
  ): Promise<{ readonly id: string; readonly name: string }> {
    const values = { input_parameters: given.parameters, operational_options: given.options };
    const isText = replacement !== undefined && 'text' in replacement;
    return this.#wire.json(
      {
        method: 'POST',
        path: `${runPath(run)}/${isText ? 'restart' : 'start'}`,
        ...(isText
          ? {
              form: multipart([
                { name: 'parameters', content: pythonJson(values) },
                { name: 'replacement', fileName: 'reana.yaml', content: replacement.text },
              ]),
            }
          : {
              json: {
                ...values,
                restart: true,
                ...(replacement === undefined ? {} : { reana_specification: replacement.document }),
              },
            }),
        repeatable: false,
        signal: this.#signal,
      },
      readStarted,
    );
  }

  status(run: string): Promise<RunState> {
    return this.#wire.json({ method: 'GET', path: `${runPath(run)}/status`, ...this.#read() }, readState);
  }

  /** The status, as soon as it is another one than at `known`, the mark of an earlier answer. Only a server of pchain's
   *  own waits for that, a few seconds at most; any other answers at once.
   *  @param tries `once`: whoever asks tries again by itself */
  async news(
    run: string,
    known: string | undefined,
    tries: 'patiently' | 'once' = 'patiently',
  ): Promise<News> {
    const read = { ...this.#read(), repeatable: tries === 'patiently' };
    const question = { method: 'GET', path: `${runPath(run)}/status`, ...read } as const;
    if (!this.isLocal) {
      const state = await this.#wire.json(question, readState);
      return { state, mark: undefined, isPrompt: false };
    }
    const answer = await this.#wire.request({
      ...question,
      headers: {
        prefer: `wait=${newsWaitSeconds}`,
        ...(known === undefined ? {} : { 'if-none-match': known }),
      },
      understood: [304],
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
    const read = (page: number): Promise<RemotePage<RunState>> => {
      const query: Record<string, string> = {
        type: options.type ?? 'batch',
        verbose: 'false',
        page: String(page),
        size: String(Math.min(runsPerPage, options.name === undefined ? limit : runsPerPage)),
        status: (options.statuses ?? liveStatuses).join(','),
      };
      if (options.withProgress === true) query['include_progress'] = 'true';
      if (options.withSize === true) query['include_workspace_size'] = 'true';
      if (options.name !== undefined) query['search'] = JSON.stringify({ name: [options.name] });
      return this.#wire.json({ method: 'GET', path: '/api/workflows', query, ...this.#read() }, readRuns);
    };
    const runs: RunState[] = [];
    for await (const page of pages(read, ({ id }) => id)) {
      // The search of the server also finds names that only contain the text.
      runs.push(...page.filter((run) => options.name === undefined || baseName(run.name) === options.name));
      if (runs.length >= limit) break;
    }
    return runs.slice(0, limit);
  }

  /** Ends a run that is running.
   *  @throws RemoteError when it is not running */
  async stop(run: string): Promise<void> {
    // Later servers refuse unknown keys, so nothing is sent that not all of them know.
    await this.#setStatus(run, 'stop', {});
  }

  /** Deletes a run that is not running, with its workspace; or all runs of its name. */
  async delete(run: string, isAllRuns = false): Promise<void> {
    await this.#setStatus(run, 'deleted', { all_runs: isAllRuns, workspace: true });
  }

  /** Opens an interactive session on the workspace of a run.
   *  @returns its path on the server */
  openSession(run: string, kind: string): Promise<string> {
    return this.#wire.json(
      {
        method: 'POST',
        path: `${runPath(run)}/open/${encodeURIComponent(kind)}`,
        json: {},
        repeatable: false,
        signal: this.#signal,
      },
      readSessionPath,
    );
  }

  /** The specification that the server keeps for a run. */
  storedSpecification(run: string): Promise<StoredSpecification> {
    return this.#wire.json(
      { method: 'GET', path: `${runPath(run)}/specification`, ...this.#read() },
      readStoredSpecification,
    );
  }

  /** The parameters that a run has, with their values. */
  parameters(run: string): Promise<Readonly<Record<string, unknown>>> {
    return this.#wire.json(
      { method: 'GET', path: `${runPath(run)}/parameters`, ...this.#read() },
      readParameters,
    );
  }

  async #setStatus(run: string, status: string, json: object): Promise<void> {
    await this.#wire.request({
      method: 'PUT',
      path: `${runPath(run)}/status`,
      query: { status },
      json,
      repeatable: false,
      signal: this.#signal,
    });
  }

  #read(): { readonly repeatable: true; readonly signal: AbortSignal | undefined } {
    return { repeatable: true, signal: this.#signal };
  }
}
