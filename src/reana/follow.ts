// Waiting for a run. One failed question does not end it: the run goes on whether we can see it or not.
import type { Clock } from '../base/clock.ts';
import { messageOf, RemoteError } from '../base/errors.ts';
import { isFinalStatus } from './protocol/answers.ts';
import type { RunState } from './protocol/answers.ts';
import type { ReanaClient } from './protocol/client.ts';
import { Silence } from './silence.ts';

export interface Follower {
  /** Called for each change of status or of the number of finished jobs. */
  readonly onState: (state: RunState) => unknown;
  /** Called when the server did not answer; `sinceMs` is how long that has been so. */
  readonly onSilence: (sinceMs: number, reason: string) => void;
  /** Called when it answers again. */
  readonly onAnswer?: (() => void) | undefined;
  /** Called after each question without answer: brings a server back that nobody else would start again. */
  readonly revive?: (() => Promise<void>) | undefined;
  /** Called from time to time while a run on this machine does not move: a server that was started again may have
   *  forgotten what it kept in memory only. */
  readonly onStandstill?: (() => Promise<void>) | undefined;
}

/** A pause of this length means that nothing has moved for a few questions. */
const standstillMs = 1000;

/** Asks for the status until the run is over. pchain's own server answers as soon as something changes; for others the
 *  pause grows from 1 s to 30 s (from 0.2 s to 2 s on this machine) and starts again with every change.
 *  @throws RemoteError after an hour without answer · what `revive` throws · AuthError · UsageError when the run is gone · Interrupted */
export async function followRun(
  client: ReanaClient,
  run: string,
  clock: Clock,
  follower: Follower,
  signal: AbortSignal | undefined,
): Promise<RunState> {
  const firstMs = client.isLocal ? 200 : 1000;
  const longestMs = client.isLocal ? 2000 : 30_000;
  let pauseMs = firstMs;
  let shown = '';
  const silence = new Silence(clock);
  let mark: string | undefined;
  for (;;) {
    try {
      const news = await client.news(run, mark, silence.lasts ? 'once' : 'patiently');
      if (silence.lasts) follower.onAnswer?.();
      silence.end();
      mark = news.mark;
      const { state } = news;
      const summary = state === undefined ? shown : summaryOf(state);
      if (state !== undefined && summary !== shown) {
        shown = summary;
        pauseMs = firstMs;
        await follower.onState(state);
      }
      if (state !== undefined && isFinalStatus(state.status)) return state;
      const standsStill = news.isPrompt ? state === undefined : client.isLocal && pauseMs >= standstillMs;
      if (standsStill) await follower.onStandstill?.();
      if (news.isPrompt) continue;
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
      mark = undefined;
      follower.onSilence(silence.goesOn(error), messageOf(error));
      await follower.revive?.();
    }
    await clock.sleep(pauseMs, signal);
    pauseMs = Math.min(longestMs, Math.round(pauseMs * 1.5));
  }
}

const summaryOf = ({ status, jobsFinished, jobsFailed, currentStep }: RunState): string =>
  `${status} ${jobsFinished} ${jobsFailed} ${currentStep ?? ''}`;
