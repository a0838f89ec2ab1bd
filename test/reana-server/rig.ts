// The embedded REANA behind a real port, on a real disk, with a way to kill and reopen its engine.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../src/base/clock.ts';
import { Secret } from '../../src/base/secret.ts';
import type { EngineEvent } from '../../src/engine/events.ts';
import { EmbeddedReana } from '../../src/engine/reana/engine.ts';
import type { EmbeddedReanaOptions } from '../../src/engine/reana/options.ts';
import { openDatabase } from '../../src/engine/store/database.ts';
import type { Database } from '../../src/engine/store/database.ts';
import { createHttpClient } from '../../src/http/client.ts';
import type { HttpClient } from '../../src/http/client.ts';
import { registerReanaFace } from '../../src/server/reana/face.ts';
import type { ReanaLimits } from '../../src/server/reana/limits.ts';

export const token = new Secret('token-of-the-tests');

export const realClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (delayMs, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const timer = setTimeout(resolve, delayMs);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      });
    }),
};

export const httpClient = (): HttpClient =>
  createHttpClient({ clock: realClock, userAgent: 'pchain-test', tls: { verify: true } });

export interface EngineRig {
  readonly directory: string;
  engine: EmbeddedReana;
  readonly events: EngineEvent[];
  /** As after `kill -9` of the engine alone: its processes go on, secrets are gone. */
  reopen(): void;
  /** From now on it is this moment for the engine, until the next call. */
  moveTime(nowMs: number): void;
  /** From now on nothing can be stored. */
  breakDatabase(): void;
  /** What the engine could not cope with. */
  readonly fatal: unknown[];
  close(): void;
}

export function engineRig(
  maxRuns = 2,
  more: Partial<Pick<EmbeddedReanaOptions, 'environment' | 'containers' | 'weather'>> = {},
): EngineRig {
  const directory = mkdtempSync(join(tmpdir(), 'pchain-reana-'));
  const events: EngineEvent[] = [];
  const fatal: unknown[] = [];
  let database: Database;
  let isBroken = false;
  let movedMs: number | undefined;
  const open = (): EmbeddedReana => {
    database = openDatabase(join(directory, 'engine.db'));
    return new EmbeddedReana({
      database,
      directory: join(directory, 'runs'),
      clock: { ...realClock, nowMs: () => movedMs ?? Date.now() },
      newId: randomUUID,
      environment: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LANG: 'C.UTF-8' },
      maxRuns,
      cores: 2,
      ...more,
      recordEvent: (event) => events.push(event),
      onFatal: (thrown) => fatal.push(thrown),
    });
  };
  const rig: EngineRig = {
    directory,
    engine: open(),
    events,
    fatal,
    moveTime(nowMs) {
      movedMs = nowMs;
    },
    breakDatabase() {
      database.close();
      isBroken = true;
    },
    reopen() {
      rig.engine.close();
      if (!isBroken) database.close();
      isBroken = false;
      rig.engine = open();
    },
    close() {
      for (const run of rig.engine.runs()) rig.engine.stopRun(run.id);
      rig.engine.close();
      database.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return rig;
}

export interface FaceRig extends EngineRig {
  readonly url: string;
  /** `METHOD path` of every request, without query. */
  readonly requests: string[];
  readonly app: FastifyInstance;
  stop(): Promise<void>;
}

/** The face asks for the engine at each request, so it survives `reopen`. */
export async function faceRig(
  prepare?: (app: FastifyInstance) => void,
  limits?: ReanaLimits,
  clock: Clock = realClock,
): Promise<FaceRig> {
  const rig = engineRig();
  const app = fastify();
  const requests: string[] = [];
  app.addHook('onRequest', (request, _reply, done) => {
    requests.push(`${request.method} ${request.url.split('?')[0] ?? ''}`);
    done();
  });
  prepare?.(app);
  registerReanaFace(app, {
    engine: new Proxy(rig.engine, {
      get: (_target, name) => {
        const value: unknown = Reflect.get(rig.engine, name, rig.engine);
        return typeof value === 'function' ? (value.bind(rig.engine) as unknown) : value;
      },
    }),
    clock,
    limits,
    newId: randomUUID,
    authorise: (given) => (given === token.reveal() ? { user: 'jane' } : undefined),
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  return Object.assign(rig, {
    url: `http://127.0.0.1:${port}`,
    requests,
    app,
    async stop() {
      app.server.closeAllConnections();
      await app.close();
      rig.close();
    },
  });
}

/** Waits until `done`, asking often; fails after 20 s with what was waited for. */
export async function until(what: string, done: () => boolean, limitMs = 20_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!done()) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await realClock.sleep(10);
  }
}

/** A serial specification as a server gets it. */
export function serialSpec(
  steps: readonly { name?: string; commands: readonly string[] }[],
  more: { parameters?: Record<string, unknown>; outputs?: readonly string[] } = {},
): object {
  return {
    inputs: { parameters: more.parameters ?? {} },
    workflow: {
      type: 'serial',
      specification: { steps: steps.map((step) => ({ environment: 'python:3.12', ...step })) },
    },
    outputs: { files: more.outputs ?? [] },
  };
}
