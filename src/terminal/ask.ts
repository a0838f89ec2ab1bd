// Asking a person at a terminal: a line that is seen or, for passwords, one that is not.
import { StringDecoder } from 'node:string_decoder';
import { Interrupted, UsageError } from '../base/errors.ts';

/** What is needed of `process.stdin`, which fits. */
export interface InputStream {
  readonly isTTY?: boolean | undefined;
  setRawMode?(isRaw: boolean): unknown;
  on(event: 'data', listener: (chunk: Uint8Array | string) => void): unknown;
  on(event: 'end' | 'error', listener: () => void): unknown;
  removeListener(event: 'data' | 'end' | 'error', listener: (chunk: Uint8Array | string) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

/** One line from the keyboard, without its end. Nothing is echoed: what is typed is shown by `echo` alone.
 *  @returns `undefined` when the input ended (Ctrl-D)
 *  @throws Interrupted on Ctrl-C
 *  @throws UsageError when several lines were pasted: the rest of them would be typed into the shell afterwards */
export function readLine(input: InputStream, echo: (text: string) => void): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const decoder = new StringDecoder('utf8');
    let line = '';
    const finish = (end: () => void): void => {
      input.removeListener('data', onData);
      input.removeListener('end', onEnd);
      input.removeListener('error', onEnd);
      input.setRawMode?.(false);
      input.pause();
      echo('\n');
      end();
    };
    const onEnd = (): void => finish(() => resolve(line === '' ? undefined : line));
    const onData = (chunk: Uint8Array | string): void => {
      // Arrow keys and marks of a paste are sequences that begin with an escape.
      const text = (typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk))).replaceAll(
        // eslint-disable-next-line no-control-regex -- the escape is what these begin with
        /\u001b(?:\[[0-9;?]*|O)?[A-Za-z~]/g,
        '',
      );
      const characters = Array.from(text);
      for (const [index, character] of characters.entries()) {
        switch (character) {
          case '\r':
          case '\n': {
            const isPaste = characters.slice(index + 1).some((more) => more !== '\n' && more !== '\r');
            finish(() => {
              if (isPaste) reject(severalLines());
              else resolve(line);
            });
            return;
          }
          case '\u0003':
            finish(() => reject(new Interrupted('interrupted')));
            return;
          case '\u0004':
            if (line !== '') break;
            finish(() => resolve(undefined));
            return;
          case '\u007f':
          case '\b':
            if (line !== '') echo('\b \b');
            line = Array.from(line).slice(0, -1).join('');
            break;
          case '\u0015':
            echo('\b \b'.repeat(Array.from(line).length));
            line = '';
            break;
          default:
            // Other control characters are keys, not text.
            if (character >= ' ') {
              line += character;
              echo(character);
            }
        }
      }
    };
    input.setRawMode?.(true);
    input.on('data', onData);
    input.on('end', onEnd);
    input.on('error', onEnd);
    input.resume();
  });
}

function severalLines(): UsageError {
  return new UsageError('only one line can be typed here', {
    hint: 'give several lines as a file (`--file`) or on standard input',
  });
}
