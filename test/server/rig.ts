// A served rig engine on a real port, in a directory of its own.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Secret } from '../../src/base/secret.ts';
import type { Clock } from '../../src/base/clock.ts';
import { serve, type RunningServer, type ServeOptions } from '../../src/server/serve.ts';
import { EngineRig } from '../rigs/engine.ts';

export const rigToken = 'rig-token-0123456789abcdef';

export interface ServerRig {
  readonly engine: EngineRig;
  readonly clock: HandClock;
  readonly directory: string;
  readonly url: string;
  readonly lines: string[];
  readonly shutdowns: () => number;
  readonly server: RunningServer;
  /** Fetches with the token. */
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  post(path: string, body?: RequestInit['body'], headers?: Record<string, string>): Promise<Response>;
  /** POST of JSON to API v1; gives the envelope. */
  v1(path: string, body: unknown): Promise<Envelope>;
  legacyForm(method: string, fields: Record<string, string>): Promise<unknown>;
  legacyGzip(method: string, fields: unknown): Promise<unknown>;
  upload(name: string, bytes: Uint8Array): Promise<Envelope>;
  close(): Promise<void>;
}

export interface Envelope {
  readonly success: boolean;
  readonly message: string;
  readonly data: unknown;
}

export async function serverRig(options: Partial<ServeOptions> = {}): Promise<ServerRig> {
  const parent = mkdtempSync(join(tmpdir(), 'pchain-server-'));
  const directory = join(parent, 'data');
  mkdirSync(directory);
  const clock = new HandClock();
  const engine = new EngineRig(() => clock.nowMs());
  const lines: string[] = [];
  let shutdowns = 0;
  const server = await serve({
    engine,
    token: new Secret(rigToken),
    userName: 'Alice Example',
    nickname: 'alice',
    dataDirectory: directory,
    clock,
    version: '0.0.0-test',
    log: (line) => lines.push(line),
    shutdown: () => (shutdowns += 1),
    pid: 4711,
    ...options,
  });
  const { url } = server;
  const authorization = `Bearer ${rigToken}`;
  const get: ServerRig['get'] = (path, headers = {}) =>
    fetch(`${url}${path}`, { headers: { authorization, ...headers } });
  const post: ServerRig['post'] = (path, body, headers = {}) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { authorization, ...headers },
      ...(body === undefined ? {} : { body }),
    });
  const envelope = async (response: Response): Promise<Envelope> => (await response.json()) as Envelope;
  return {
    engine,
    clock,
    directory,
    url,
    lines,
    shutdowns: () => shutdowns,
    server,
    get,
    post,
    v1: async (path, body) =>
      envelope(
        await post(`/api/v1/${path}`, JSON.stringify(body), {
          'content-type': 'application/json',
          accept: 'application/json',
        }),
      ),
    legacyForm: async (method, fields) =>
      (await post(`/server/panda/${method}`, new URLSearchParams(fields))).json(),
    legacyGzip: async (method, fields) =>
      (
        await post(`/server/panda/${method}`, gzipSync(JSON.stringify(fields)), {
          'content-type': 'application/json',
        })
      ).json(),
    upload: async (name, bytes) => {
      const form = new FormData();
      form.append('file', new Blob([Uint8Array.from(bytes)], { type: 'application/octet-stream' }), name);
      return envelope(await post('/api/v1/file_server/upload_cache_file', form));
    },
    close: async () => {
      await server.close();
      rmSync(parent, { recursive: true, force: true });
    },
  };
}

/** A clock that stands still until a test moves it; sleepers wake when their time has come. */
export class HandClock implements Clock {
  #nowMs = Date.UTC(2026, 10, 20, 20, 48, 26, 722);
  #passedMs = 0;
  readonly #sleepers = new Set<{ readonly atMs: number; readonly wake: () => void }>();

  nowMs(): number {
    return this.#nowMs + this.#passedMs;
  }

  monotonicMs(): number {
    return this.#passedMs;
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const refuse = (): void => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
      };
      const sleeper = {
        atMs: this.#passedMs + delayMs,
        wake: () => {
          signal?.removeEventListener('abort', refuse);
          resolve();
        },
      };
      if (signal?.aborted === true) {
        refuse();
        return;
      }
      signal?.addEventListener('abort', refuse, { once: true });
      this.#sleepers.add(sleeper);
    });
  }

  get sleepers(): number {
    return this.#sleepers.size;
  }

  advance(ms: number): void {
    this.#passedMs += ms;
    for (const sleeper of [...this.#sleepers]) {
      if (sleeper.atMs > this.#passedMs) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }
}

/** A sandbox name as clients make them, told apart by a number. */
export function sandboxName(number = 1): string {
  return `jobO.00000000-0000-4000-8000-${String(number).padStart(12, '0')}.tar.gz`;
}
