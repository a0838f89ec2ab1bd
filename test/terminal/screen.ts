// Streams for tests: one that keeps what was written, and one that behaves as a small terminal does.
import { EventEmitter } from 'node:events';
import { graphemes } from '../../src/base/text-width.ts';
import type { OutputStream } from '../../src/terminal/terminal.ts';

/** Keeps what was written. */
export class Kept extends EventEmitter implements OutputStream {
  readonly isTTY: boolean;
  columns: number | undefined;
  rows: number | undefined;
  written = '';

  constructor(isTty = false, columns?: number, rows?: number) {
    super();
    this.isTTY = isTty;
    this.columns = columns;
    this.rows = rows;
  }

  write(chunk: string | Uint8Array): boolean {
    this.written += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    return true;
  }
}

/** Understands what pchain sends: text, line breaks, returns, cursor up, clear to the end, cursor on and off, colours. */
export class Screen extends Kept {
  readonly lines: string[][] = [[]];
  row = 0;
  column = 0;
  cursorShown = true;

  constructor(columns = 80, rows = 24) {
    super(true, columns, rows);
  }

  override write(chunk: string | Uint8Array): boolean {
    super.write(chunk);
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    // eslint-disable-next-line no-control-regex -- terminals are spoken to with control characters
    for (const match of text.matchAll(/\u001b\[(\??)(\d*)([A-Za-z])|\n|\r|[^\u001b\n\r]+/g)) {
      const [whole, , amount = '', command] = match;
      if (whole === '\n') this.#lineBreak();
      else if (whole === '\r') this.column = 0;
      else if (command === 'A') this.row = Math.max(this.#firstRow(), this.row - Number(amount || '1'));
      else if (command === 'J') this.#clearToEnd();
      else if (command === 'h' || command === 'l') this.cursorShown = command === 'h';
      else if (command === undefined) this.#type(whole);
    }
    return true;
  }

  /** What stands on the screen and above it, without empty lines at the end. */
  shown(): string[] {
    const lines = this.lines.map((cells) => cells.join('').trimEnd());
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  // Rows that have scrolled away cannot be reached.
  #firstRow(): number {
    return Math.max(0, this.lines.length - (this.rows ?? 24));
  }

  #lineBreak(): void {
    this.row++;
    this.column = 0;
    if (this.lines.length <= this.row) this.lines.push([]);
  }

  #clearToEnd(): void {
    this.lines[this.row]?.splice(this.column);
    this.lines.splice(this.row + 1);
  }

  #type(text: string): void {
    for (const grapheme of graphemes(text)) {
      if (this.column + grapheme.width > (this.columns ?? 80)) this.#lineBreak();
      const cells = this.lines[this.row];
      if (cells === undefined) continue;
      while (cells.length < this.column) cells.push(' ');
      cells[this.column] = grapheme.text;
      if (grapheme.width === 2) cells[this.column + 1] = '';
      this.column += grapheme.width;
    }
  }
}
