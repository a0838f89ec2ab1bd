// A form of several parts in memory, for the few calls of REANA that want one.
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';

export interface FormPart {
  readonly name: string;
  /** Makes it a file. */
  readonly fileName?: string;
  readonly content: Uint8Array | string;
}

/** The body and its content type.
 *  @see RFC 7578 */
export function multipart(parts: readonly FormPart[]): {
  readonly body: Buffer;
  readonly contentType: string;
} {
  // From the content itself, so that it cannot stand in there by chance, and nothing has to be random.
  const digest = createHash('sha256');
  for (const { content } of parts) digest.update(content);
  const boundary = `pchain-${digest.digest('hex').slice(0, 40)}`;
  const pieces = parts.flatMap(({ name, fileName, content }) => [
    `--${boundary}\r\n`,
    `Content-Disposition: form-data; name="${name}"${fileName === undefined ? '' : `; filename="${fileName}"`}\r\n`,
    fileName === undefined ? '\r\n' : 'Content-Type: application/octet-stream\r\n\r\n',
    content,
    '\r\n',
  ]);
  const body = Buffer.concat(
    [...pieces, `--${boundary}--\r\n`].map((piece) =>
      typeof piece === 'string' ? Buffer.from(piece) : piece,
    ),
  );
  return { body, contentType: `multipart/form-data; boundary=${boundary}` };
}
