// What a request may carry.
import { createReadStream, openSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { LocalError, messageOf } from '../base/errors.ts';
import { readWhole } from './read-whole.ts';

/** A body that is read as it is sent. `open` is called once per try, so a repeatable request can send it again. */
export interface BodySource {
  /** Length of the whole body; `undefined` when it is not known before (it is then sent in chunks). */
  readonly sizeBytes: number | undefined;
  open(): Readable;
  /** All bytes at once, where they are few. */
  readonly whole?: (() => Buffer) | undefined;
}

export type HttpBody = string | Uint8Array | BodySource;

/** A form as browsers and PanDA's legacy methods send it, `application/x-www-form-urlencoded`. */
export function formBody(fields: Readonly<Record<string, string>>): string {
  return new URLSearchParams(fields).toString();
}

export interface FilePart {
  /** Name of the form field. */
  readonly field: string;
  /** Name the server is told; not a path. */
  readonly fileName: string;
  /** Where the bytes are. */
  readonly path: string;
}

/** A file as it is, streamed.
 *  @throws LocalError when the file cannot be read */
export function fileBody(path: string): BodySource {
  const sizeBytes = sizeOf(path);
  return {
    sizeBytes,
    // Never past the length that was promised: a log that grows is sent as it was.
    open: () =>
      sizeBytes === 0
        ? Readable.from([])
        : createReadStream(path, { highWaterMark: chunkBytes, end: sizeBytes - 1 }),
    ...(sizeBytes > wholeBytes ? {} : { whole: () => readWhole(openSync(path, 'r'), sizeBytes) }),
  };
}

const chunkBytes = 1 << 18;
/** Files up to this size are read in one go, without a thread: waking one takes longer than reading. */
const wholeBytes = 1 << 18;

/** A `multipart/form-data` body with one file, streamed: the file is never held in memory.
 *  @param boundary a text that cannot occur in the file, at most 70 letters and digits; random
 *  @throws LocalError when the file cannot be read
 *  @see RFC 7578 */
export function multipartBody(
  part: FilePart,
  boundary: string,
): { readonly body: BodySource; readonly contentType: string } {
  const head = Buffer.from(
    `--${boundary}\r\n` +
      `Content-Disposition: form-data; name="${quoted(part.field)}"; filename="${quoted(part.fileName)}"\r\n` +
      'Content-Type: application/octet-stream\r\n\r\n',
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const sizeBytes = head.length + sizeOf(part.path) + tail.length;
  return {
    body: { sizeBytes, open: () => Readable.from(inOrder(head, part.path, tail), { objectMode: false }) },
    contentType: `multipart/form-data; boundary=${boundary}`,
  };
}

async function* inOrder(head: Buffer, path: string, tail: Buffer): AsyncGenerator<Buffer> {
  yield head;
  for await (const chunk of createReadStream(path)) yield chunk as Buffer;
  yield tail;
}

// At once, as small files are read: a question to the disk takes a tenth of the time that a thread for it would.
function sizeOf(path: string): number {
  try {
    const found = statSync(path);
    if (!found.isFile()) throw new LocalError(`\`${path}\` is not a file`);
    return found.size;
  } catch (cause) {
    if (cause instanceof LocalError) throw cause;
    throw new LocalError(`cannot read \`${path}\`: ${messageOf(cause)}`, { cause });
  }
}

// A line break or a quote would end the header or the name.
function quoted(text: string): string {
  return text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
