// What a PanDA call came to, and the two ways in which its server says it.
import type { FastifyReply } from 'fastify';

/** `data` beside a failure is PanDA's numeric code of the refusal. */
export type Outcome =
  | { readonly ok: true; readonly data: unknown; readonly message?: string }
  | { readonly ok: false; readonly message: string; readonly data?: unknown };

export const succeeded = (data: unknown = null, message = ''): Outcome => ({ ok: true, data, message });
export const failed = (message: string, data: unknown = null): Outcome => ({ ok: false, message, data });

/** API v1: `{"success", "message", "data"}`, as text/plain like all of PanDA's answers. */
export function sendEnvelope(reply: FastifyReply, outcome: Outcome): FastifyReply {
  const envelope = { success: outcome.ok, message: outcome.message ?? '', data: outcome.data ?? null };
  return sendText(reply, 200, JSON.stringify(envelope));
}

/** Legacy: `[true, data]` or `[false, message]`. */
export function sendPair(reply: FastifyReply, outcome: Outcome): FastifyReply {
  const pair = outcome.ok ? [true, outcome.data] : [false, outcome.message];
  return sendText(reply, 200, JSON.stringify(pair));
}

export function sendText(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).header('content-type', 'text/plain').send(text);
}

/** A time as PanDA's JSON carries it: UTC without zone, whole seconds; `null` for none. */
export function dateTime(atMs: number | undefined): { readonly __datetime__: string } | null {
  return atMs === undefined ? null : { __datetime__: new Date(atMs).toISOString().slice(0, 19) };
}
