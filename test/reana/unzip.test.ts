import { spawnSync } from 'node:child_process';
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
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { Enough, type TakeChunk } from '../../src/http/direct-request.ts';
import { moveFile } from '../../src/reana/files/disk.ts';
import { Unzip } from '../../src/reana/files/unzip.ts';

let directory: string;
let target: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pchain-unzip-'));
  target = join(directory, 'target');
  mkdirSync(target);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

type Members = Readonly<Record<string, string>>;
type Writer = (zip: ZipFile, name: string, content: Buffer) => void;

const packed: Writer = (zip, name, content) => zip.addBuffer(content, name, { compress: true });
const stored: Writer = (zip, name, content) => zip.addBuffer(content, name, { compress: false });
const writers: readonly (readonly [string, Writer])[] = [
  ['packed', packed],
  ['as they are', stored],
  [
    'as they are, with lengths behind them',
    (zip, name, content) => {
      const file = join(directory, 'sources', name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      zip.addFile(file, name, { compress: false });
    },
  ],
];

async function zipOf(members: Members, write: Writer = packed): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(members)) write(zip, name, Buffer.from(content));
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Nothing that packs well. */
const lines = (count: number): string =>
  Array.from({ length: count }, (_, n) => Math.sin(n).toFixed(9)).join('\n');

const sizesOf = (members: Members): ReadonlyMap<string, number> =>
  new Map(Object.entries(members).map(([name, content]) => [name, Buffer.byteLength(content)]));

/** Notes what arrives, in its order. */
function receiver(listed: ReadonlyMap<string, number>) {
  const names: string[] = [];
  const missing = new Map(listed);
  const unzip = new Unzip(target, listed, missing, (name) => {
    missing.delete(name);
    names.push(name);
  });
  return { unzip, names };
}

/** What arrived, in its order. */
async function arrived(
  zip: Buffer,
  wanted: ReadonlyMap<string, number>,
  chunkBytes = 65_536,
): Promise<readonly string[]> {
  const { unzip, names } = receiver(wanted);
  try {
    await sent(zip, unzip.begin(), chunkBytes);
  } finally {
    await unzip.end();
  }
  return names;
}

/** @returns the bytes that were still wanted */
async function sent(zip: Buffer, take: TakeChunk, chunkBytes: number): Promise<number> {
  for (let at = 0; at < zip.length; at += chunkBytes) {
    try {
      await take(zip.subarray(at, at + chunkBytes));
    } catch (thrown) {
      if (thrown instanceof Enough) return at + chunkBytes;
      throw thrown;
    }
  }
  return zip.length;
}

const contents = (names: Iterable<string>): Members =>
  Object.fromEntries([...names].map((name) => [name, readFileSync(join(target, name), 'utf8')]));

const some: Members = {
  'data/a b#1%.txt': 'odd',
  'data/deep/ç.txt': 'é'.repeat(300),
  empty: '',
  'large.root': 'event '.repeat(300_000),
  'data/last': 'x',
};

describe('the members of a zip', () => {
  describe.each(writers)('%s', (_, write) => {
    it.each([1 << 20, 65_536, 4096, 7])('arrive in chunks of %i bytes', async (chunkBytes) => {
      const members = chunkBytes < 4096 ? { ...some, 'large.root': 'event' } : some;
      const zip = await zipOf(members, write);
      expect(await arrived(zip, sizesOf(members), chunkBytes)).toEqual(Object.keys(members));
      expect(contents(Object.keys(members))).toEqual(members);
      expect(readdirSync(target).sort()).toEqual(['data', 'empty', 'large.root']);
    });

    it('are there as far as the zip came, and a second zip brings the rest', async () => {
      const zip = await zipOf(some, write);
      const wanted = sizesOf(some);
      for (const part of [0, 0.01, 0.3, 0.6, 0.99]) {
        rmSync(target, { recursive: true });
        mkdirSync(target);
        const { unzip, names } = receiver(wanted);
        await sent(zip.subarray(0, zip.length * part), unzip.begin(), 1000);
        expect(contents(names)).toEqual(Object.fromEntries(names.map((name) => [name, some[name]])));
        await sent(zip, unzip.begin(), 100_000);
        await unzip.end();
        expect([...names].sort()).toEqual(Object.keys(some).sort());
        expect(contents(names)).toEqual(some);
        expect(readdirSync(target).sort()).toEqual(['data', 'empty', 'large.root']);
      }
    });

    it.each(['small', 'large'])('are believed only with their checksum (%s)', async (kind) => {
      const damaged = lines(kind === 'small' ? 200 : 400_000);
      const zip = await zipOf({ damaged, good: 'y' }, write);
      const at = zip.indexOf('damaged') + 400;
      zip[at] = (zip[at] ?? 0) ^ 0x55;
      const names = await arrived(zip, sizesOf({ damaged, good: 'y' }));
      expect(names).not.toContain('damaged');
      expect(readdirSync(target)).toEqual(names);
    });
  });

  it('are thousands', async () => {
    const members = Object.fromEntries(
      Array.from({ length: 3000 }, (_, n) => [`d${n % 7}/f${n}`, `${n} `.repeat(n % 1000)]),
    );
    for (const [, write] of writers) {
      expect(await arrived(await zipOf(members, write), sizesOf(members))).toHaveLength(3000);
      expect(contents(Object.keys(members))).toEqual(members);
      rmSync(target, { recursive: true });
    }
  });

  it.skipIf(spawnSync('python3', ['--version']).status !== 0)(
    'arrive as the Python of a REANA server packs them (skipped where there is no python3)',
    async () => {
      const script = `import io, sys, zipfile
out = io.BytesIO()
with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
    for name, content in (("data/ç", "é" * 300), ("empty", ""), ("large", "event " * 300000)):
        zipped.writestr(name, content)
sys.stdout.buffer.write(out.getvalue())`;
      const { stdout } = spawnSync('python3', ['-c', script], { maxBuffer: 1 << 24 });
      const members = { 'data/ç': 'é'.repeat(300), empty: '', large: 'event '.repeat(300_000) };
      expect(await arrived(stdout, sizesOf(members), 1000)).toEqual(Object.keys(members));
      expect(contents(Object.keys(members))).toEqual(members);
    },
  );
});

