// Everything that comes from standard input, up to a limit.
import { UsageError } from '../../base/errors.ts';
import type { InputStream } from '../../terminal/ask.ts';

/** @throws UsageError when there is more */
export function readAll(input: InputStream, mostBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (end: () => void): void => {
      input.removeListener('data', onData);
      input.pause();
      end();
    };
    const onData = (chunk: Uint8Array | string): void => {
      chunks.push(Buffer.from(chunk));
      size += chunk.length;
      if (size > mostBytes) {
        finish(() => reject(new UsageError(`the input is too large for a secret (over ${mostBytes} bytes)`)));
      }
    };
    input.on('data', onData);
    input.on('end', () => finish(() => resolve(Buffer.concat(chunks))));
    input.on('error', () => finish(() => reject(new UsageError('the input cannot be read'))));
    input.resume();
  });
}
