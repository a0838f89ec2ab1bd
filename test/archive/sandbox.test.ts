import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkArchiveSize, sandboxLimitBytes } from '../../src/archive/archive-size.ts';
import { leftOutReasonText } from '../../src/archive/left-out.ts';
import { SecretScan } from '../../src/archive/private-files.ts';
import { collectSandbox, type Sandbox, type SandboxOptions } from '../../src/archive/sandbox.ts';
import { writeTarGz } from '../../src/archive/tar-gz.ts';
import { listTarGz } from '../../src/archive/unpack.ts';
import { describeWithShared, sharedJson } from '../rigs/shared.ts';
import { plant, temporaryDirectory } from './temporary.ts';

const mebibyte = 1 << 20;
const workflow: SandboxOptions = { maxFileSizeBytes: mebibyte, style: 'workflow', homeDirectory: '/nowhere' };
const job: SandboxOptions = { maxFileSizeBytes: mebibyte, style: 'job', homeDirectory: '/nowhere' };
const keyBlock = '-----BEGIN RSA PRIVATE KEY-----\nMIIBOgIBAAJBAK\n-----END RSA PRIVATE KEY-----\n';

function names(sandbox: Sandbox): string[] {
  return sandbox.members.map((member) => member.name);
}

function reasons(sandbox: Sandbox): Record<string, string> {
  return Object.fromEntries(sandbox.leftOut.map(({ name, reason }) => [name, reason]));
}

