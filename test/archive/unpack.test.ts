import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RemoteError } from '../../src/base/errors.ts';
import { writeTarGz } from '../../src/archive/tar-gz.ts';
import { listTarGz, unpackTarGz } from '../../src/archive/unpack.ts';
import { paxMember, rawMember, rawTar, type RawMember } from './raw-tar.ts';
import { plant, temporaryDirectory, tree } from './temporary.ts';

const roomy = { maxBytes: 1 << 28, maxMembers: 10_000 };

interface Attempt {
  readonly here: string;
  readonly out: string;
  readonly archive: string;
}

function archiveOf(bytes: Buffer): Attempt {
  const here = temporaryDirectory();
  const archive = join(here, 'a.tar.gz');
  writeFileSync(archive, bytes);
  return { here, archive, out: join(here, 'out') };
}

/** Unpacks, expects a refusal, and that nothing at all has changed on the disk. */
async function refuses(members: readonly RawMember[], message: string): Promise<void> {
  for (const compress of [gzipSync, (bytes: Buffer) => bytes]) {
    const { here, archive, out } = archiveOf(compress(rawTar(members)));
    await expect(unpackTarGz(archive, out, roomy)).rejects.toThrow(message);
    expect(Object.keys(tree(here))).toEqual(['a.tar.gz']);
  }
}

