// Unpacks the zips that REANA packs directories into, as they arrive. Only files that were listed are taken, in the length that
// was listed, with their checksum; whatever else a zip holds is passed over.
import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { type MemberSink, ZipStream } from '../../archive/zip-stream.ts';
import { LocalError } from '../../base/errors.ts';
import { makeDirectory } from '../../base/make-directory.ts';
import { writeFailure } from '../../base/write-failure.ts';
import { Enough, type TakeChunk } from '../../http/direct-request.ts';
import { writeAtOnce } from '../../http/save-small.ts';
import { SparseWriter } from '../../http/sparse-writer.ts';
import { kindOf, moveFile, pathBelow, removeAll } from './disk.ts';

/** Members up to this size are gathered and written in one go; whoever is killed meanwhile leaves a file that is too short,
 *  and is not believed. */
const smallBytes = 1 << 20;

export class Unzip {
  readonly #directory: string;
  readonly #listed: ReadonlyMap<string, number>;
  readonly #missing: ReadonlyMap<string, number>;
  readonly #onFile: (name: string, sizeBytes: number) => void;
  /** Files that are still to come. */
  #waitsFor: number;
  /** Directories that are known to be no links. */
  readonly #plain: Set<string>;
  #zip: ZipStream | undefined;

  /** @param listed bytes by name, of all that the zip should hold
   *  @param missing those among them that are to be unpacked; a file goes from there when it has come
   *  @param onFile called for each file that has come */
  constructor(
    directory: string,
    listed: ReadonlyMap<string, number>,
    missing: ReadonlyMap<string, number>,
    onFile: (name: string, sizeBytes: number) => void,
  ) {
    this.#directory = directory;
    this.#listed = listed;
    this.#missing = missing;
    this.#onFile = onFile;
    this.#plain = new Set([directory]);
    this.#waitsFor = [...listed.keys()].filter((name) => missing.has(name)).length;
  }

  /** A zip from its start on; an earlier one that broke off is given up, and what it brought is kept.
   *  @returns takes its bytes. Throws Enough when there is nothing more to be had from it, LocalError when the disk
   *    refuses or a link lies on the way */
  begin(): TakeChunk {
    const broken = this.#zip;
    const zip = (this.#zip = new ZipStream((name) => this.#sink(name)));
    const ready = broken?.end();
    const take = (chunk: Buffer): Promise<void> | undefined => {
      const busy = zip.take(chunk);
      if (busy !== undefined) return busy.then(() => this.#stopWhenDone(zip));
      this.#stopWhenDone(zip);
      return undefined;
    };
    return (chunk) => (ready === undefined ? take(chunk) : ready.then(() => take(chunk)));
  }

  #stopWhenDone(zip: ZipStream): void {
    if (zip.isOver || this.#waitsFor === 0) throw new Enough();
  }

  /** Nothing more comes. */
  async end(): Promise<void> {
    await this.#zip?.end();
  }

  #sink(name: string): MemberSink | undefined {
    const sizeBytes = this.#listed.get(name);
    if (sizeBytes === undefined) return undefined;
    const target = this.#missing.has(name) ? pathBelow(this.#directory, name) : undefined;
    // With its length known, it can be passed over whatever the zip says.
    if (target === undefined) return { sizeBytes, write: () => undefined, end: () => undefined };
    this.#refuseLinks(target);
    const onWhole = (): void => {
      this.#waitsFor--;
      this.#onFile(name, sizeBytes);
    };
    return sizeBytes <= smallBytes
      ? new SmallFile(target, sizeBytes, onWhole)
      : new LargeFile(target, sizeBytes, onWhole);
  }

  // A link that lies on the way already would lead every member below it astray.
  #refuseLinks(target: string): void {
    for (let above = dirname(target); !this.#plain.has(above); above = dirname(above)) {
      if (kindOf(above) === 'link')
        throw new LocalError(`\`${above}\` is a symbolic link, nothing is unpacked through it`);
      this.#plain.add(above);
    }
  }
}

class SmallFile implements MemberSink {
  readonly sizeBytes: number;
  readonly #path: string;
  readonly #onWhole: () => void;
  readonly #chunks: Buffer[] = [];

  constructor(path: string, sizeBytes: number, onWhole: () => void) {
    this.#path = path;
    this.sizeBytes = sizeBytes;
    this.#onWhole = onWhole;
  }

  write(chunk: Buffer): undefined {
    this.#chunks.push(chunk);
  }

  end(isWhole: boolean): undefined {
    if (!isWhole) return;
    disk(this.#path, () => writeAtOnce(this.#path, this.#chunks));
    this.#onWhole();
  }
}

/** Grows beside its place. */
class LargeFile implements MemberSink {
  readonly sizeBytes: number;
  readonly #path: string;
  readonly #part: string;
  readonly #onWhole: () => void;
  #open: { readonly file: number; readonly writer: SparseWriter } | undefined;

  constructor(path: string, sizeBytes: number, onWhole: () => void) {
    this.#path = path;
    this.#part = `${path}.part`;
    this.sizeBytes = sizeBytes;
    this.#onWhole = onWhole;
  }

  write(chunk: Buffer): Promise<void> | undefined {
    this.#open ??= disk(this.#path, () => {
      makeDirectory(dirname(this.#part));
      const file = openSync(this.#part, 'w');
      return { file, writer: new SparseWriter(file, 0) };
    });
    return this.#open.writer.write(chunk)?.catch((cause: unknown) => {
      throw writeFailure(this.#path, cause);
    });
  }

  async end(isWhole: boolean): Promise<void> {
    if (this.#open === undefined) return;
    const { file, writer } = this.#open;
    try {
      await writer.end();
    } catch (cause) {
      if (isWhole) throw writeFailure(this.#path, cause);
    } finally {
      closeSync(file);
      if (!isWhole) await removeAll(this.#part);
    }
    if (!isWhole) return;
    moveFile(this.#part, this.#path);
    this.#onWhole();
  }
}

function disk<Result>(path: string, action: () => Result): Result {
  try {
    return action();
  } catch (cause) {
    throw writeFailure(path, cause);
  }
}
