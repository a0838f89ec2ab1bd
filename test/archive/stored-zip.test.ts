// What is written is read by Python's `zipfile`, which REANA and its client use, and by our own reader.
import { execFileSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { storedZip, type ZipMember } from '../../src/archive/stored-zip.ts';
import { ZipStream } from '../../src/archive/zip-stream.ts';
import { SparseWriter } from '../../src/http/sparse-writer.ts';
import { describeWithProgram } from '../rigs/programs.ts';
import { temporaryDirectory } from './temporary.ts';

const readBack = `
import json, sys, zipfile
zip = zipfile.ZipFile(sys.argv[1])
small = [info for info in zip.infolist() if info.file_size < 100]
print(json.dumps({
  "damaged": None if len(small) < len(zip.infolist()) else zip.testzip(),
  "members": len(zip.infolist()),
  "sizes": [info.file_size for info in zip.infolist() if info.file_size >= 100],
  "small": [[info.filename, zip.read(info).decode(), list(info.date_time), oct(info.external_attr >> 16)] for info in small[-10:]],
}))`;

/** Writes members as the official client of REANA 0.95 writes a bundle. */
const writtenByPython = `
import io, json, sys, zipfile
written = io.BytesIO()
with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED, allowZip64=False) as bundle:
  for name, content in json.loads(sys.argv[1]):
    info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    info.create_system = 3
    info.external_attr = 0o100600 << 16
    bundle.writestr(info, content)
sys.stdout.buffer.write(written.getvalue())`;

interface ReadBack {
  readonly damaged: string | null;
  readonly members: number;
  readonly sizes: readonly number[];
  readonly small: readonly (readonly [string, string, readonly number[], string])[];
}

/** Writes it to a file with holes and reads that with Python. */
async function readByPython(members: Iterable<ZipMember>): Promise<ReadBack> {
  const path = join(temporaryDirectory(), 'test.zip');
  const file = openSync(path, 'w');
  const writer = new SparseWriter(file, 0);
  for await (const chunk of storedZip(members)) await writer.write(chunk);
  await writer.end();
  closeSync(file);
  return JSON.parse(execFileSync('python3', ['-c', readBack, path], { encoding: 'utf8' })) as ReadBack;
}

function whole(name: string, content: string, modified?: Date): ZipMember {
  const bytes = Buffer.from(content);
  return { name, sizeBytes: bytes.length, content: bytes, modified };
}

async function* pieces(...texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(await Promise.resolve(text));
}

async function* zeros(count: number): AsyncGenerator<Buffer> {
  const block = Buffer.alloc(1 << 20);
  for (let n = 0; n < count; n += block.length) yield await Promise.resolve(block);
}

/** Longer than four bytes can say. */
const longBytes = 2 ** 32 + 2 ** 20;

describeWithProgram('python3', 'a zip of stored members', () => {
  it('has the bytes that the official client writes for a bundle', async () => {
    const members = [
      ['a b.txt', 'plain'],
      ['reana.yaml', ''],
      ['ç/ü.yml', 'ünicode'],
    ] as const;
    const chunks: Buffer[] = [];
    for await (const chunk of storedZip(members.map(([name, content]) => whole(name, content))))
      chunks.push(chunk);
    const expected = execFileSync('python3', ['-c', writtenByPython, JSON.stringify(members)]);
    expect(Buffer.concat(chunks).toString('hex')).toBe(expected.toString('hex'));
  });

  it('keeps names, contents and times as they are', async () => {
    const time = new Date(2026, 1, 3, 14, 5, 59);
    const members = [
      whole('a b/ç#%.txt', 'odd', time),
      whole('x:y\\z', 'named as no Windows would', time),
      whole('two\nlines', ''),
      { name: 'streamed', sizeBytes: 6, modified: time, content: pieces('abc', '', 'def') },
      { name: 'nothing', sizeBytes: 0, content: pieces() },
    ];
    const written = [2026, 2, 3, 14, 5, 58];
    const first = [1980, 1, 1, 0, 0, 0];
    const mode = '0o100600';
    expect(await readByPython(members)).toEqual({
      damaged: null,
      members: 5,
      sizes: [],
      small: [
        ['a b/ç#%.txt', 'odd', written, mode],
        ['x:y\\z', 'named as no Windows would', written, mode],
        ['two\nlines', '', first, mode],
        ['streamed', 'abcdef', written, mode],
        ['nothing', '', first, mode],
      ],
    });
  });

  it('says times before and after those a zip knows as the nearest one', async () => {
    const years = [1971, 1980, 2107, 2500].map((year) => whole(String(year), '', new Date(year, 5, 1)));
    const { small } = await readByPython([...years, whole('never', '', new Date(NaN))]);
    expect(small.map(([, , time]) => time.slice(0, 3))).toEqual([
      [1980, 1, 1],
      [1980, 6, 1],
      [2107, 6, 1],
      [2107, 6, 1],
      [1980, 1, 1],
    ]);
  });

  it('holds no members, and more than a short list can count', async () => {
    expect(await readByPython([])).toEqual({ damaged: null, members: 0, sizes: [], small: [] });
    const many = Array.from({ length: 70_000 }, (_, n) => whole(`event-${n}`, String(n)));
    const read = await readByPython(many);
    expect([read.damaged, read.members]).toEqual([null, 70_000]);
    expect(read.small.at(-1)?.slice(0, 2)).toEqual(['event-69999', '69999']);
  });

  it('holds a member of 4 GiB, and what comes behind it', { timeout: 120_000 }, async () => {
    const members = [
      { name: 'large', sizeBytes: longBytes, content: zeros(longBytes) },
      whole('behind', 'found'),
    ];
    const read = await readByPython(members);
    expect([read.members, read.sizes]).toEqual([2, [longBytes]]);
    expect(read.small.map(([name, content]) => [name, content])).toEqual([['behind', 'found']]);
  });
});

it('is read while it arrives', async () => {
  const members = [
    whole('a', 'first'),
    { name: 'b', sizeBytes: 6, content: pieces('abc', 'def') },
    whole('c', ''),
  ];
  const read: string[] = [];
  const zip = new ZipStream((name) => ({
    sizeBytes: members.find((member) => member.name === name)?.sizeBytes ?? -1,
    write: (chunk) => void read.push(`${name}: ${chunk.toString()}`),
    end: (isWhole) => void read.push(`${name} ${isWhole ? 'is whole' : 'is broken'}`),
  }));
  for await (const chunk of storedZip(members)) await zip.take(chunk);
  expect(read).toEqual(['a: first', 'a is whole', 'b: abc', 'b: def', 'b is whole', 'c is whole']);
});

async function lengthOf(zip: AsyncIterable<Buffer>): Promise<number> {
  let bytes = 0;
  for await (const chunk of zip) bytes += chunk.length;
  return bytes;
}

it('ends with an error when a member is not as long as it said', async () => {
  for (const content of [pieces('ab'), pieces('abcd')]) {
    const zip = storedZip([{ name: 'grown', sizeBytes: 3, content }]);
    await expect(lengthOf(zip)).rejects.toThrow('the length of `grown` changed');
  }
});

it('asks for a member when those before it are written, and lets go of what it reads', async () => {
  const asked: string[] = [];
  let isLetGo = false;
  async function* endless(): AsyncGenerator<Buffer> {
    try {
      for (;;) yield await Promise.resolve(Buffer.from('x'));
    } finally {
      isLetGo = true;
    }
  }
  function* members(): Generator<ZipMember> {
    for (const name of ['a', 'b', 'c']) {
      asked.push(name);
      yield name === 'b' ? { name, sizeBytes: 1e9, content: endless() } : whole(name, name);
    }
  }
  const zip = storedZip(members());
  await zip.next();
  expect(asked).toEqual(['a']);
  await zip.next();
  await zip.next();
  await zip.return();
  expect([asked, isLetGo]).toEqual([['a', 'b'], true]);
});
