// Receiving a file, or the rest of one that an earlier try has begun.
import type { EachChunk } from './direct-request.ts';
import type { ReadyRequest } from './open-exchange.ts';
import { discardPart, finishPart, writePart, type SaveTarget, type Verdict } from './save.ts';
import { isSmall, saveSmall } from './save-small.ts';
import { answerOf, failed, type TryOutcome } from './try-outcome.ts';

/** How much more of a file makes it worth telling. */
const progressBytes = 1 << 20;

/** An answer whose body is a file, or the rest of one. */
export interface Incoming {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly offset: number;
  readonly each: EachChunk;
  readonly count: (bytes: number) => number;
}

/** Saves the body, checks it, and gives it its name.
 *  @throws LocalError when the disk refuses; errors of the connection as they are */
export async function receiveFile(
  request: ReadyRequest,
  target: SaveTarget,
  incoming: Incoming,
): Promise<TryOutcome> {
  const start = incoming.status === 206 ? rangeStart(incoming.headers['content-range']) : 0;
  if (start !== incoming.offset && start !== 0) {
    await discardPart(target);
    const words = 'the server sent another range than was asked for';
    return failed({ reason: 'damaged', reached: 'answered', words }, incoming.status);
  }
  const total = totalOf(incoming.headers);
  const wholeBytes = target.sizeBytes ?? (total === undefined ? undefined : start + total);
  let done = start;
  let toldBytes = start;
  const onBytes = (bytes: number): void => {
    incoming.count(bytes);
    done += bytes;
    // Thousands of chunks a second are no news each.
    if (wholeBytes !== undefined && done !== wholeBytes && done - toldBytes < progressBytes) return;
    toldBytes = done;
    request.onProgress?.({ direction: 'down', doneBytes: done, totalBytes: wholeBytes });
  };
  if (isSmall(target))
    return savedOutcome(request, await saveSmall(target, incoming.each, onBytes), incoming);
  await writePart(target, start, incoming.each, onBytes);
  return savedOutcome(request, await finishPart(target), incoming);
}

export function savedOutcome(
  request: ReadyRequest,
  verdict: Verdict,
  { status, headers }: Pick<Incoming, 'status' | 'headers'>,
): TryOutcome {
  if (!verdict.ok) {
    return failed({ reason: verdict.reason, reached: 'answered', words: verdict.words }, status);
  }
  return answerOf(request, { status, headers, saved: verdict.file });
}

/** First byte of a `Content-Range: bytes 5-9/10`; -1 when it is not of that form. */
function rangeStart(header: string | undefined): number {
  const start = /^bytes (\d+)-\d+\/(?:\d+|\*)$/.exec(header ?? '')?.[1];
  return start === undefined ? -1 : Number(start);
}

/** Bytes of a body, as announced. */
export function totalOf(headers: Readonly<Record<string, string>>): number | undefined {
  // The length of a packed body says nothing about what is counted here.
  if (headers['content-encoding'] !== undefined) return undefined;
  const length = headers['content-length'];
  return length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined;
}
