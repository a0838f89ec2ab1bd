// The bytes of a zip on the disk, for the reader of zips: read in large pieces, where it asks for headers one by one.
import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { RandomAccessReader } from 'yauzl';

/** One for the list at the end of the zip, one for the members: both are read from front to back, in turn. */
const windowCount = 2;
const windowBytes = 1 << 18;

interface Window {
  readonly bytes: Buffer;
  /** Where it lies in the file; the end is exclusive. */
  start: number;
  end: number;
}

export class ZipSource extends RandomAccessReader {
  readonly sizeBytes: number;
  readonly #path: string;
  readonly #file: number;
  /** The one used last comes first. */
  readonly #windows: Window[];

  /** @throws the system's error when the file cannot be opened */
  constructor(path: string) {
    super();
    this.#path = path;
    this.#file = openSync(path, 'r');
    this.sizeBytes = fstatSync(this.#file).size;
    this.#windows = Array.from({ length: windowCount }, () => ({
      bytes: Buffer.allocUnsafe(windowBytes),
      start: 0,
      end: 0,
    }));
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    try {
      this.bytesAt(position, length).copy(buffer, offset);
      callback(null);
    } catch (thrown) {
      callback(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  }

  /** Bytes of the file, valid until the next call.
   *  @throws Error when the file ends before them */
  bytesAt(position: number, length: number): Buffer {
    if (length > windowBytes) return this.#readInto(Buffer.allocUnsafe(length), position, length);
    const known = this.#windows.findIndex(({ start, end }) => start <= position && position + length <= end);
    const [window] = this.#windows.splice(known, 1);
    if (window === undefined) throw new TypeError('there is no window');
    this.#windows.unshift(window);
    if (known === -1) {
      window.start = window.end = position;
      const wanted = Math.min(windowBytes, Math.max(length, this.sizeBytes - position));
      this.#readInto(window.bytes, position, wanted);
      window.end = position + wanted;
    }
    return window.bytes.subarray(position - window.start, position - window.start + length);
  }

  override _readStreamForRange(start: number, end: number): Readable {
    // A stream closes its file whenever it is destroyed, so it gets one of its own.
    return createReadStream(this.#path, { start, end: end - 1 });
  }

  override close(callback: (error: Error | null) => void): void {
    closeSync(this.#file);
    callback(null);
  }

  #readInto(buffer: Buffer, position: number, length: number): Buffer {
    for (let done = 0; done < length;) {
      const count = readSync(this.#file, buffer, done, length - done, position + done);
      if (count === 0) throw new Error('it ends too early');
      done += count;
    }
    return buffer.subarray(0, length);
  }
}