describe('unpacking a hostile archive', () => {
  const harmless = { name: 'first.txt', content: 'harmless' };

  test('refuses names that lead out of the directory', async () => {
    await refuses(
      [harmless, { name: '../x', content: 'x' }],
      'refused to unpack `../x`: the name holds `..`',
    );
    await refuses(
      [harmless, { name: 'a/../../x', content: 'x' }],
      'refused to unpack `a/../../x`: the name holds `..`',
    );
    await refuses(
      [harmless, { name: '/tmp/x', content: 'x' }],
      'refused to unpack `/tmp/x`: the name is absolute',
    );
    await refuses([paxMember({ path: '../x' }), { name: 'fine', content: 'x' }], 'refused to unpack `../x`');
    await refuses(
      [
        { name: '././@LongLink', type: 'L', content: '../../x\u0000' },
        { name: 'fine', content: 'x' },
      ],
      'refused to unpack `../../x`',
    );
    await refuses([{ name: '..', type: '5' }], 'refused to unpack `..`');
  });

  test('refuses names that a terminal or a script would misread', async () => {
    await refuses([{ name: 'a\nb' }], 'refused to unpack `ab`: the name holds a control character');
    await refuses([{ name: '\u001b[2Jx' }], 'refused to unpack `x`: the name holds a control character');
    await refuses([paxMember({ path: 'a\u0000b' }), { name: 'x' }], 'the name holds a control character');
    await refuses([{ name: './', type: '2', linkTarget: 'x' }], 'the name is the directory itself');
    const latin1 = rawMember({ name: 'caf?' });
    latin1[3] = 0xe9;
    let sum = 8 * 32;
    for (const [at, byte] of latin1.subarray(0, 512).entries()) if (at < 148 || at > 155) sum += byte;
    latin1.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148, 'latin1');
    const { archive, out } = archiveOf(gzipSync(Buffer.concat([latin1, Buffer.alloc(1024)])));
    await expect(unpackTarGz(archive, out, roomy)).rejects.toThrow('the name is not valid UTF-8');
  });

  test('refuses hard links, devices, pipes, sparse files and kinds that nobody knows', async () => {
    await refuses(
      [harmless, { name: 'l', type: '1', linkTarget: '/etc/passwd' }],
      'refused to unpack `l`: it is a hard link',
    );
    await refuses(
      [harmless, { name: 'l', type: '1', linkTarget: 'first.txt' }],
      'refused to unpack `l`: it is a hard link',
    );
    await refuses([{ name: 'd', type: '3' }], 'refused to unpack `d`: it is a device');
    await refuses([{ name: 'b', type: '4' }], 'refused to unpack `b`: it is a device');
    await refuses([{ name: 'p', type: '6' }], 'refused to unpack `p`: it is a named pipe');
    await refuses([{ name: 's', type: 'S' }], 'refused to unpack `s`: it is of a kind that is not known');
    await refuses(
      [paxMember({ 'GNU.sparse.major': '1' }), { name: 's', content: '0\n' }],
      'refused to unpack `s`: it is a sparse file in a form of GNU tar',
    );
  });

  test('refuses links that lead out, also by way of other links', async () => {
    const link = (name: string, linkTarget: string): RawMember => ({ name, type: '2', linkTarget });
    const outside = 'the link points out of the directory';
    await refuses([link('l', '/etc')], 'refused to unpack `l`: the link points to an absolute path');
    await refuses([link('l', '../x')], `refused to unpack \`l\`: ${outside}`);
    await refuses([link('a/l', '../../x')], `refused to unpack \`a/l\`: ${outside}`);
    await refuses([link('d/up', '..'), link('l', 'd/up/../x')], `refused to unpack \`l\`: ${outside}`);
    await refuses([link('l', 'd/up/../x'), link('d/up', '..')], `refused to unpack \`l\`: ${outside}`);
    await refuses([link('a', 'b'), link('b', 'a')], 'refused to unpack `a`: the link leads in a circle');
    await refuses([link('a', '')], 'refused to unpack `a`: the link points nowhere');
    await refuses([link('a', 'x\u001b[0m')], 'the link points to a name with a control character');
    await refuses([link('a', 'C:\\x')], 'the link points to an absolute path');
    await refuses(
      [{ ...link('a', 'x'), content: 'more' }],
      'refused to unpack `a`: it is a link with content',
    );
    await refuses(
      [paxMember({ linkpath: `${'x/'.repeat(600)}y` }), link('a', 'x')],
      'has a target that is too long',
    );
  });

  test('refuses names that lead through a link of the archive or of the directory', async () => {
    await refuses(
      [
        { name: 'l', type: '2', linkTarget: 'd' },
        { name: 'l/x', content: 'x' },
      ],
      'refused to unpack `l/x`: the name leads through the link `l`',
    );
    const { here, archive, out } = archiveOf(gzipSync(rawTar([{ name: 'l/x', content: 'x' }])));
    mkdirSync(out);
    mkdirSync(join(here, 'elsewhere'));
    symlinkSync('../elsewhere', join(out, 'l'));
    await expect(unpackTarGz(archive, out, roomy)).rejects.toThrow(
      `cannot unpack over \`${join(out, 'l')}\`: a link is in the way`,
    );
    expect(tree(here)).toMatchObject({ 'out/l': '-> ../elsewhere' });
    expect(existsSync(join(here, 'elsewhere/x'))).toBe(false);
  });

  test('replaces a link that waits under the name of a file, and never writes through it', async () => {
    const { here, archive, out } = archiveOf(gzipSync(rawTar([{ name: 'x', content: 'from the archive' }])));
    plant(here, { 'out/': '', victim: 'untouched' });
    symlinkSync('../victim', join(out, 'x'));
    await unpackTarGz(archive, out, roomy);
    expect(tree(here)).toMatchObject({ victim: 'untouched', 'out/x': 'from the archive' });
    expect(lstatSync(join(out, 'x')).isFile()).toBe(true);
  });

  test('takes the last of several members with one name, whatever kind they are', async () => {
    const { archive, out } = archiveOf(
      rawTar([
        { name: 'x', content: 'first' },
        { name: './x', content: 'second, longer' },
        { name: 'y', type: '2', linkTarget: 'x' },
        { name: 'y', content: 'file after link' },
        { name: 'z', content: 'file' },
        { name: 'z', type: '2', linkTarget: 'x' },
        { name: 'd/', type: '5' },
        { name: 'd', type: '5' },
      ]),
    );
    const members = await unpackTarGz(archive, out, roomy);
    expect(tree(out)).toEqual({ 'd/': '', x: 'second, longer', y: 'file after link', z: '-> x' });
    expect(members.map(({ name, kind, sizeBytes }) => [name, kind, sizeBytes])).toEqual([
      ['d', 'directory', 0],
      ['x', 'file', 14],
      ['y', 'file', 15],
      ['z', 'symlink', 0],
    ]);
    await refuses([{ name: 'd/x' }, { name: 'd' }], 'holds it both as a directory and as something else');
    await refuses([{ name: 'd' }, { name: 'd/x' }], 'refused to unpack `d/x`: `d` is a file');
    await refuses(
      [{ name: 'd' }, { name: 'd', type: '5' }],
      'holds it both as a directory and as something else',
    );
  });

  test('stops at the limits: declared sizes, real sizes, number of members', async () => {
    const limits = { maxBytes: 1000, maxMembers: 3 };
    const stops = async (bytes: Buffer, message: string): Promise<void> => {
      const { here, archive, out } = archiveOf(bytes);
      await expect(unpackTarGz(archive, out, limits)).rejects.toThrow(message);
      expect(Object.keys(tree(here))).toEqual(['a.tar.gz']);
    };
    await stops(
      rawTar([{ name: 'a', declaredSize: 0o7777777777 }]),
      'holds more than 1000 bytes: up to `a` it is 1073741823',
    );
    await stops(
      rawTar([
        { name: 'a', content: 'x'.repeat(600) },
        { name: 'b', content: 'x'.repeat(600) },
      ]),
      'holds more than 1000 bytes: up to `b` it is 1200',
    );
    await stops(rawTar(['a', 'b', 'c', 'd'].map((name) => ({ name }))), 'holds more than 3 members');
    await stops(gzipSync(Buffer.alloc(64 << 20)), 'grows past the 1000 bytes that it may take');
    const headers = Array.from({ length: 400 }, () => paxMember({ comment: 'x'.repeat(4000) }));
    await stops(gzipSync(rawTar([...headers, { name: 'a' }])), 'grows past the 1000 bytes that it may take');
    const honest = archiveOf(rawTar([{ name: 'a', content: 'x'.repeat(1000) }]));
    expect(await unpackTarGz(honest.archive, honest.out, limits)).toHaveLength(1);
  });

  test('stops a bomb long before it is unpacked', async () => {
    const { archive, out } = archiveOf(
      gzipSync(Buffer.concat([rawMember({ name: 'a', declaredSize: 400 << 20 }), Buffer.alloc(40 << 20)])),
    );
    let heard = 0;
    const limits = { maxBytes: 1 << 20, maxMembers: 10 };
    await expect(
      unpackTarGz(archive, out, limits, { onProgress: (bytes) => (heard = bytes) }),
    ).rejects.toThrow('holds more than 1048576 bytes');
    expect(heard).toBe(0);
  });
});

