// Writes a file chunk by chunk. What is nothing but zeros becomes a hole, which takes neither time nor room on the disk: large
// files of detectors and of tests are full of them.
import { ftruncateSync, writeSync } from 'node:fs';

const zeros = Buffer.alloc(1 << 18);

export class SparseWriter {
  readonly #file: number;
  #position: number;
  #endsInHole = false;

  /** @param file an open descriptor
   *  @param position where the first chunk goes; the file ends there */
  constructor(file: number, position: number) {
    this.#file = file;
    this.#position = position;
  }

  /** Goes to the system's cache at once: that copy takes less than handing it to a thread, and no chunk stays in memory for it.
   *  @throws the system's error when the disk refuses */
  write(chunk: Uint8Array): void {
    this.#endsInHole = isZero(chunk);
    for (let done = this.#endsInHole ? chunk.length : 0; done < chunk.length;)
      done += writeSync(this.#file, chunk, done, chunk.length - done, this.#position + done);
    this.#position += chunk.length;
  }

  /** Gives the file its length. What is killed before is too short, never too long.
   *  @throws the system's error when the disk refuses */
  end(): void {
    if (this.#endsInHole) ftruncateSync(this.#file, this.#position);
  }
}

function isZero(chunk: Uint8Array): boolean {
  // Hardly any chunk gets past its first byte.
  return chunk[0] === 0 && chunk.length <= zeros.length && zeros.subarray(0, chunk.length).equals(chunk);
}
