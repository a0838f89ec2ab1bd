// What the doctor learns from the servers: whether they answer, what they speak, and what time it is there.
import { PchainError, RemoteError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import type { HttpClient } from '../../http/client.ts';
import type { Settings } from '../../settings/settings.ts';
import { bad, fine, warning } from './check.ts';
import type { DoctorCheck } from './check.ts';

/** How long a server may take. */
export const serverLimitMs = 5_000;

const anyStatus = Array.from({ length: 500 }, (_, index) => 100 + index);

export interface ServerAnswer {
  readonly check: DoctorCheck;
  /** How far the server's clock is ahead of ours; `undefined`: it did not say. */
  readonly skewMs: number | undefined;
}

/** @param url `https://host:port/path`: any answer will do, so nothing secret is sent */
export async function serverCheck(
  http: HttpClient,
  place: { readonly id: string; readonly title: string; readonly url: string },
  clock: { readonly nowMs: () => number },
  signal: AbortSignal,
): Promise<ServerAnswer> {
  const { id, title, url } = place;
  const { host } = new URL(url);
  try {
    const beganMs = clock.nowMs();
    const answer = await http.request({
      method: 'GET',
      url,
      expect: anyStatus,
      maxAnswerBytes: 1_000_000,
      signal: AbortSignal.any([signal, AbortSignal.timeout(serverLimitMs)]),
    });
    const nowMs = clock.nowMs();
    const serverMs = Date.parse(answer.headers['date'] ?? '');
    // The server's second began up to a second ago, and its answer has travelled.
    const skewMs = Number.isNaN(serverMs) ? undefined : serverMs + 500 - (beganMs + nowMs) / 2;
    const took = `answers within ${Math.max(1, Math.round(nowMs - beganMs))} ms`;
    return { check: fine(id, title, `${host} ${took}`), skewMs };
  } catch (thrown) {
    return { check: unanswered(thrown, { id, title, host }, signal), skewMs: undefined };
  }
}

/** Which of its protocols a REANA server speaks, by what it says it can do. */
export async function reanaProtocol(
  http: HttpClient,
  server: string,
  signal: AbortSignal,
): Promise<DoctorCheck> {
  const [id, title] = ['reana-server', 'REANA server'] as const;
  const { host } = new URL(server);
  const limited = AbortSignal.any([signal, AbortSignal.timeout(serverLimitMs)]);
  try {
    const { reanaGeneration } = await import('../../reana/protocol/generation.ts');
    const found = await reanaGeneration(http, server, limited);
    return fine(id, title, `${host}: ${found.words}`);
  } catch (thrown) {
    return unanswered(thrown, { id, title, host }, signal);
  }
}

/** @throws what is our own bug, and the user's wish to stop */
function unanswered(
  thrown: unknown,
  place: { readonly id: string; readonly title: string; readonly host: string },
  signal: AbortSignal,
): DoctorCheck {
  if (!(thrown instanceof PchainError) || signal.aborted) throw thrown;
  const late = `${place.host} does not answer within ${serverLimitMs / 1000} s`;
  const message = thrown instanceof RemoteError ? thrown.message : late;
  return bad(place.id, place.title, { message, hint: thrown.hint }, ExitCode.remote);
}

const noticedMs = 30_000;
const refusedMs = 5 * 60_000;

/** Clocks that differ make good tokens look expired, or from the future. */
export function clockCheck(skewMs: number | undefined, settings: Settings): DoctorCheck {
  const [id, title] = ['clock', 'clock'] as const;
  if (skewMs === undefined) {
    const why =
      settings.server.value.kind === 'local' ? 'no server to compare it with' : 'the server told no time';
    return fine(id, title, `not compared: ${why}`, 'info');
  }
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  if (Math.abs(skewMs) < noticedMs)
    return fine(id, title, `within ${Math.max(1, seconds)} s of the server's`);
  const message = `this machine is ${seconds} s ${skewMs > 0 ? 'behind' : 'ahead of'} the server`;
  const hint = 'set the clock, or let the system do it (`timedatectl set-ntp true`)';
  return Math.abs(skewMs) < refusedMs
    ? warning(id, title, message, hint)
    : bad(id, title, { message: `${message}, so it takes good tokens for bad ones`, hint }, ExitCode.auth);
}