describe('unpacking a broken archive', () => {
  const good = rawTar([
    { name: 'a', content: 'x'.repeat(5000) },
    { name: 'b', content: 'y'.repeat(5000) },
  ]);

  test('says that it is cut off, wherever that happened, and leaves nothing', async () => {
    const whole = gzipSync(good, { level: 0 });
    for (const bytes of [
      whole.subarray(0, 5),
      whole.subarray(0, 300),
      whole.subarray(0, 6000),
      whole.subarray(0, whole.length - 1),
      good.subarray(0, 700),
      good.subarray(0, 512 + 5120),
      good.subarray(0, good.length - 1024),
    ]) {
      const { here, archive, out } = archiveOf(bytes);
      await expect(unpackTarGz(archive, out, roomy)).rejects.toMatchObject({
        message: `\`${archive}\` is cut off: its end is missing`,
        hint: 'fetch it again',
        exitCode: 3,
      });
      expect(Object.keys(tree(here))).toEqual(['a.tar.gz']);
    }
  });

  test('says that it is damaged, empty, missing or something else', async () => {
    const fails = async (bytes: Buffer, message: string): Promise<void> => {
      const { archive, out } = archiveOf(bytes);
      await expect(unpackTarGz(archive, out, roomy)).rejects.toThrow(`\`${archive}\` ${message}`);
    };
    const wrongSum = gzipSync(good);
    wrongSum[wrongSum.length - 8] = (wrongSum.at(-8) ?? 0) ^ 1;
    await fails(wrongSum, 'is damaged: incorrect data check');
    const wrongHeader = Buffer.from(good);
    wrongHeader[512 + 5120] = 0x7a;
    await fails(wrongHeader, 'is damaged after `a`');
    await fails(Buffer.alloc(0), 'is empty');
    await fails(Buffer.from('x'), 'is not a tar archive');
    await fails(
      Buffer.from(`<!doctype html><title>Sign in</title>${' '.repeat(2000)}`),
      'is not a tar archive',
    );
    await fails(gzipSync('<html>'.repeat(500)), 'is not a tar archive');
    await expect(unpackTarGz('/does/not/exist.tar.gz', temporaryDirectory(), roomy)).rejects.toThrow(
      'cannot read `/does/not/exist.tar.gz`: it does not exist',
    );
    const here = temporaryDirectory();
    await expect(unpackTarGz(here, join(here, 'out'), roomy)).rejects.toThrow(`cannot read \`${here}\``);
  });

  test('never hangs, crashes or writes elsewhere, whatever the bytes', async () => {
    const base = rawTar([
      { name: 'a', content: 'abc' },
      { name: 'l', type: '2', linkTarget: 'a' },
      paxMember({ path: 'p' }),
      { name: 'x', content: 'p' },
    ]);
    const edit = fc.record({ at: fc.nat(base.length - 1), byte: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(edit, { maxLength: 12 }),
        fc.nat(base.length),
        fc.boolean(),
        async (edits, length, packed) => {
          const bytes = Buffer.from(base);
          for (const { at, byte } of edits) bytes[at] = byte;
          const cut = bytes.subarray(0, length);
          const { here, archive, out } = archiveOf(packed ? gzipSync(cut) : cut);
          await unpackTarGz(archive, out, roomy).catch((error: unknown) => {
            expect(error).toMatchObject({ exitCode: 3 });
            expect(existsSync(out)).toBe(false);
          });
          expect(Object.keys(tree(here)).filter((name) => !name.startsWith('out'))).toEqual(['a.tar.gz']);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('unpacking an honest archive', () => {
  test('takes what GNU tar writes, in its formats, gzipped or not', async () => {
    const here = temporaryDirectory();
    const long = `${'d'.repeat(120)}/${'e'.repeat(140)}.txt`;
    plant(here, {
      'in/run.sh': 'run',
      'in/empty': '',
      'in/none/': '',
      [`in/${long}`]: 'long',
      'in/dünn.txt': 'ü',
    });
    chmodSync(join(here, 'in/run.sh'), 0o4755);
    symlinkSync('run.sh', join(here, 'in/link'));
    for (const format of ['gnu', 'pax', 'oldgnu']) {
      for (const [flags, name] of [
        ['czf', `${format}.tar.gz`],
        ['cf', `${format}.tar`],
      ] as const) {
        execFileSync('tar', [flags, join(here, name), `--format=${format}`, '-C', join(here, 'in'), '.']);
        const out = join(here, `out-${name}`);
        const members = await unpackTarGz(join(here, name), out, roomy);
        expect(tree(out)).toEqual(tree(join(here, 'in')));
        expect(members).toContainEqual({
          name: 'link',
          kind: 'symlink',
          sizeBytes: 0,
          path: join(out, 'link'),
        });
        expect(lstatSync(join(out, 'run.sh')).mode & 0o7777).toBe(0o755);
        expect(lstatSync(join(out, 'empty')).mode & 0o7777).toBe(0o644);
      }
    }
  });

  test('takes a tar from before POSIX', async () => {
    const { archive, out } = archiveOf(
      rawTar([{ name: 'a', content: 'old', magic: '\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000' }]),
    );
    await unpackTarGz(archive, out, roomy);
    expect(tree(out)).toEqual({ a: 'old' });
  });

  test('merges into a directory that holds other things, twice', async () => {
    const { archive, out } = archiveOf(
      gzipSync(
        rawTar([
          { name: 'd/new', content: 'new' },
          { name: 'old', content: 'now' },
        ]),
      ),
    );
    plant(out, { old: 'before', 'd/mine': 'mine' });
    await unpackTarGz(archive, out, roomy);
    await unpackTarGz(archive, out, roomy);
    expect(tree(out)).toEqual({ 'd/': '', 'd/mine': 'mine', 'd/new': 'new', old: 'now' });
  });

  test('changes nothing when a directory stands where a file is to go', async () => {
    const { archive, out } = archiveOf(
      rawTar([
        { name: 'a', content: 'new' },
        { name: 'b', content: 'new' },
      ]),
    );
    plant(out, { a: 'old', 'b/x': 'old' });
    await expect(unpackTarGz(archive, out, roomy)).rejects.toThrow(
      `cannot unpack over \`${join(out, 'b')}\`: a directory is in the way`,
    );
    expect(tree(out)).toEqual({ a: 'old', 'b/': '', 'b/x': 'old' });
    const file = archiveOf(rawTar([{ name: 'a', content: 'new' }]));
    writeFileSync(file.out, 'a file');
    await expect(unpackTarGz(file.archive, file.out, roomy)).rejects.toThrow(
      `cannot make the directory \`${file.out}\`: there is a file of that name`,
    );
  });

  test('reads from a stream in pieces of any size, and passes its errors on', async () => {
    const bytes = gzipSync(rawTar([{ name: 'a', content: 'streamed' }]));
    const out = join(temporaryDirectory(), 'deep/out');
    const pieces = Array.from({ length: bytes.length }, (_, at) => bytes.subarray(at, at + 1));
    await unpackTarGz(Readable.from(pieces), out, roomy);
    expect(tree(out)).toEqual({ a: 'streamed' });

    const failure = new RemoteError('the connection broke');
    function* broken(): Generator<Buffer> {
      yield bytes.subarray(0, 20);
      throw failure;
    }
    const elsewhere = temporaryDirectory();
    await expect(unpackTarGz(Readable.from(broken()), join(elsewhere, 'deep/out'), roomy)).rejects.toBe(
      failure,
    );
    const plain = new TypeError('odd');
    const odd = Readable.from(
      (function* (): Generator<Buffer> {
        yield bytes.subarray(0, 20);
        throw plain;
      })(),
    );
    await expect(unpackTarGz(odd, join(elsewhere, 'deep/out'), roomy)).rejects.toBe(plain);
    expect(tree(elsewhere)).toEqual({});
  });

  test('stops when it is told to, and leaves nothing', async () => {
    const here = temporaryDirectory();
    writeFileSync(join(here, 'big'), '');
    truncateSync(join(here, 'big'), 16 << 20);
    await writeTarGz(join(here, 'a.tar.gz'), [{ name: 'big', path: join(here, 'big') }]);
    const controller = new AbortController();
    const reason = new Error('stop now');
    await expect(
      unpackTarGz(join(here, 'a.tar.gz'), join(here, 'out'), roomy, {
        signal: controller.signal,
        onProgress: () => controller.abort(reason),
      }),
    ).rejects.toBe(reason);
    expect(Object.keys(tree(here))).toEqual(['a.tar.gz', 'big']);
  });
});

describe('listing an archive', () => {
  test('shows names, sizes and kinds as they are, without judging them', async () => {
    const { archive } = archiveOf(
      gzipSync(
        rawTar([
          { name: '../up', content: 'abc', mode: 0o755 },
          { name: 'l', type: '2', linkTarget: '/etc' },
          { name: 'd/', type: '5' },
          { name: 'h', type: '1', linkTarget: 'x' },
          { name: 'big', content: 'x'.repeat(100_000) },
        ]),
      ),
    );
    expect(await listTarGz(archive)).toEqual([
      { name: '../up', kind: 'file', sizeBytes: 3, mode: 0o755, linkTarget: '' },
      { name: 'l', kind: 'symlink', sizeBytes: 0, mode: 0o644, linkTarget: '/etc' },
      { name: 'd/', kind: 'directory', sizeBytes: 0, mode: 0o644, linkTarget: '' },
      { name: 'h', kind: 'hard-link', sizeBytes: 0, mode: 0o644, linkTarget: 'x' },
      { name: 'big', kind: 'file', sizeBytes: 100_000, mode: 0o644, linkTarget: '' },
    ]);
    await expect(listTarGz(archive, { maxBytes: 10, maxMembers: 10 })).rejects.toThrow(
      'holds more than 10 bytes',
    );
  });

  test('sees the hard links that GNU tar makes', async () => {
    const here = temporaryDirectory();
    plant(here, { 'in/a': 'a' });
    linkSync(join(here, 'in/a'), join(here, 'in/b'));
    execFileSync('tar', ['cf', join(here, 'a.tar'), '-C', join(here, 'in'), 'a', 'b']);
    expect((await listTarGz(join(here, 'a.tar'))).map((member) => member.kind)).toEqual([
      'file',
      'hard-link',
    ]);
    expect(readFileSync(join(here, 'in/b'), 'utf8')).toBe('a');
  });
});
