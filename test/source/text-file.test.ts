// Files that are no UTF-8 text are told apart by what their owner can do about it.
import { Buffer } from 'node:buffer';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readTextFile } from '../../src/source/text-file.ts';

it.each([
  ['UTF-8 with a mark', Buffer.from('\ufeffa: ü\n'), { ok: true, text: '\ufeffa: ü\n' }],
  ['little UTF-16', Buffer.from('\ufeffa: ü\n', 'utf16le'), 'is UTF-16 text, and must be UTF-8'],
  ['big UTF-16', Buffer.from('\ufeffa: ü\n', 'utf16le').swap16(), 'is UTF-16 text, and must be UTF-8'],
  ['Latin-1', Buffer.from('a: ü\n', 'latin1'), 'is not UTF-8 text'],
  ['no text', Buffer.from([1, 0, 2]), 'is not a text file'],
])('%s', (_, bytes, expected) => {
  const directory = mkdtempSync(join(tmpdir(), 'pchain-text-'));
  try {
    writeFileSync(join(directory, 'a.yaml'), bytes);
    const read = readTextFile(join(directory, 'a.yaml'));
    expect(read).toEqual(
      typeof expected === 'string' ? { ok: false, reason: 'binary', detail: expected } : expected,
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
