// What was uploaded to a run from here: one line for each file, added once the server has it. Servers list sizes but no
// digests, so this is how it is known that a file of the same size is the same file.
import { appendFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectory } from '../../base/make-directory.ts';
import { writeFailure } from '../../base/write-failure.ts';
import { readTextFile } from '../../source/text-file.ts';
import { removeAll } from './disk.ts';

/** What marks a content: a digest, or the file's size, time and number on its disk. */
export type ContentMark = string;

export class UploadRecord {
  readonly #path: string;
  readonly #run: string;
  readonly #marks: Map<string, ContentMark>;

  /** @param path of the record's file
   *  @param run its identifier: lines about another run do not count */
  constructor(path: string, run: string) {
    this.#path = path;
    this.#run = run;
    this.#marks = readMarks(path, run);
  }

  /** True when this very content was uploaded under the name. */
  has(name: string, mark: ContentMark): boolean {
    return this.#marks.get(name) === mark;
  }

  /** @throws LocalError when the disk refuses */
  add(name: string, mark: ContentMark): void {
    this.#marks.set(name, mark);
    const line = `${JSON.stringify([this.#run, name, mark])}\n`;
    // At once: that takes a tenth of the time which a thread for it would.
    try {
      appendFileSync(this.#path, line, { mode: 0o600 });
    } catch (thrown) {
      try {
        makeDirectory(dirname(this.#path));
        appendFileSync(this.#path, line, { mode: 0o600 });
      } catch {
        throw writeFailure(this.#path, thrown);
      }
    }
  }

  async forget(): Promise<void> {
    this.#marks.clear();
    await removeAll(this.#path);
  }
}

function readMarks(path: string, run: string): Map<string, ContentMark> {
  const marks = new Map<string, ContentMark>();
  const read = readTextFile(path);
  for (const line of read.ok ? read.text.split('\n') : []) {
    const [of, name, mark] = parsed(line);
    if (of === run && name !== undefined && mark !== undefined) marks.set(name, mark);
  }
  return marks;
}

/** A line that a kill cut short counts as nothing. */
function parsed(line: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(line);
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : [];
  } catch {
    return [];
  }
}
