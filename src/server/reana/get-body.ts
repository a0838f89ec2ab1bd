// Two of REANA's operations are a GET with a body in JSON. The framework does not read it, so it is read here.
import type { FastifyRequest } from 'fastify';
import { WireError } from './wire-error.ts';

/** More than any list of steps or filter needs. */
const mostBytes = 1 << 20;

/** The body of a GET request; `undefined` when there is none.
 *  @throws WireError 400 when it is no JSON, 413 when it is too large */
export async function jsonBody(request: FastifyRequest): Promise<unknown> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request.raw as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > mostBytes) throw new WireError(413, 'the request body is too large');
    chunks.push(chunk);
  }
  if (sizeBytes === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    throw new WireError(400, 'the request body is not valid JSON');
  }
}
