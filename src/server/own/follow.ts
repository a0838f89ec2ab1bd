// Long polling: hold the answer until something happened, the time is over, or nobody listens any more.
import type { RequestId } from '../../base/names.ts';
import type { NumberedEvent } from '../../engine/events.ts';
import type { ServerParts } from '../parts.ts';

/** The most events in one answer; the rest comes with the next call. */
const eventsPerAnswer = 1000;

/** The longest a call is held, in milliseconds. */
export const longestWaitMs = 30_000;

/** The events of a request after number `after`, at least one unless the time ran out.
 *  @param waitMs how long to wait for the first one; 0 answers at once
 *  @param signal ends the waiting early, with what there is */
export async function eventsWithin(
  parts: Pick<ServerParts, 'engine' | 'clock'>,
  requestId: RequestId,
  after: number,
  waitMs: number,
  signal: AbortSignal,
): Promise<readonly NumberedEvent[]> {
  const { engine, clock } = parts;
  const read = (): readonly NumberedEvent[] => engine.eventsAfter(after, requestId).slice(0, eventsPerAnswer);
  const deadlineMs = clock.monotonicMs() + Math.min(waitMs, longestWaitMs);
  for (;;) {
    const change = nextChange(parts);
    try {
      const events = read();
      const leftMs = deadlineMs - clock.monotonicMs();
      if (events.length > 0 || leftMs <= 0 || signal.aborted) return events;
      await firstOf(change.happened, leftMs, parts, signal);
    } finally {
      change.stop();
    }
  }
}

/** Listens before the events are read, so that none can slip between reading and waiting. */
function nextChange({ engine }: Pick<ServerParts, 'engine'>): { happened: Promise<void>; stop: () => void } {
  let stop = (): void => undefined;
  const happened = new Promise<void>((resolve) => {
    stop = engine.subscribe(() => resolve());
  });
  return { happened, stop };
}

async function firstOf(
  happened: Promise<void>,
  leftMs: number,
  { clock }: Pick<ServerParts, 'clock'>,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const timeOrEnd = clock.sleep(leftMs, AbortSignal.any([signal, over.signal])).catch(() => undefined);
  await Promise.race([happened, timeOrEnd]);
  over.abort();
  await timeOrEnd;
}
