// A PanDA to talk to: a scripted server for the main address, another one for the cache.
import { Secret } from '../../src/base/secret.ts';
import { createHttpClient, type HttpClient } from '../../src/http/client.ts';
import { pandaServer, type PandaServer } from '../../src/panda/connection.ts';
import { scriptedServer, type ScriptedServer, type Step } from '../rigs/server.ts';
import { testClock } from '../http/test-clock.ts';

export const testToken = new Secret('test-token-of-alice');

export interface PandaRig {
  readonly panda: PandaServer;
  readonly main: ScriptedServer;
  readonly cache: ScriptedServer;
  readonly lines: readonly string[];
  /** Closes both, and fails when a script was not followed. */
  finish(): Promise<void>;
}

export async function pandaRig(main: readonly Step[], cache: readonly Step[] = []): Promise<PandaRig> {
  const lines: string[] = [];
  const servers = [await scriptedServer(main), await scriptedServer(cache)] as const;
  const panda = pandaServer({
    http: testHttp(lines),
    pandaUrlSsl: `${servers[0].origin}/server/panda`,
    pandaCacheUrl: `${servers[1].origin}/server/panda`,
    authVo: 'wlcg',
    token: () => Promise.resolve(testToken),
  });
  return {
    panda,
    main: servers[0],
    cache: servers[1],
    lines,
    async finish() {
      await Promise.all(servers.map((server) => server.finish()));
    },
  };
}

export function testHttp(lines: string[] = []): HttpClient {
  return createHttpClient({
    clock: testClock(),
    userAgent: 'pchain/test',
    log: (line) => lines.push(line),
    tls: { verify: true },
  });
}

/** What a promise was rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<Error & { hint?: string }> {
  try {
    await promise;
  } catch (thrown) {
    if (thrown instanceof Error) return thrown;
    throw new Error(`something was thrown that is no error: ${String(thrown)}`, { cause: thrown });
  }
  throw new Error('nothing was thrown');
}

/** Ports are different in every run. */
export const shown = (text: string): string => text.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST');
