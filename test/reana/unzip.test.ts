import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { unzip } from '../../src/reana/unzip.ts';

let directory: string;
let target: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pchain-unzip-'));
  target = join(directory, 'target');
  mkdirSync(target);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A zip whose names are replaced afterwards by others of the same length, since no honest writer would take them. */
async function zipOf(
  members: Readonly<Record<string, string>>,
  renamed: Readonly<Record<string, string>> = {},
  mode = 0o100600,
  compress = true,
): Promise<string> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(members))
    zip.addBuffer(Buffer.from(content), name, { mode, compress });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  let bytes = Buffer.concat(chunks).toString('latin1');
  for (const [name, other] of Object.entries(renamed)) bytes = bytes.replaceAll(name, other);
  const path = join(directory, 'a.zip');
  writeFileSync(path, bytes, 'latin1');
  return path;
}

describe('a zip from a server', () => {
  it('is unpacked with its directories, empty files and odd names', async () => {
    const path = await zipOf({ 'data/a b#1%.txt': 'odd', 'data/deep/ç.txt': 'é', empty: '' });
    expect(await unzip(path, target)).toEqual(['data/a b#1%.txt', 'data/deep/ç.txt', 'empty']);
    expect(readFileSync(join(target, 'data/a b#1%.txt'), 'utf8')).toBe('odd');
    expect(readFileSync(join(target, 'data/deep/ç.txt'), 'utf8')).toBe('é');
    expect(readFileSync(join(target, 'empty')).length).toBe(0);
  });

  it.each([
    ['up1evil', '../evil'],
    ['abs_evil', '/bs_evil'],
    ['in/xx/evil', 'in/../evil'],
    ['winxevil', 'win\\evil'],
    ['C-evil', 'C:evil'],
  ])('cannot write outside of its place (%s becomes %s)', async (name, evil) => {
    const path = await zipOf({ [name]: 'evil' }, { [name]: evil });
    const result: unknown = await unzip(path, target).catch((error: unknown) => error);
    if (evil.startsWith('win')) {
      // A backslash separates directories in zips of Windows; the file stays below its place.
      expect(result).toEqual(['win/evil']);
      return;
    }
    expect(result).toMatchObject({ exitCode: 5 });
    expect(existsSync(join(directory, 'evil'))).toBe(false);
    expect(readdirSync(target)).toEqual([]);
  });

  it('cannot make a link, nor write through one', async () => {
    await expect(unzip(await zipOf({ link: '/etc' }, {}, 0o120777), target)).rejects.toThrow(
      'the zip from the server holds `link`, which leads out of its place',
    );
    mkdirSync(join(directory, 'outside'));
    symlinkSync(join(directory, 'outside'), join(target, 'way'));
    await expect(unzip(await zipOf({ 'way/x': 'x' }), target)).rejects.toThrow(
      'is a symbolic link, nothing is unpacked through it',
    );
    expect(readdirSync(join(directory, 'outside'))).toEqual([]);
  });

  it('cannot fill the disk', async () => {
    const path = await zipOf({ a: 'x'.repeat(1000), b: 'x'.repeat(1000) });
    await expect(unzip(path, target, { maxMembers: 10, maxBytes: 1500 })).rejects.toThrow(
      'the zip from the server unpacks to more than is sensible',
    );
    await expect(unzip(path, target, { maxMembers: 1, maxBytes: 1e9 })).rejects.toThrow(
      'the zip from the server unpacks to more than is sensible',
    );
  });

  it.each([1000, 3_000_000])('is believed only with its checksums (%i bytes)', async (sizeBytes) => {
    const path = await zipOf({ a: 'x'.repeat(sizeBytes) }, {}, 0o100600, false);
    const bytes = readFileSync(path);
    bytes[500] = 0x79;
    writeFileSync(path, bytes);
    await expect(unzip(path, target)).rejects.toThrow(
      'the zip from the server is damaged: `a` does not have its checksum',
    );
    expect(readdirSync(target)).toEqual([]);
  });

  it('gives thousands of members, stored and packed, small and large', async () => {
    const members = Object.fromEntries(
      Array.from({ length: 3000 }, (_, n) => [`d${n % 7}/f${n}`, `${n} `.repeat(n % 1000)]),
    );
    for (const isPacked of [true, false]) {
      const path = await zipOf({ ...members, large: 'z'.repeat(2_000_000) }, {}, 0o100600, isPacked);
      expect(await unzip(path, target)).toHaveLength(3001);
      for (const [name, content] of Object.entries(members))
        if (readFileSync(join(target, name), 'utf8') !== content) throw new Error(name);
      expect(readFileSync(join(target, 'large')).length).toBe(2_000_000);
      rmSync(target, { recursive: true });
    }
  });

  it('that is cut or is no zip is called damaged, and leaves no half file', async () => {
    const path = await zipOf({ a: 'x'.repeat(5000), b: 'y' });
    writeFileSync(path, readFileSync(path).subarray(0, -30));
    await expect(unzip(path, target)).rejects.toThrow('the zip from the server is damaged');
    writeFileSync(path, '<html>busy</html>');
    await expect(unzip(path, target)).rejects.toThrow('the zip from the server is damaged');
    expect(readdirSync(target)).toEqual([]);
  });
});
