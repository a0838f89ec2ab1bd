import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { crc32, gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gzipTrailer } from '../../src/archive/gzip-trailer.ts';
import { writeArchive, writeTar, writeTarGz } from '../../src/archive/tar-gz.ts';
import type { TarMember } from '../../src/archive/tar-member.ts';
import { hasZstd } from '../../src/archive/zstd.ts';
import { listTarGz, unpackTarGz } from '../../src/archive/unpack.ts';
import { plant, temporaryDirectory, tree } from './temporary.ts';

const roomy = { maxBytes: 1 << 28, maxMembers: 10_000 };

function gnuTar(...args: string[]): string {
  return execFileSync('tar', args, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC' },
  });
}

describe('writing a tar.gz', () => {
  test('removes what a killed writer left, when it is the only writer, and nothing else', async () => {
    const here = temporaryDirectory();
    plant(here, {
      'out.tar.gz.part-0123456789ab': 'half',
      'out.tar.gz.part-mine': 'x',
      'other.tar.gz.part-0123456789ab': 'x',
    });
    await writeTarGz(join(here, 'out.tar.gz'), [{ name: 'a', content: 'a' }]);
    expect(readdirSync(here)).toContain('out.tar.gz.part-0123456789ab');
    await writeTarGz(join(here, 'out.tar.gz'), [{ name: 'a', content: 'a' }], { isOnlyWriter: true });
    expect(readdirSync(here).sort()).toEqual([
      'other.tar.gz.part-0123456789ab',
      'out.tar.gz',
      'out.tar.gz.part-mine',
    ]);
  });

  test('gives the same bytes for the same content, whatever the order, the times and the owner bits', async () => {
    const here = temporaryDirectory();
    plant(here, { 'a/one.txt': 'one', 'b/one.txt': 'one' });
    chmodSync(join(here, 'a/one.txt'), 0o600);
    chmodSync(join(here, 'b/one.txt'), 0o664);
    utimesSync(join(here, 'b/one.txt'), 1e9, 1e9);
    const members = (from: string): TarMember[] => [
      { name: 'x/one.txt', path: join(here, from, 'one.txt') },
      { name: 'empty', directory: true },
      { name: 'B.txt', content: 'b', mode: 0o755 },
      { name: 'a.txt', content: Buffer.from('a') },
    ];
    const first = await writeTarGz(join(here, '1.tar.gz'), members('a'));
    const second = await writeTarGz(join(here, '2.tar.gz'), members('b').reverse());
    expect(second).toEqual(first);
    expect(readFileSync(join(here, '2.tar.gz'))).toEqual(readFileSync(join(here, '1.tar.gz')));
    expect(
      (await listTarGz(join(here, '1.tar.gz'))).map(({ name, mode, kind }) => [name, mode, kind]),
    ).toEqual([
      ['B.txt', 0o755, 'file'],
      ['a.txt', 0o644, 'file'],
      ['empty/', 0o755, 'directory'],
      ['x/one.txt', 0o644, 'file'],
    ]);
  });

  test('has a gzip header without a time and a name, always of the same system', async () => {
    const here = temporaryDirectory();
    await writeTarGz(join(here, 'a.tar.gz'), []);
    expect(readFileSync(join(here, 'a.tar.gz')).subarray(0, 10).toString('hex')).toBe('1f8b0800000000000003');
  });

  test('reports size, checksum and hash of what lies on the disk', async () => {
    const here = temporaryDirectory();
    const path = join(here, 'a.tar.gz');
    const written = await writeTarGz(path, [{ name: 'ä.txt', content: 'ü' }]);
    const bytes = readFileSync(path);
    expect(written).toEqual({
      sizeBytes: bytes.length,
      crc32: crc32(gunzipSync(bytes)),
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
    expect(await gzipTrailer(path)).toEqual({ sizeBytes: bytes.length, crc32: written.crc32 });
    expect(written.crc32).toBe(bytes.readUInt32LE(bytes.length - 8));
  });

  test('is readable for GNU tar: long names, other alphabets, empty files and directories, modes', async () => {
    const here = temporaryDirectory();
    plant(here, { 'run.sh': '#!/bin/sh\n', empty: '' });
    chmodSync(join(here, 'run.sh'), 0o700);
    const long = `${'d'.repeat(120)}/${'e'.repeat(120)}/${'f'.repeat(90)}.txt`;
    const split = `${'g'.repeat(80)}/${'h'.repeat(80)}`;
    await writeTarGz(join(here, 'a.tar.gz'), [
      { name: 'run.sh', path: join(here, 'run.sh') },
      { name: 'empty', path: join(here, 'empty') },
      { name: 'dünn/日本語 ✓.txt', content: 'wide' },
      { name: long, content: 'long' },
      { name: split, content: 'split' },
      { name: 'i'.repeat(150), directory: true },
      { name: "it's; $(odd).txt", content: 'odd' },
    ]);
    const listing = gnuTar('tzvf', join(here, 'a.tar.gz'), '--quoting-style=literal').trimEnd().split('\n');
    expect(listing).toContainEqual(expect.stringMatching(/^-rwxr-xr-x 0\/0 +10 1970-01-01 00:00 run\.sh$/));
    expect(listing).toContainEqual(expect.stringMatching(/^drwxr-xr-x 0\/0 +0 1970-01-01 00:00 i{150}\/$/));
    mkdirSync(join(here, 'out'));
    gnuTar('xzf', join(here, 'a.tar.gz'), '-C', join(here, 'out'));
    expect(tree(join(here, 'out'))).toMatchObject({
      'run.sh': '#!/bin/sh\n',
      empty: '',
      'dünn/日本語 ✓.txt': 'wide',
      [long]: 'long',
      [split]: 'split',
      [`${'i'.repeat(150)}/`]: '',
      "it's; $(odd).txt": 'odd',
    });
  });

  test('lists what it holds in a last member, with sizes and digests', async () => {
    const here = temporaryDirectory();
    plant(here, { one: 'bytes' });
    const members: TarMember[] = [
      { name: 'z/text', content: 'ü' },
      { name: './a', path: join(here, 'one') },
      { name: 'folder', directory: true },
    ];
    const path = join(here, 'a.tar.gz');
    const content = (files: unknown): string => JSON.stringify(files);
    await writeTarGz(path, members, { manifest: { name: 'LIST', content } });
    expect((await listTarGz(path)).map((member) => member.name)).toEqual(['a', 'folder/', 'z/text', 'LIST']);
    await unpackTarGz(path, join(here, 'out'), roomy);
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
    expect(JSON.parse(readFileSync(join(here, 'out/LIST'), 'utf8'))).toEqual([
      { name: 'a', size: 5, sha256: sha256('bytes') },
      { name: 'z/text', size: 2, sha256: sha256('ü') },
    ]);
    await expect(writeTarGz(path, members, { manifest: { name: 'a', content } })).rejects.toThrow(
      'cannot pack two members named `a`',
    );
  });

  test('writes an archive without members that GNU tar and unpackTarGz take', async () => {
    const here = temporaryDirectory();
    await writeTarGz(join(here, 'none.tar.gz'), []);
    expect(gnuTar('tzf', join(here, 'none.tar.gz'))).toBe('');
    expect(await unpackTarGz(join(here, 'none.tar.gz'), join(here, 'out'), roomy)).toEqual([]);
  });

  test('follows the name of the destination, and refuses one that says nothing', async () => {
    const here = temporaryDirectory();
    const members = [{ name: 'a', content: 'a' }];
    const plain = await writeArchive(join(here, 'a.tar'), members);
    const packed = await writeArchive(join(here, 'a.tgz'), members);
    expect(readFileSync(join(here, 'a.tar')).subarray(257, 262).toString()).toBe('ustar');
    expect(readFileSync(join(here, 'a.tgz')).readUInt16BE()).toBe(0x1f8b);
    expect(packed.crc32).toBe(plain.crc32);
    await expect(writeArchive('a.zip', members)).rejects.toThrow(
      'cannot tell from the name `a.zip` what kind of archive to write',
    );
  });

  test('writes Zstandard where this Node can, and says so where it cannot', async () => {
    const path = join(temporaryDirectory(), 'a.tar.zst');
    const writing = writeArchive(path, [{ name: 'a', content: Buffer.alloc(9_000_000, 'abc') }]);
    if (!hasZstd()) {
      await expect(writing).rejects.toMatchObject({ exitCode: 33 });
      return;
    }
    const { sizeBytes } = await writing;
    expect(sizeBytes).toBeLessThan(100_000);
    expect(readFileSync(path).readUInt32LE()).toBe(0xfd2fb528);
    const zstd = spawnSync('zstd', ['-dc', path], { maxBuffer: 1 << 26 });
    // Only to compare with: where the program is missing, the magic number has to do.
    if (zstd.status !== null) expect(zstd.stdout.length).toBeGreaterThan(9_000_000);
  });

  test('replaces an archive only when the new one is whole', async () => {
    const here = temporaryDirectory();
    const path = join(here, 'a.tar.gz');
    writeFileSync(path, 'the old one');
    const members = [
      { name: 'a', content: 'a' },
      { name: 'b', path: join(here, 'gone') },
    ];
    await expect(writeTarGz(path, members)).rejects.toThrow(
      `cannot pack \`${join(here, 'gone')}\`: it is not there any more`,
    );
    expect(tree(here)).toEqual({ 'a.tar.gz': 'the old one' });
    await writeTarGz(path, [{ name: 'a', content: 'a' }]);
    expect(readdirSync(here)).toEqual(['a.tar.gz']);
    expect(await listTarGz(path)).toHaveLength(1);
  });

  test('notices a file that grows, shrinks or is rewritten while it is read', async () => {
    const changes: Record<string, (path: string) => void> = {
      grows: (path) => appendFileSync(path, 'more'),
      shrinks: (path) => truncateSync(path, 1 << 20),
      rewritten: (path) => utimesSync(path, 1, 1),
    };
    for (const change of Object.values(changes)) {
      const here = temporaryDirectory();
      const path = join(here, 'big');
      writeFileSync(path, Buffer.alloc(3 << 20, 'x'));
      let changed = false;
      const onProgress = (): void => {
        if (!changed) change(path);
        changed = true;
      };
      await expect(
        writeTarGz(join(here, 'a.tar.gz'), [{ name: 'big', path }], { onProgress }),
      ).rejects.toThrow(`cannot pack \`${path}\`: it changed while it was read`);
      expect(readdirSync(here)).toEqual(['big']);
    }
  });

  test('refuses what is no regular file, without waiting for a pipe', async () => {
    const here = temporaryDirectory();
    execFileSync('mkfifo', [join(here, 'pipe')]);
    for (const name of ['pipe', '.']) {
      await expect(
        writeTarGz(join(here, 'a.tar.gz'), [{ name: 'x', path: join(here, name) }]),
      ).rejects.toThrow('it is not a regular file');
    }
    expect(readdirSync(here)).toEqual(['pipe']);
  });

  test('refuses names that no reader would take, and members that cannot both be there', async () => {
    const refuse = async (names: string[], message: string): Promise<void> => {
      const here = temporaryDirectory();
      const members = names.map((name) => ({ name, content: '' }));
      await expect(writeTarGz(join(here, 'a.tar.gz'), members)).rejects.toThrow(message);
      expect(readdirSync(here)).toEqual([]);
    };
    await refuse(['../x'], 'cannot pack `../x`: the name holds `..`');
    await refuse(['/etc/x'], 'cannot pack `/etc/x`: the name is absolute');
    await refuse([''], 'cannot pack ``: the name is empty');
    await refuse(['./'], 'cannot pack `./`: it names the archive itself');
    await refuse(['a\nb'], 'cannot pack `ab`: the name holds a control character');
    await refuse(['a', './a'], 'cannot pack two members named `a`');
    await refuse(['a', 'a/b/c'], 'cannot pack `a/b/c`: `a` is a file');
  });

  test('takes names with line breaks where they are not ours to choose', async () => {
    const here = temporaryDirectory();
    const path = join(here, 'a.tar');
    const name = 'out/new\nline \u001b[31m';
    const manifest = { name: 'list', content: () => '' };
    await writeTar(path, [{ name, content: 'x' }], { isAnyName: true, manifest });
    mkdirSync(join(here, 'x'));
    execFileSync('tar', ['xf', path, '-C', join(here, 'x')]);
    expect(readFileSync(join(here, 'x', name), 'utf8')).toBe('x');
    const nul = [{ name: 'a\0b', content: '' }];
    await expect(writeTar(path, nul, { isAnyName: true })).rejects.toThrow(
      'the name holds a control character',
    );
  });

  test('says what is wrong with the destination', async () => {
    const here = temporaryDirectory();
    await expect(writeTarGz(here, [])).rejects.toThrow(`cannot write \`${here}\`: it is a directory`);
    const path = join(here, 'missing/a.tar.gz');
    await expect(writeTarGz(path, [])).rejects.toThrow(
      `cannot write \`${path}\`: its directory does not exist`,
    );
  });

  test('leaves nothing behind when it is interrupted', async () => {
    const here = temporaryDirectory();
    writeFileSync(join(here, 'big'), Buffer.alloc(8 << 20, 'x'));
    const controller = new AbortController();
    const reason = new Error('stop now');
    const onProgress = (bytes: number): void => {
      if (bytes > 1 << 20) controller.abort(reason);
    };
    const members = [{ name: 'big', path: join(here, 'big') }];
    const options = { signal: controller.signal, onProgress };
    await expect(writeTarGz(join(here, 'a.tar.gz'), members, options)).rejects.toBe(reason);
    await expect(writeTar(join(here, 'a.tar'), members, options)).rejects.toBe(reason);
    expect(readdirSync(here)).toEqual(['big']);
  });

  test('names the archive and cleans up when the disk is full', async (context) => {
    const here = temporaryDirectory();
    const mount = join(here, 'small');
    mkdirSync(mount);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mount]);
    if (mounted.status !== 0) return context.skip('needs the right to mount a small file system');
    try {
      writeFileSync(join(here, 'big'), Buffer.alloc(4 << 20, 'x'));
      const path = join(mount, 'a.tar');
      await expect(writeTar(path, [{ name: 'big', path: join(here, 'big') }])).rejects.toMatchObject({
        message: `cannot write \`${path}\`: no space is left on the device`,
        hint: 'free some space, or choose another place; the same command again goes on',
        exitCode: 3,
      });
      expect(readdirSync(mount)).toEqual([]);
      await writeTarGz(join(here, 'a.tar.gz'), [{ name: 'big', path: join(here, 'big') }]);
      await expect(unpackTarGz(join(here, 'a.tar.gz'), mount, roomy)).rejects.toThrow(
        `cannot unpack into \`${mount}\`: no space is left on the device`,
      );
      expect(readdirSync(mount)).toEqual([]);
    } finally {
      spawnSync('umount', [mount]);
    }
  });

  test('reports progress that ends at the size of the content', async () => {
    const here = temporaryDirectory();
    writeFileSync(join(here, 'big'), Buffer.alloc(1_000_000));
    const heard: number[] = [];
    await writeTarGz(
      join(here, 'a.tar.gz'),
      [
        { name: 'big', path: join(here, 'big') },
        { name: 'c', content: 'abc' },
      ],
      {
        onProgress: (bytes) => heard.push(bytes),
      },
    );
    expect(heard.at(-1)).toBe(1_000_003);
    expect(heard).toEqual([...heard].sort((a, b) => a - b));
  });

  test('keeps its memory flat while a large file goes through', () => {
    const here = temporaryDirectory();
    writeFileSync(join(here, 'big'), '');
    truncateSync(join(here, 'big'), 200 << 20);
    symlinkSync(join(import.meta.dirname, '../../src'), join(here, 'src'));
    writeFileSync(
      join(here, 'measure.mts'),
      `import { writeTarGz } from ${JSON.stringify(join(import.meta.dirname, '../../src/archive/tar-gz.ts'))};
       import { unpackTarGz } from ${JSON.stringify(join(import.meta.dirname, '../../src/archive/unpack.ts'))};
       let most = 0;
       const onProgress = () => { most = Math.max(most, process.memoryUsage().rss); };
       onProgress();
       const before = most;
       await writeTarGz('a.tar.gz', [{ name: 'big', path: 'big' }], { level: 1, onProgress });
       const [member] = await unpackTarGz('a.tar.gz', 'out', { maxBytes: 2 ** 28, maxMembers: 1 }, { onProgress });
       process.stdout.write(JSON.stringify({ grownBytes: most - before, sizeBytes: member.sizeBytes }));`,
    );
    execFileSync(
      join(import.meta.dirname, '../../node_modules/.bin/esbuild'),
      [
        'measure.mts',
        '--bundle',
        '--platform=node',
        '--format=cjs',
        '--outfile=measure.cjs',
        '--log-level=error',
        '--supported:top-level-await=true',
        '--format=esm',
        '--outfile=measure.mjs',
        "--banner:js=import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
      ],
      { cwd: here },
    );
    const output = execFileSync(process.execPath, ['measure.mjs'], { cwd: here, encoding: 'utf8' });
    const { grownBytes, sizeBytes } = JSON.parse(output) as { grownBytes: number; sizeBytes: number };
    expect(sizeBytes).toBe(200 << 20);
    expect(grownBytes).toBeLessThan(100 << 20);
  });

  test('unpacks to what was packed, for any names and bytes', async () => {
    const part = fc.stringMatching(/^[a-zA-Zäöß日 .,'$-]{1,40}$/).filter((text) => !/^\.{1,2}$/.test(text));
    const name = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/'));
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(name, fc.uint8Array({ maxLength: 2000 }), { maxKeys: 8 }),
        async (files) => {
          const names = Object.keys(files).filter(
            (one) => !Object.keys(files).some((other) => other.startsWith(`${one}/`)),
          );
          const here = temporaryDirectory();
          const members = names.map((one) => ({ name: one, content: Buffer.from(files[one] ?? []) }));
          await writeTarGz(join(here, 'a.tar.gz'), members);
          const unpacked = await unpackTarGz(join(here, 'a.tar.gz'), join(here, 'out'), roomy);
          expect(unpacked.map((member) => member.name)).toEqual([...names].sort((a, b) => (a < b ? -1 : 1)));
          for (const member of unpacked)
            expect(readFileSync(member.path)).toEqual(Buffer.from(files[member.name] ?? []));
          rmSync(here, { recursive: true });
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('the trailer of a gzip file', () => {
  test('is not taken from something else', async () => {
    const here = temporaryDirectory();
    plant(here, { text: 'not a gzip file, but long enough for one', short: '\x1f\x8b' });
    await expect(gzipTrailer(join(here, 'text'))).rejects.toThrow(
      `\`${join(here, 'text')}\` is not a gzip file`,
    );
    await expect(gzipTrailer(join(here, 'short'))).rejects.toThrow('is not a gzip file');
    await expect(gzipTrailer(join(here, 'none'))).rejects.toThrow(`cannot read \`${join(here, 'none')}\``);
  });

  test('is what gzip itself wrote', async () => {
    const here = temporaryDirectory();
    plant(here, { 'a.txt': 'some text' });
    execFileSync('gzip', ['-k', join(here, 'a.txt')]);
    expect((await gzipTrailer(join(here, 'a.txt.gz'))).crc32).toBe(crc32('some text'));
    expect(basename(join(here, 'a.txt.gz'))).toBe('a.txt.gz');
  });
});
