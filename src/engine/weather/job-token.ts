// The token of a job under weather: that of the server, with the terms of the weather sealed into it. The server keeps nothing, so
// tokens mean the same after a crash.
import { createHmac, timingSafeEqual } from 'node:crypto';
import * as v from 'valibot';
import { Secret } from '../../base/secret.ts';
import type { Weather } from './weather.ts';

const termsShape = v.object({
  /** When the token ends, in milliseconds since 1970. */
  ends: v.optional(v.number()),
  /** When the server answers 503: from, until. */
  outages: v.array(v.tuple([v.number(), v.number()])),
});
type Terms = v.InferOutput<typeof termsShape>;

const start = 'weather.';

/** @param own token of the server
 *  @returns the same where the weather leaves tokens and servers alone */
export function jobToken(
  own: Secret,
  weather: Weather | undefined,
  times: { readonly submittedMs: number; readonly startedMs: number },
): Secret {
  const { token_expiry: expiry, server_unavailable: outages } = weather ?? {};
  if (expiry === undefined && outages === undefined) return own;
  const terms: Terms = {
    ...(expiry === undefined ? {} : { ends: times.startedMs + expiry.after_seconds * 1000 }),
    outages: (outages ?? []).map((each): [number, number] => {
      const from = times.submittedMs + each.after_seconds * 1000;
      return [from, from + each.for_seconds * 1000];
    }),
  };
  const sealed = Buffer.from(JSON.stringify(terms)).toString('base64url');
  return new Secret(`${start}${sealed}.${sealOf(sealed, own)}`);
}

/** What a server makes of a token; `undefined`: it is none of these. */
export function judgeJobToken(
  given: string,
  own: Secret,
  nowMs: number,
): 'good' | 'ended' | 'unavailable' | undefined {
  if (!given.startsWith(start)) return undefined;
  const [sealed = '', seal = ''] = given.slice(start.length).split('.');
  const expected = Buffer.from(sealOf(sealed, own));
  if (seal.length !== expected.length || !timingSafeEqual(Buffer.from(seal), expected)) return undefined;
  const terms = v.parse(termsShape, JSON.parse(Buffer.from(sealed, 'base64url').toString('utf8')));
  if (terms.outages.some(([from, until]) => nowMs >= from && nowMs < until)) return 'unavailable';
  return terms.ends !== undefined && nowMs >= terms.ends ? 'ended' : 'good';
}

const sealOf = (sealed: string, own: Secret): string =>
  createHmac('sha256', own.reveal()).update(sealed).digest('base64url');