/** Root may read everything, so where tests run as root, this part of them does not. */
async function asOrdinaryUser<Value>(work: () => Promise<Value>): Promise<Value> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(65534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

describe('the sandbox of a workflow', () => {
  test('takes every small file below the directory, by name', async () => {
    const here = temporaryDirectory();
    plant(here, {
      'b.cwl': 'b',
      'a/z.yaml': 'z',
      'a/b/c.py': 'cc',
      '.hidden': 'h',
      empty: '',
      'lib.so': 'x',
      'none/': '',
    });
    const sandbox = await collectSandbox(here, workflow);
    expect(names(sandbox)).toEqual(['.hidden', 'a/b/c.py', 'a/z.yaml', 'b.cwl', 'empty', 'lib.so']);
    expect(sandbox.leftOut).toEqual([]);
    expect(sandbox.totalBytes).toBe(6);
    expect(sandbox.members[1]).toEqual({ name: 'a/b/c.py', path: join(here, 'a/b/c.py'), sizeBytes: 2 });
  });

  test('stays below the limit in whole KiB, as find -size counts', async () => {
    const here = temporaryDirectory();
    const sizes = { k1023: 1047552, k1023p1: 1047553, m1: mebibyte, m1p1: mebibyte + 1 };
    for (const [name, size] of Object.entries(sizes)) plant(here, { [name]: Buffer.alloc(size, 'x') });
    const sandbox = await collectSandbox(here, workflow);
    expect(names(sandbox)).toEqual(['k1023']);
    expect(sandbox.leftOut[0]).toEqual({ name: 'k1023p1', reason: 'too-large', sizeBytes: 1047553 });
    const found = execFileSync('find', ['.', '-type', 'f', '-size', '-1024k'], {
      cwd: here,
      encoding: 'utf8',
    });
    expect(found).toBe('./k1023\n');
    expect(names(await collectSandbox(here, { ...workflow, maxFileSizeBytes: 2 * mebibyte }))).toHaveLength(
      4,
    );
  });

  test('follows links to files inside, and says why the others stay', async () => {
    const here = temporaryDirectory();
    const outside = temporaryDirectory();
    plant(outside, { secret: 'x' });
    plant(here, {
      'data/plain.txt': 'plain',
      '.ssh/config': 'Host',
      'key.pem': keyBlock,
      '.git/config': 'x',
    });
    symlinkSync('data/plain.txt', join(here, 'link.txt'));
    symlinkSync('link.txt', join(here, 'link-to-link.txt'));
    symlinkSync('nowhere', join(here, 'dead'));
    symlinkSync('loop', join(here, 'loop'));
    symlinkSync(join(outside, 'secret'), join(here, 'out'));
    symlinkSync('data', join(here, 'dir'));
    symlinkSync('.', join(here, 'self'));
    symlinkSync('.ssh/config', join(here, 'innocent.txt'));
    symlinkSync('key.pem', join(here, 'innocent.pem'));
    symlinkSync('.git/config', join(here, 'git.txt'));
    const sandbox = await collectSandbox(here, workflow);
    expect(names(sandbox)).toEqual(['data/plain.txt', 'link-to-link.txt', 'link.txt']);
    expect(sandbox.members.map((member) => 'path' in member && member.path)).toEqual(
      Array(3).fill(join(here, 'data/plain.txt')),
    );
    expect(reasons(sandbox)).toEqual({
      '.git/': 'version-control',
      '.ssh/': 'private-place',
      dead: 'dead-link',
      dir: 'link-to-directory',
      'git.txt': 'version-control',
      'innocent.pem': 'private-content',
      'innocent.txt': 'private-place',
      'key.pem': 'private-content',
      loop: 'dead-link',
      out: 'link-outside',
      self: 'link-to-directory',
    });
  });

  test('leaves out pipes, sockets, strange names and what the caller names', async () => {
    const here = temporaryDirectory();
    plant(here, {
      'a.cwl': 'a',
      'out.tar.gz': 'x',
      'runs/1/log': 'x',
      'runs2/log': 'x',
      'a\nb': 'x',
      'deep/out.txt': 'x',
    });
    execFileSync('mkfifo', [join(here, 'pipe')]);
    execFileSync('python3', ['-c', 'open(b"caf\\xe9", "w").close()'], { cwd: here });
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(here, 'socket'), () => resolve()));
    const linked = join(temporaryDirectory(), 'linked');
    symlinkSync(here, linked);
    const sandbox = await collectSandbox(linked, {
      ...workflow,
      excludeFiles: [join(linked, 'out.tar.gz'), 'deep/out.txt'],
      excludeDirectories: ['runs'],
    });
    server.close();
    expect(names(sandbox)).toEqual(['a.cwl', 'runs2/log']);
    expect(reasons(sandbox)).toEqual({
      'a\nb': 'unusual-name',
      'caf\ufffd': 'unusual-name',
      'deep/out.txt': 'excluded',
      'out.tar.gz': 'excluded',
      pipe: 'special-file',
      'runs/': 'excluded',
      socket: 'special-file',
    });
  });

  test('leaves out what cannot be read, and goes on', async () => {
    const here = temporaryDirectory();
    plant(here, { a: 'a', b: 'b', 'c/d': 'd' });
    chmodSync(here, 0o755);
    chmodSync(join(here, 'b'), 0);
    chmodSync(join(here, 'c'), 0);
    const sandbox = await asOrdinaryUser(() => collectSandbox(here, workflow));
    expect(names(sandbox)).toEqual(['a']);
    expect(reasons(sandbox)).toEqual({ b: 'unreadable', 'c/': 'unreadable' });
    chmodSync(join(here, 'c'), 0o755);
  });

  test('refuses to pack a home directory, anything above it, and a place for keys', async () => {
    const home = temporaryDirectory();
    plant(home, { 'work/a.cwl': 'a', '.globus/x': 'x' });
    const options = { ...workflow, homeDirectory: home };
    await expect(collectSandbox(home, options)).rejects.toMatchObject({
      message: `refusing to pack \`${home}\`: it is your home directory`,
      hint: 'start from a directory that holds only the files of the workflow',
      exitCode: 2,
    });
    await expect(collectSandbox(join(home, '..'), options)).rejects.toThrow('it is far more than a workflow');
    await expect(collectSandbox('/', options)).rejects.toThrow(
      'refusing to pack `/`: it is far more than a workflow',
    );
    await expect(collectSandbox('/', { ...options, homeDirectory: '/nowhere' })).rejects.toThrow('far more');
    await expect(collectSandbox(join(home, '.globus'), { ...options, allowHome: true })).rejects.toThrow(
      `refusing to pack \`${join(home, '.globus')}\`: \`.globus\` is a place for keys and tokens`,
    );
    plant(home, { '.config/gh/deep/x': 'x' });
    await expect(collectSandbox(join(home, '.config/gh/deep'), options)).rejects.toThrow(
      '`.config/gh` is a place for keys',
    );
    expect(names(await collectSandbox(join(home, 'work'), options))).toEqual(['a.cwl']);
    expect(names(await collectSandbox(home, { ...options, allowHome: true }))).toEqual(['work/a.cwl']);
  });

  test('says what is wrong with the directory, and stops when it is told to', async () => {
    const here = temporaryDirectory();
    plant(here, { file: 'x' });
    await expect(collectSandbox(join(here, 'none'), workflow)).rejects.toThrow(
      `cannot collect the files of \`${join(here, 'none')}\`: it does not exist`,
    );
    await expect(collectSandbox(join(here, 'file'), workflow)).rejects.toThrow('it is not a directory');
    const reason = new Error('stop');
    await expect(collectSandbox(here, { ...workflow, signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
    expect(await collectSandbox(temporaryDirectory(), workflow)).toEqual({
      members: [],
      leftOut: [],
      totalBytes: 0,
    });
  });
});

describe('the sandbox of a job', () => {
  test('leaves hidden, object, library, ROOT and report files at home, and keeps empty directories', async () => {
    const here = temporaryDirectory();
    plant(here, {
      'run.sh': 'x',
      'lib.o': 'x',
      'lib.a': 'x',
      'lib.so': 'x',
      'lib.so.1': 'x',
      'a.root': 'x',
      'b.root.12': 'x',
      'a.rootless': 'x',
      '.hidden': 'x',
      'sub/.hid/x.py': 'x',
      '.1': 'x',
      'jobReport.json': 'x',
      'none/': '',
      'm1.bin': Buffer.alloc(mebibyte, 'x'),
      'm1p1.bin': Buffer.alloc(mebibyte + 1, 'x'),
    });
    const sandbox = await collectSandbox(here, job);
    expect(
      sandbox.members.map((member) => ('directory' in member ? `${member.name}/` : member.name)),
    ).toEqual(['.1', 'a.rootless', 'lib.so.1', 'm1.bin', 'none/', 'run.sh']);
    expect(reasons(sandbox)).toEqual({
      '.hidden': 'hidden',
      'a.root': 'file-type',
      'b.root.12': 'file-type',
      'jobReport.json': 'job-report',
      'lib.a': 'file-type',
      'lib.o': 'file-type',
      'lib.so': 'file-type',
      'm1p1.bin': 'too-large',
      'sub/.hid/': 'hidden',
    });
  });

  test('takes large and library files that --extFile names, but never a secret', async () => {
    const here = temporaryDirectory();
    plant(here, { 'a.root': 'x', 'big.dat': '', 'user.key': 'x', 'deep.root': keyBlock });
    truncateSync(join(here, 'big.dat'), 3 * mebibyte);
    const sandbox = await collectSandbox(here, { ...job, extFile: [/\.root$/, /big\.dat$/g, /\.key$/] });
    expect(names(sandbox)).toEqual(['a.root', 'big.dat']);
    expect(reasons(sandbox)).toEqual({ 'deep.root': 'private-content', 'user.key': 'private-name' });
  });
});

describeWithShared('the sandbox beside the one of the official client', () => {
  const recording = sharedJson('recordings', 'panda', 'pchain_submit_probe.curl.json') as {
    workdir_files: Record<string, number | string>;
    requests: { body: { multipart?: { tar_members?: { name: string; type: string }[] }[] } }[];
  };
  const [first, second] = recording.requests.flatMap((request) =>
    (request.body.multipart ?? []).flatMap((part) =>
      part.tar_members === undefined
        ? []
        : [part.tar_members.map((member) => member.name.replace(/^\.\//, '')).sort()],
    ),
  );

  function probe(): string {
    const here = temporaryDirectory();
    for (const [name, size] of Object.entries(recording.workdir_files)) {
      if (typeof size === 'number')
        plant(here, { [name]: name.endsWith('/') ? '' : Buffer.alloc(size, 'x') });
    }
    symlinkSync('plain.txt', join(here, 'link.txt'));
    symlinkSync('nowhere', join(here, 'dead'));
    return here;
  }

  test('holds the same files for a workflow, without .git and with the file behind a link', async () => {
    const ours = names(await collectSandbox(probe(), workflow));
    expect([...ours, '.git/config'].sort()).toEqual([...(first ?? []), 'link.txt'].sort());
  });

  test('holds the same files for its jobs, and also the one whose quote breaks the shell command there', async () => {
    expect(names(await collectSandbox(probe(), job))).toEqual([...(second ?? []), "q'uote.txt"].sort());
  });
});

describe('secrets', () => {
  const byName = [
    ...[
      '.git/config',
      '.hg/x',
      '.svn/x',
      '.ssh/id',
      '.SSH/id',
      '.gnupg/x',
      '.aws/credentials',
      '.pathena/.token',
      '.panda/x',
    ],
    ...[
      '.globus/usercert.pem',
      '.config/pchain/x',
      '.config/rucio/x',
      '.local/share/keyrings/x',
      '.kube/config',
      '.docker/config.json',
    ],
    ...[
      '.token',
      '.netrc',
      '.env',
      '.env.production',
      '.envrc',
      'usercert.pem',
      'userkey.pem',
      'x.key',
      'robot.keytab',
      'x509up_u1000',
    ],
    ...[
      'id_rsa',
      'id_ed25519',
      'ID_RSA',
      'id_rsa.bak',
      '.netrc~',
      '.userkey.pem.swp',
      'grid.p12',
      'krb5cc_1000',
      '.history',
    ],
    ...[
      'node_modules/x.js',
      '__pycache__/x.pyc',
      'x.pyc',
      'jobO.1-2.tar.gz',
      'sources.1-2.tar.gz',
      'out.tar.gz.part-0123456789ab',
    ],
  ];
  const byContent: Record<string, string | Buffer> = {
    'key.pem': keyBlock,
    'bundle.pem': `-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n${keyBlock}`,
    'openssh.txt': '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n',
    'pgp.asc': '-----BEGIN PGP PRIVATE KEY BLOCK-----\n',
    'account.json': JSON.stringify({ type: 'service_account', private_key: keyBlock }),
    'encrypted.txt': '-----BEGIN ENCRYPTED PRIVATE KEY-----\n',
    'putty.txt': 'PuTTY-User-Key-File-3: ssh-ed25519\n',
    'token.json': '{"id_token": "x"}',
    'session.json': ' \n[{"a": {"refresh_token" : "y"}}]',
    'bom.json': '\ufeff{"access_token":"0123456789abcdef"}',
    jwt: 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl\n',
    npmrc: '//registry.npmjs.org/:_authToken=npm_x\n',
    'late.bin': Buffer.concat([Buffer.alloc((1 << 18) - 20, 'x'), Buffer.from(keyBlock)]),
  };
  const harmless: Record<string, string> = {
    'a.cwl': 'cwlVersion: v1.2',
    'cert.pem': '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n',
    'id_rsa.pub': 'ssh-rsa AAAA alice',
    'schema.json': '{"properties": {"id_token": {"type": "string"}}}',
    'doc.md': 'A "PRIVATE KEY" and a refresh_token: what they are',
    'environment.yml': 'x',
    'git/notes.txt': 'x',
    'keys.txt': 'x',
    'token.py': 'id_token = load()',
    '.gitignore': 'x',
    'monkey.py': 'x',
    'config/pchain/x': 'x',
  };

  test('stay at home, each with a reason, wherever they lie', async () => {
    const here = temporaryDirectory();
    for (const [index, name] of byName.entries()) plant(here, { [`n${index}/${name}`]: 'x' });
    plant(here, byContent);
    plant(here, harmless);
    const sandbox = await collectSandbox(here, workflow);
    expect(names(sandbox)).toEqual(Object.keys(harmless).sort());
    expect(sandbox.leftOut).toHaveLength(byName.length + Object.keys(byContent).length);
    for (const { reason } of sandbox.leftOut) expect(leftOutReasonText(reason)).toMatch(/^[a-z].*[^.]$/);
  });

  test('never travel, in any mixture, place and style', async () => {
    const pool = [...byName.map((name) => [name, 'x'] as const), ...Object.entries(byContent)];
    const place = fc.constantFrom('', 'a/', 'b/c/', 'd ü/', 'x.y/z/');
    const planted = fc.array(fc.tuple(place, fc.constantFrom(...pool, ...Object.entries(harmless))), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(planted, fc.constantFrom(workflow, job), async (files, options) => {
        const here = temporaryDirectory();
        for (const [where, [name, content]] of files) plant(here, { [`${where}${name}`]: content });
        const sandbox = await collectSandbox(here, { ...options, extFile: [/./] });
        await writeTarGz(join(here, 'packed.tar.gz'), sandbox.members);
        const allowed = new Set(Object.keys(harmless));
        for (const { name, kind } of await listTarGz(join(here, 'packed.tar.gz'))) {
          if (kind !== 'directory')
            expect([...allowed].some((one) => name === one || name.endsWith(`/${one}`))).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('are found however the file is cut into chunks', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(200), fc.integer({ min: 1, max: 90 }), (before, after, size) => {
        const bytes = Buffer.concat([
          Buffer.alloc(before, 'a'),
          Buffer.from(keyBlock),
          Buffer.alloc(after, 'b'),
        ]);
        const scan = new SecretScan();
        for (let at = 0; at < bytes.length; at += size) scan.add(bytes.subarray(at, at + size));
        expect(scan.holdsSecret).toBe(true);
      }),
    );
  });
});

describe('the size of an archive', () => {
  test('is checked against the limit of its kind, with both numbers and the largest members', () => {
    expect(() => checkArchiveSize(sandboxLimitBytes - 1024, 'jobO.1.tar.gz')).not.toThrow();
    expect(() => checkArchiveSize(sandboxLimitBytes * 2, '/tmp/sources.1.tar.gz')).not.toThrow();
    const members = [
      { name: 'a', sizeBytes: 1 },
      { name: 'b.bin', sizeBytes: 8 * mebibyte },
      { name: 'c.bin', sizeBytes: 4 * mebibyte },
      { name: 'd' },
      { name: 'e.bin', sizeBytes: 2 * mebibyte },
    ];
    expect(() => checkArchiveSize(12003939, '/tmp/jobO.1.tar.gz', members)).toThrow(
      expect.objectContaining({
        message:
          '`jobO.1.tar.gz` is 12003939 bytes (11.4 MiB), but PanDA takes at most 10484736 bytes (10.0 MiB)',
        hint: 'move the largest files out of the directory, or use a dataset: `b.bin` (8.0 MiB), `c.bin` (4.0 MiB), `e.bin` (2.0 MiB)',
        exitCode: 3,
      }),
    );
    expect(() => checkArchiveSize(800 * mebibyte, 'sources.1.tar.gz')).toThrow(
      expect.objectContaining({ hint: 'move large files out of the directory, or use a dataset' }),
    );
  });

  test('does not grow when nothing changed between two packings', async () => {
    const here = temporaryDirectory();
    plant(here, { 'a.cwl': 'a', 'b/c': 'c' });
    mkdirSync(join(here, 'empty'));
    const first = await writeTarGz(
      join(here, 'jobO.1.tar.gz'),
      (await collectSandbox(here, workflow)).members,
    );
    writeFileSync(join(here, 'a.cwl'), 'a');
    const second = await writeTarGz(
      join(here, 'jobO.2.tar.gz'),
      (await collectSandbox(here, workflow)).members,
    );
    expect(second).toEqual(first);
  });
});
