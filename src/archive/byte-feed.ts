// Bytes that arrive in chunks of any size, read in pieces of the reader's own. The reader is a generator: where bytes are missing it
// pauses until some more were added.

export class ByteFeed {
  #chunks: Buffer[] = [];
  /** Of the first chunk: what has been read. */
  #offset = 0;
  #availableBytes = 0;

  /** @param chunk stays as it is for good */
  add(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#availableBytes += chunk.length;
  }

  /** Forgets what is not read. */
  clear(): void {
    this.#chunks = [];
    this.#offset = this.#availableBytes = 0;
  }

  /** So many bytes in one piece. */
  *exactly(count: number): Generator<undefined, Buffer, void> {
    while (this.#availableBytes < count) yield undefined;
    const [first] = this.#chunks;
    if (count === 0 || first === undefined) return Buffer.alloc(0);
    if (first.length - this.#offset >= count) return this.#piece(first, count);
    const pieces: Buffer[] = [];
    for (let left = count; left > 0;) {
      const piece = yield* this.next(left);
      pieces.push(piece);
      left -= piece.length;
    }
    return Buffer.concat(pieces, count);
  }

  /** The next bytes as they arrived: at least one, at most `most`. */
  *next(most: number): Generator<undefined, Buffer, void> {
    for (;;) {
      const [first] = this.#chunks;
      if (first !== undefined) return this.#piece(first, Math.min(most, first.length - this.#offset));
      yield undefined;
    }
  }

  #piece(first: Buffer, count: number): Buffer {
    const piece = first.subarray(this.#offset, this.#offset + count);
    this.#offset += count;
    this.#availableBytes -= count;
    if (this.#offset === first.length) {
      this.#chunks.shift();
      this.#offset = 0;
    }
    return piece;
  }
}
