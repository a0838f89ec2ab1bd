// Bodies as PanDA's clients send them: JSON, gzipped JSON (with or without `Content-Encoding`), or a form.
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { messageOf, systemCode } from '../base/errors.ts';
import { RequestFault } from './faults.ts';

/** The largest body that is read into memory, before and after inflation. */
export const bodyLimitBytes = 32 * 1024 * 1024;

export type Fields = Readonly<Record<string, unknown>>;

/** Reads the fields of a body.
 *  @param body the bytes as received; empty or `undefined` gives no fields
 *  @param contentType the header, parameters included
 *  @param untyped what a body without content type is; the legacy calls of panda-client 2.0.3 send forms so
 *  @throws RequestFault 413 when the inflated body is larger than `bodyLimitBytes`; 500 for broken gzip or JSON,
 *  as PanDA's server answers these */
export async function readFields(
  body: unknown,
  contentType: string | undefined,
  untyped: 'json' | 'form' = 'json',
): Promise<Fields> {
  if (!Buffer.isBuffer(body) || body.length === 0) return {};
  const packed = isGzip(body);
  const text = decode(packed ? await inflate(body) : body);
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const isForm =
    type === 'application/x-www-form-urlencoded' || (type === '' && untyped === 'form' && !packed);
  if (isForm) return Object.fromEntries(new URLSearchParams(text));
  return parseObject(text);
}

/** An object of JSON, or `undefined` when the value is something else. */
export function asFields(value: unknown): Fields | undefined {
  return isFields(value) ? value : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// The first two bytes decide, because the legacy protocol sends gzip without saying so. No JSON or form starts so.
function isGzip(body: Buffer): boolean {
  return body[0] === 0x1f && body[1] === 0x8b;
}

const inflateBytes = promisify(gunzip);

async function inflate(body: Buffer): Promise<Buffer> {
  try {
    return await inflateBytes(body, { maxOutputLength: bodyLimitBytes });
  } catch (thrown) {
    if (systemCode(thrown) === 'ERR_BUFFER_TOO_LARGE') {
      throw new RequestFault(413, `the inflated body is larger than ${bodyLimitBytes / 1024 / 1024} MB`);
    }
    throw new RequestFault(500, `received invalid gzip : ${messageOf(thrown)}`);
  }
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new RequestFault(500, 'received invalid text : the body is not UTF-8');
  }
}

function parseObject(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    throw new RequestFault(500, `received invalid JSON : ${messageOf(thrown)}`);
  }
  const fields = asFields(value);
  if (fields === undefined) throw new RequestFault(500, 'received invalid JSON : not an object');
  return fields;
}
