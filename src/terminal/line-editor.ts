// A line typed with the keys of a line editor: arrows, history, Tab. Node's own does the editing.
import { createInterface, type CompleterResult } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { Interrupted } from '../base/errors.ts';

export interface LineEditing {
  /** Earlier lines, the latest last. */
  readonly history: readonly string[];
  /** What may stand at the end of a text that is typed so far, and how much of the text each of it replaces. */
  readonly complete: (typed: string) => Completion;
}

export interface Completion {
  readonly candidates: readonly string[];
  /** The end of the text that the candidates stand for. */
  readonly replaced: string;
}

/** Reads lines one at a time; between two of them the keyboard is free for others. Several lines that were pasted come one
 *  after the other. */
export class LineEditor {
  readonly #input: Readable;
  readonly #output: Writable;
  /** Lines that came with an earlier one. */
  readonly #pasted: string[] = [];

  constructor(input: Readable, output: Writable) {
    this.#input = input;
    this.#output = output;
  }

  /** @returns `undefined` when the input ended (Ctrl-D)
   *  @throws Interrupted on Ctrl-C */
  read(prompt: string, editing: LineEditing): Promise<string | undefined> {
    const next = this.#pasted.shift();
    if (next !== undefined) {
      this.#output.write(`${prompt}${next}\n`);
      return Promise.resolve(next);
    }
    // A Ctrl-D that was typed while nobody read.
    if (this.#input.readableEnded) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      const lines: string[] = [];
      let cancelled = false;
      const editor = createInterface({
        input: this.#input,
        output: this.#output,
        terminal: true,
        history: [...editing.history].reverse(),
        historySize: Math.max(1, editing.history.length),
        removeHistoryDuplicates: true,
        completer: (typed: string): CompleterResult => {
          const { candidates, replaced } = editing.complete(typed);
          return [[...candidates], replaced];
        },
      });
      editor.on('line', (line) => {
        lines.push(line);
        // A paste is one chunk: what belongs to it is read before the keyboard is let go.
        if (lines.length === 1) setImmediate(() => editor.close());
      });
      editor.on('SIGINT', () => {
        cancelled = true;
        editor.close();
      });
      editor.on('close', () => {
        const [line, ...more] = lines;
        this.#pasted.push(...more);
        if (cancelled || line === undefined) this.#output.write('\n');
        if (cancelled) {
          this.#pasted.length = 0;
          reject(new Interrupted('interrupted'));
        } else resolve(line);
      });
      editor.setPrompt(prompt);
      editor.prompt();
    });
  }
}
