// Lines that were typed at the prompt of pbook: for the up arrow, and for the next time. None that may hold a secret is kept.
import { appendFile, chmod, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { redact } from '../../base/secret.ts';
import { messageOf, systemCode } from '../../base/errors.ts';
import { makeDirectory } from '../../base/make-directory.ts';
import { replaceFile } from '../../settings/replace-file.ts';
import { readTyped } from './call-syntax.ts';
import { commandNamed } from './commands.ts';

/** So many lines are kept; the file may have twice as many until it is read the next time. */
const mostLines = 1000;
const ownerOnly = 0o600;

export class History {
  readonly #path: string;
  readonly #warn: (message: string) => void;
  readonly #lines: string[];
  #isWritten = true;

  private constructor(path: string, lines: string[], warn: (message: string) => void) {
    this.#path = path;
    this.#lines = lines;
    this.#warn = warn;
  }

  /** What cannot be read is no reason not to begin. */
  static async open(path: string, warn: (message: string) => void): Promise<History> {
    try {
      const text = await readFile(path, 'utf8');
      // Its mode may have been changed by hand, or by a copy.
      await chmod(path, ownerOnly);
      const all = text.split('\n').filter((line) => line !== '');
      const lines = all.slice(-mostLines);
      if (all.length > 2 * mostLines) await replaceFile(path, `${lines.join('\n')}\n`, ownerOnly);
      return new History(path, lines, warn);
    } catch (cause) {
      if (systemCode(cause) !== 'ENOENT')
        warn(`earlier lines cannot be read from \`${path}\`: ${messageOf(cause)}`);
      return new History(path, [], warn);
    }
  }

  /** The latest last. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  async add(line: string): Promise<void> {
    const text = line.trim();
    if (text === '' || text === this.#lines.at(-1) || !canBeRemembered(text)) return;
    this.#lines.push(text);
    if (!this.#isWritten || !canBeWritten(text)) return;
    try {
      makeDirectory(dirname(this.#path), 0o700);
      await appendFile(this.#path, `${text}\n`, { mode: ownerOnly });
    } catch (cause) {
      // Once is enough.
      this.#isWritten = false;
      this.#warn(`lines are not kept for the next time: ${messageOf(cause)}`);
    }
  }
}

/** For as long as the prompt lasts: also what was mistyped, so that it can be put right. */
function canBeRemembered(line: string): boolean {
  return !/secret|token|passw|proxy|BEGIN/i.test(line) && redact(line) === line && !line.includes('\n');
}

/** On disk: only what is a command, and one that takes no secrets. A line that is none may be anything, like a token that was
 *  pasted into the wrong window. */
function canBeWritten(line: string): boolean {
  const typed = readTyped(line);
  if (typed.is === 'nothing' || typed.is === 'fault') return false;
  const command = commandNamed(typed.is === 'call' ? typed.command : (typed.words[0]?.text ?? ''));
  return command !== undefined && command.mayHoldSecret !== true;
}
