// Writes a file as its bytes arrive: while one batch is written, the next is gathered. What is nothing but zeros becomes a hole,
// which takes neither time nor room on the disk: large files of detectors and of tests are full of them.
import { ftruncateSync, writev } from 'node:fs';

/** More at once takes longer, not shorter. */
const batchBytes = 1 << 19;
const zeros = Buffer.alloc(1 << 18);

export class SparseWriter {
  readonly #file: number;
  /** Where the next batch goes. */
  #position: number;
  #batch: Uint8Array[] = [];
  #batchBytes = 0;
  /** The batch that is being written; `undefined`: none is. */
  #writing: Promise<void> | undefined;
  #endsInHole = false;

  /** @param file an open descriptor
   *  @param position where the first chunk goes; the file ends there */
  constructor(file: number, position: number) {
    this.#file = file;
    this.#position = position;
  }

  /** @returns `undefined`: the next chunk may come; else a promise of when it may, which fails with the system's error when
   *    the disk refuses */
  write(chunk: Uint8Array): Promise<void> | undefined {
    this.#endsInHole = this.#batchBytes === 0 && isZero(chunk);
    if (this.#endsInHole) {
      this.#position += chunk.length;
      return undefined;
    }
    this.#batch.push(chunk);
    this.#batchBytes += chunk.length;
    if (this.#batchBytes < batchBytes) return undefined;
    if (this.#writing !== undefined) return this.#writing.then(() => this.#begin());
    this.#begin();
    return undefined;
  }

  /** Writes what is left and gives the file its length. What is killed before is too short, never too long.
   *  @throws the system's error when the disk refuses */
  async end(): Promise<void> {
    await this.#writing;
    if (this.#batchBytes > 0) this.#begin();
    await this.#writing;
    if (this.#endsInHole) ftruncateSync(this.#file, this.#position);
  }

  #begin(): void {
    const writing = writeAll(this.#file, this.#batch, this.#position).then(() => {
      if (this.#writing === writing) this.#writing = undefined;
    });
    // Its failure is met by the next chunk, or at the end; until then it must not count as unhandled.
    writing.catch(() => undefined);
    this.#writing = writing;
    this.#position += this.#batchBytes;
    this.#batch = [];
    this.#batchBytes = 0;
  }
}

function writeAll(file: number, chunks: readonly Uint8Array[], position: number): Promise<void> {
  return new Promise((resolve, reject) => {
    writev(file, chunks, position, (error, written) => {
      const left = error === null ? afterBytes(chunks, written) : [];
      if (error !== null) reject(error);
      else if (left.length === 0) resolve();
      else writeAll(file, left, position + written).then(resolve, reject);
    });
  });
}

/** What is left of some chunks after so many bytes. */
function afterBytes(chunks: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  let skipped = 0;
  return chunks.flatMap((chunk) => {
    const from = Math.max(0, count - skipped);
    skipped += chunk.length;
    return from >= chunk.length ? [] : [chunk.subarray(from)];
  });
}

function isZero(chunk: Uint8Array): boolean {
  // Hardly any chunk gets past its first byte.
  return chunk[0] === 0 && chunk.length <= zeros.length && zeros.subarray(0, chunk.length).equals(chunk);
}