describe('a zip that nobody should trust', () => {
  it.each(writers)('is not waited for once all files are there (%s)', async (_, write) => {
    const zip = await zipOf(
      { 'a/1': 'x'.repeat(500), 'a/2': 'y'.repeat(500), more: 'z'.repeat(50_000) },
      write,
    );
    const { unzip, names } = receiver(new Map([['a/1', 500]]));
    expect(await sent(zip, unzip.begin(), 100)).toBeLessThan(1000);
    expect(names).toEqual(['a/1']);
    const html = receiver(new Map([['a/1', 500]]));
    expect(await sent(Buffer.alloc(50_000, '<html>'), html.unzip.begin(), 100)).toBe(100);
  });

  it.each(writers)('brings nothing that was not listed, nor in another length (%s)', async (_, write) => {
    const zip = await zipOf({ long: 'xxxx', short: 'x', other: 'y', good: 'g' }, write);
    const names = await arrived(
      zip,
      new Map([
        ['long', 3],
        ['short', 2],
        ['good', 1],
      ]),
    );
    // Where lengths stand behind, nobody knows where the next one begins.
    expect([[], ['good']]).toContainEqual(names);
    expect(readdirSync(target)).toEqual(names);
  });

  it('cannot fill the disk or the memory', async () => {
    for (const claimed of [10, 2_000_000]) {
      const zip = await zipOf({ bomb: '0'.repeat(50_000_000), good: 'g' });
      // The length it claims, before the content.
      zip.writeUInt32LE(claimed, 22);
      const names = await arrived(
        zip,
        new Map([
          ['bomb', claimed],
          ['good', 1],
        ]),
      );
      expect(names).toEqual(['good']);
      expect(readdirSync(target)).toEqual(['good']);
    }
  });

  it.each([
    ['up1evil', '../evil'],
    ['abs_evil', '/bs_evil'],
    ['in/xx/evil', 'in/../evil'],
  ])('cannot write outside of its place (%s becomes %s)', async (name, evil) => {
    const zip = await zipOf({ [name]: 'evil' });
    const renamed = Buffer.from(zip.toString('latin1').replaceAll(name, evil), 'latin1');
    // Not even where such a name was listed.
    expect(await arrived(renamed, new Map([[evil, 4]]))).toEqual([]);
    expect(existsSync(join(directory, 'evil'))).toBe(false);
    expect(readdirSync(target)).toEqual([]);
  });

  it('cannot write through a link', async () => {
    mkdirSync(join(directory, 'outside'));
    symlinkSync(join(directory, 'outside'), join(target, 'way'));
    symlinkSync(join(directory, 'outside/x'), join(target, 'x'));
    for (const members of [{ 'way/x': 'x' }, { x: 'x' }] as readonly Members[])
      await expect(zipOf(members).then((zip) => arrived(zip, sizesOf(members)))).rejects.toMatchObject({
        exitCode: 3,
      });
    expect(readdirSync(join(directory, 'outside'))).toEqual([]);
  });

  it.each([
    ['an error page', Buffer.from('<html>busy, try again in a moment, please</html>')],
    ['nothing', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(100_000)],
  ])('is none: %s', async (_, bytes) => {
    expect(await arrived(bytes, new Map([['a', 1]]))).toEqual([]);
  });

  it('may be any bytes at all', async () => {
    const zip = await zipOf({ a: 'x'.repeat(500), 'b/c': 'y'.repeat(2000) }, stored);
    for (let at = 0; at < 200; at++) {
      const odd = Buffer.from(zip);
      odd[at] = (odd[at] ?? 0) ^ 0xff;
      const names = await arrived(odd, new Map([['a', 500]]), 300);
      if (names.length > 0) expect(contents(names)).toEqual({ a: 'x'.repeat(500) });
      rmSync(join(target, 'a'), { force: true });
      expect(readdirSync(target)).toEqual([]);
    }
  });
});

it.skipIf(!existsSync('/proc/self'))('a directory that nobody can make is named', async () => {
  target = '/proc/no/where';
  for (const members of [{ f: 'x' }, { f: 'event '.repeat(300_000) }])
    await expect(zipOf(members).then((zip) => arrived(zip, sizesOf(members)))).rejects.toThrow(
      'cannot make the directory `/proc/no`: ENOENT',
    );
  expect(() => moveFile(join(directory, 'target'), '/proc/no/where/target')).toThrow(
    'cannot make the directory `/proc/no`: ENOENT',
  );
});
