// A request and its answer, as the rooms above write and read them.
import type { Secret } from '../base/secret.ts';
import type { HttpBody } from './body.ts';
import type { TakeChunk } from './direct-request.ts';
import type { Pace } from './pace.ts';
import type { RetryPolicy } from './retry-policy.ts';
import type { SavedFile, SaveTarget } from './save.ts';

export interface Timeouts {
  /** For look-up, connection and TLS handshake, each. */
  readonly connectMs: number;
  /** An answer that has not begun after this time is mentioned. */
  readonly noticeMs: number;
  /** Longest silence, also the one before an answer begins. */
  readonly idleMs: number;
  /** One try from its start to the last byte; `undefined`: as long as bytes arrive. */
  readonly tryMs: number | undefined;
  /** All tries and pauses together. */
  readonly callMs: number;
}

export const defaultTimeouts: Timeouts = {
  connectMs: 15_000,
  noticeMs: 10_000,
  idleMs: 60_000,
  tryMs: 120_000,
  callMs: 300_000,
};

export interface Progress {
  readonly direction: 'up' | 'down';
  readonly doneBytes: number;
  /** `undefined` when the other side did not say. */
  readonly totalBytes: number | undefined;
}

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** `http:` or `https:`, without credentials in it. */
  readonly url: string | URL;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as `Authorization: Bearer`, and to no other host. */
  readonly token?: Secret | undefined;
  readonly body?: HttpBody | undefined;
  /** True when sending it twice does no harm; without it the request is sent once. */
  readonly repeatable?: boolean;
  readonly timeouts?: Partial<Timeouts>;
  readonly retry?: Partial<Omit<RetryPolicy, 'repeatable' | 'callMs'>>;
  /** Statuses that are answers, not errors; without it 200 to 299. */
  readonly expect?: readonly number[];
  readonly signal?: AbortSignal | undefined;
  /** Largest body that is taken into memory, unpacked; 64 MiB without it. */
  readonly maxAnswerBytes?: number;
  /** The body goes to this file instead of memory. */
  readonly saveTo?: SaveTarget;
  /** The body goes there chunk by chunk instead of memory. Called when an answer with status 200 begins, and again for
   *  the next one when it breaks off. What it gives may throw `Enough`. */
  readonly receive?: ((headers: HttpAnswer['headers']) => TakeChunk) | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Keeps the request behind others to the same server once that has said 429. */
  readonly pace?: Pace | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; repeated headers joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Unpacked; empty when it was saved to a file or received in chunks. */
  readonly body: Buffer;
  /** `POST https://host/path`: how messages name the request. */
  readonly name: string;
  readonly saved: SavedFile | undefined;
}
