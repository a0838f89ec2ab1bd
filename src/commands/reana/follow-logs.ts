// `pchain reana logs -f`: what the engine and the jobs of a run write, as it comes, until the run is over.
import { RemoteError, messageOf } from '../../base/errors.ts';
import { printable } from '../../base/text.ts';
import { isFinalStatus } from '../../reana/protocol/answers.ts';
import type { JobLog, RunLogs, RunState } from '../../reana/protocol/answers.ts';
import type { ReanaClient } from '../../reana/protocol/client.ts';
import { Silence } from '../../reana/silence.ts';
import type { Host } from '../host.ts';
import { SilenceVoice } from './silence-voice.ts';

export interface LogFollowing {
  readonly client: ReanaClient;
  readonly run: string;
  readonly host: Host;
  /** Starts the server of this machine again; `undefined` for any other. */
  readonly revive: (() => Promise<void>) | undefined;
  /** Gets every whole line once, with what wrote it. */
  readonly onLine: (title: string, line: string) => void;
  /** Jobs to be shown; all of them without it. */
  readonly steps: readonly string[];
}

const firstPauseMs = 1000;
const longestPauseMs = 10_000;

/** Follows until nothing can be added any more. A server that is away for a while does not end it.
 *  @returns the last state and all logs
 *  @throws RemoteError without any answer, and after an hour without another · AuthError · UsageError when the run is gone */
export async function followLogs(
  following: LogFollowing,
): Promise<{ readonly state: RunState; readonly logs: RunLogs }> {
  const { client, run, host, revive } = following;
  const silence = new Silence(host.clock);
  const voice = new SilenceVoice(host);
  const printer = new LinePrinter(following);
  const firstMs = client.isLocal ? firstPauseMs / 4 : firstPauseMs;
  let pauseMs = firstMs;
  for (let isFirst = true; ;) {
    try {
      // The status first: what is written after it is still caught by the next logs.
      const state = await client.status(run);
      const logs = await client.logs(state.id);
      silence.end();
      voice.end();
      const isOver = isFinalStatus(state.status);
      if (isFirst && !isOver) tellFirst(state, logs, host);
      isFirst = false;
      if (printer.print(logs, isOver)) pauseMs = firstMs;
      if (isOver) return { state, logs };
    } catch (error) {
      // Whoever has never answered may be no REANA at all.
      if (isFirst || !(error instanceof RemoteError)) throw error;
      silence.goesOn(error);
      voice.tell(messageOf(error));
      await revive?.();
    }
    await host.clock.sleep(pauseMs, host.signal);
    pauseMs = Math.min(client.isLocal ? firstPauseMs : longestPauseMs, pauseMs * 1.5);
  }
}

function tellFirst(state: RunState, logs: RunLogs, host: Host): void {
  if (logs.areLive === false)
    host.terminal.warn('this server shows the log of a job only when the job has ended');
  if (state.status === 'created') {
    host.terminal.say(
      `${state.name} is not started; \`pchain reana start -w ${state.name}\` in another window starts it`,
    );
  }
}

/** Knows what was printed. Jobs are told apart by their identifiers, since many may be of one step. */
class LinePrinter {
  readonly #following: LogFollowing;
  /** Identifier of a job, or empty for the engine, to the text of it that was printed: whole lines. */
  readonly #printed = new Map<string, string>();

  constructor(following: LogFollowing) {
    this.#following = following;
  }

  /** @param isOver a last line without its end is printed, too
   *  @returns whether there was anything to print */
  print(logs: RunLogs, isOver: boolean): boolean {
    const { steps } = this.#following;
    const shownJobs = logs.jobs.filter((job) => steps.length === 0 || steps.includes(job.step));
    let isNew = steps.length === 0 && this.#add('', 'engine', logs.workflow, isOver);
    for (const job of shownJobs) {
      isNew = this.#add(job.id, titleOf(job, shownJobs), job.log, isOver) || isNew;
    }
    return isNew;
  }

  #add(id: string, title: string, text: string, isOver: boolean): boolean {
    const before = this.#printed.get(id) ?? '';
    const whole = isOver ? text : text.slice(0, text.lastIndexOf('\n') + 1);
    // A text that does not go on where it was is another one.
    const added = whole.startsWith(before) ? whole.slice(before.length) : whole;
    this.#printed.set(id, whole);
    if (added.trim() === '') return false;
    for (const line of printable(added).trimEnd().split('\n')) this.#following.onLine(title, line);
    return true;
  }
}

function titleOf(job: JobLog, all: readonly JobLog[]): string {
  const isAlone = all.every((other) => other === job || other.step !== job.step);
  return isAlone ? `step ${job.step}` : `step ${job.step} (${job.id.slice(0, 8)})`;
}
