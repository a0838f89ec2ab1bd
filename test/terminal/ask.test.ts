import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Interrupted, UsageError } from '../../src/base/errors.ts';
import { readLine } from '../../src/terminal/ask.ts';

/** A keyboard: what `keys` say is typed one after the other. */
function typed(...keys: readonly (string | Uint8Array)[]): {
  line: Promise<string | undefined>;
  shown: () => string;
  raw: boolean[];
} {
  const raw: boolean[] = [];
  const keyboard = Object.assign(new PassThrough(), { setRawMode: (isRaw: boolean) => raw.push(isRaw) });
  let shown = '';
  const line = readLine(keyboard, (text) => (shown += text));
  for (const key of keys) keyboard.write(key);
  return { line, shown: () => shown, raw };
}

describe('a line from the keyboard', () => {
  it('ends with the enter key', async () => {
    const { line, shown, raw } = typed('s3', 'cret\r');
    expect(await line).toBe('s3cret');
    expect(shown()).toBe('s3cret\n');
    expect(raw).toEqual([true, false]);
  });

  it.each([
    ['the delete key', ['abx\u007fc\r'], 'abc'],
    ['delete at the start', ['\u007f\u007fa\r'], 'a'],
    ['Ctrl-U', ['wrong\u0015right\r'], 'right'],
    ['arrow keys and other sequences', ['a\u001b[Db\u001bOP\r'], 'ab'],
    ['characters in halves', [Buffer.from('€').subarray(0, 1), Buffer.from('€\r').subarray(1)], '€'],
    ['a character of two units', ['x🔑\u007fy\r'], 'xy'],
    ['a paste of one line with its end', ['pasted\r\n'], 'pasted'],
    ['spaces', ['  a b \r'], '  a b '],
  ])('knows %s', async (_name, keys, expected) => {
    expect(await typed(...keys).line).toBe(expected);
  });

  it('is none after Ctrl-D on an empty line', async () => {
    expect(await typed('\u0004').line).toBeUndefined();
    expect(await typed('a\u0004b\r').line).toBe('ab');
  });

  it('is interrupted by Ctrl-C, and the keyboard is given back', async () => {
    const { line, raw } = typed('abc\u0003');
    await expect(line).rejects.toThrow(Interrupted);
    expect(raw).toEqual([true, false]);
  });

  it('is refused when a whole file is pasted, without showing any of it', async () => {
    const { line } = typed('-----BEGIN KEY-----\nMIIE\n');
    await expect(line).rejects.toThrow(UsageError);
    await expect(line).rejects.toThrow('only one line can be typed here');
  });
});
