// Not giving up because a server is away for a while.
import { HttpFailure } from '../../http/http-failure.ts';
import type { Host } from '../host.ts';

/** Whether no server was reached, or only something in front of it, rather than the request being refused. */
export function isLost(thrown: unknown): boolean {
  return thrown instanceof HttpFailure && (thrown.reached !== 'answered' || (thrown.status ?? 0) >= 502);
}

const firstPauseMs = 1_000;
const longestPauseMs = 30_000;
/** A payload that gave up would throw hours of work away; after so long, waiting does not help. */
const patienceMs = 60 * 60_000;

/** Runs `work`, and inside of a job, where nobody can type the command again, runs it anew for up to an hour while the
 *  server is away. Everywhere else the first failure counts. */
export async function persistently<Result>(host: Host, work: () => Promise<Result>): Promise<Result> {
  const startedMs = host.clock.monotonicMs();
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 1.5)) {
    try {
      return await work();
    } catch (thrown) {
      const over = host.clock.monotonicMs() - startedMs > patienceMs;
      if (!isInsideJob(host) || over || !isLost(thrown) || host.signal.aborted) throw thrown;
      host.terminal.say('the server does not answer; trying again');
      await host.clock.sleep(pauseMs, host.signal);
    }
  }
}

/** PanDA gives its jobs a number, REANA its steps the name of their run. */
function isInsideJob(host: Host): boolean {
  return host.env['PandaID'] !== undefined || host.env['REANA_WORKFLOW_UUID'] !== undefined;
}
