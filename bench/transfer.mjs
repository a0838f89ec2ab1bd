// Files to and from REANA against curl, and archives against GNU tar: in turn on this machine, over loopback. Two servers are
// asked: the embedded REANA, and one that does nothing but read and write files.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { build } from 'esbuild';

const smallFiles = 2000;
const smallBytes = 50_000;
const mebibyte = 1 << 20;
const largeMebibytes = 1024;
const mostMegabytes = 150;
const octets = 'content-type: application/octet-stream';

/** Compares pair by pair; true when every limit is kept.
 *  @param root of the project
 *  @param directory for some gigabytes of files
 *  @param told prints a line and says whether its value keeps to its limit */
export async function transfer(root, directory, rounds, told) {
  await prepare(root, directory);
  const server = spawn(process.execPath, [join(directory, 'reana-server.mjs'), join(directory, 'served')]);
  const [, url] = await new Promise((resolve) =>
    server.stdout.once('data', (line) => resolve(/^(\S+)/.exec(String(line)))),
  );
  const at = `${url}/api/workflows/bench/workspace`;
  const script = join(root, 'bin/pchain.js');
  const embedded = await startEmbedded(script, directory);
  writeUrls(join(directory, 'urls-bare'), (n) => [`url=${at}/small/${n}`, `output=curl/${n}`]);
  const { workspace, header } = embedded;
  writeUrls(join(directory, 'urls-embedded'), (n) => [`url=${workspace}/small/${n}`, `output=curl/${n}`]);
  writeUrls(join(directory, 'uploads-embedded'), (n) => [
    `url=${workspace}?file_name=small/${n}`,
    `upload-file=small/${n}`,
    'output=/dev/null',
  ]);
  const env = {
    ...process.env,
    REANA_SERVER_URL: url,
    REANA_ACCESS_TOKEN: 'token-of-the-bench',
    PCHAIN_HOME: join(directory, 'home'),
  };
  const pchain = (...words) => [process.execPath, script, 'reana', ...words, '-w', 'bench', '-q'];
  const curl = (...words) => ['curl', '-sS', ...words];
  const pairs = [
    {
      title: 'download, 1 GiB',
      ours: pchain('download', 'large.bin', '-o', 'down'),
      other: curl('-o', 'curl/large', `${at}/large.bin`),
      limit: 1.25,
    },
    {
      title: 'upload, 1 GiB',
      ours: pchain('upload', 'large.bin'),
      other: curl('-X', 'POST', '-T', 'large.bin', `${at}?file_name=curl.bin`),
      limit: 1.25,
    },
    {
      title: `download, ${smallFiles} files`,
      ours: pchain('download', 'small', '-o', 'down'),
      other: curl('--parallel', '-H', header, '-K', 'urls-embedded'),
      limit: 1,
      env: embedded.env,
    },
    // Each request costs this server next to nothing, no REANA is like that: most of what is left is the start of Node.
    {
      title: `the same, bare server`,
      ours: pchain('download', 'small', '-o', 'down'),
      other: curl('--parallel', '-K', 'urls-bare'),
      limit: 1.6,
    },
    // REANA takes each file with a request of its own, ours and curl's alike.
    {
      title: `upload, ${smallFiles} files`,
      ours: pchain('upload', 'small'),
      other: curl('--parallel', '-X', 'POST', '-H', header, '-H', octets, '-K', '../uploads-embedded'),
      limit: 1.5,
      env: embedded.env,
      cwd: join(directory, 'served'),
      before: embedded.create,
    },
    {
      title: 'tar.gz, 1 GiB of mixed content',
      ours: [process.execPath, 'pack.cjs', 'mixed'],
      other: ['tar', 'czf', 'theirs.tar.gz', 'mixed'],
      limit: 0.6,
    },
  ];
  try {
    return pairs
      .map((pair) => compare({ cwd: directory, env, ...pair }, directory, rounds, told))
      .every(Boolean);
  } finally {
    server.kill();
    embedded.stop();
  }
}

/** The embedded REANA with the small files in the workspace of one run. */
async function startEmbedded(script, directory) {
  const env = { ...process.env, PCHAIN_HOME: join(directory, 'embedded') };
  delete env.REANA_SERVER_URL;
  delete env.REANA_ACCESS_TOKEN;
  const server = spawn(process.execPath, [script, 'serve'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  await once(server.stderr, 'data');
  const steps = [{ environment: 'docker.io/library/debian:12', commands: ['true'] }];
  const specification = { workflow: { type: 'serial', specification: { steps } } };
  const served = join(directory, 'served');
  writeFileSync(join(served, 'reana.yaml'), JSON.stringify(specification));
  const reana = (...words) => ran([process.execPath, script, 'reana', ...words, '-w', 'bench'], served, env);
  const create = () => reana('create', '-f', 'reana.yaml');
  create();
  reana('upload', 'small');
  const { url, token } = JSON.parse(readFileSync(join(env.PCHAIN_HOME, 'server.json'), 'utf8'));
  return {
    workspace: `${url}/api/workflows/bench/workspace`,
    header: `Authorization: Bearer ${token}`,
    env,
    create,
    stop: () => server.kill(),
  };
}

/** A file of settings for curl: one request after the other, each with these lines. */
function writeUrls(path, linesOf) {
  const requests = Array.from({ length: smallFiles }, (_, n) => linesOf(n).join('\n'));
  writeFileSync(path, requests.join('\n'));
}

/** @param before makes what each of the two commands needs, and is not measured */
function compare({ title, ours, other, limit, env, cwd, before }, directory, rounds, told) {
  const ratios = [];
  let megabytes = 0;
  for (let round = 0; round < rounds; round++) {
    // Nothing may be left that either of them could build upon. Files in thousands are put aside, not deleted: for minutes,
    // ext4 looks at each inode that was given up lately before it makes a new one, which takes longer than the transfer.
    for (const left of ['down', 'curl'])
      putAside(join(directory, left), join(directory, `${left}-${aside++}`));
    for (const left of ['home', 'served/uploads', 'ours.tar.gz', 'theirs.tar.gz'])
      rmSync(join(directory, left), { recursive: true, force: true });
    mkdirSync(join(directory, 'curl'));
    const took = {};
    const turns = [
      ['own', () => ranOurs(ours, cwd, env)],
      ['other', () => ran(other, cwd, env)],
    ];
    // Who comes second finds other memory: on a virtual machine, pages that were given up lately may be gone.
    for (const [name, run] of round % 2 === 0 ? turns : turns.reverse()) {
      before?.();
      took[name] = run();
    }
    megabytes = Math.max(megabytes, took.own.megabytes);
    ratios.push(took.own.seconds / took.other.seconds);
  }
  ratios.sort((a, b) => a - b);
  return [
    told(`${title}, x ${other[0]}`, ratios[Math.floor(ratios.length / 2)], limit),
    told(`${title}, peak MB`, megabytes, mostMegabytes),
  ].every(Boolean);
}

let aside = 0;

function putAside(path, to) {
  if (!existsSync(path)) return;
  const isFew = readdirSync(path).length < 10 && !existsSync(join(path, 'small'));
  if (isFew) rmSync(path, { recursive: true });
  else renameSync(path, to);
}

function ran(argv, cwd, env) {
  const start = performance.now();
  const { status, stderr } = spawnSync(argv[0], argv.slice(1), { cwd, env, encoding: 'utf8' });
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}: ${stderr}`);
  return { seconds, stderr };
}

/** The same, with the most memory that the program ever held, as the kernel counts it. */
function ranOurs([program, script, ...words], cwd, env) {
  const probe = `process.argv.splice(1, 0, ${JSON.stringify(script)});
    process.on('exit', () => console.error(process.resourceUsage().maxRSS));
    require(require('node:path').resolve(${JSON.stringify(script)}));`;
  const { seconds, stderr } = ran([program, '-e', probe, '--', ...words], cwd, env);
  return { seconds, megabytes: (Number(stderr.trim().split('\n').at(-1)) * 1024) / 1e6 };
}

async function prepare(root, directory) {
  mkdirSync(join(directory, 'served/small'), { recursive: true });
  for (let n = 0; n < smallFiles; n++)
    writeFileSync(join(directory, 'served/small', String(n)), randomBytes(smallBytes));
  const noise = randomBytes(mebibyte);
  written(join(directory, 'large.bin'), largeMebibytes, () => noise);
  written(join(directory, 'served/large.bin'), largeMebibytes, () => noise);
  // Half noise, half text, in files of 16 MiB.
  mkdirSync(join(directory, 'mixed'));
  for (let n = 0; n < largeMebibytes / 16; n++)
    written(join(directory, `mixed/${n}`), 16, (block) =>
      n % 2 === 0 ? randomBytes(mebibyte) : text(n, block),
    );
  const pack = `import { readdirSync } from 'node:fs';
    import { writeArchive } from './src/archive/tar-gz.ts';
    const directory = process.argv[2];
    await writeArchive('ours.tar.gz', readdirSync(directory).map((name) => ({ name, path: directory + '/' + name })));`;
  await built({ contents: pack, resolveDir: root, loader: 'ts' }, join(directory, 'pack.mjs'));
  writeFileSync(join(directory, 'pack.cjs'), "import('./pack.mjs');\n");
  const serve = `import './bench/reana-server.ts';`;
  await built({ contents: serve, resolveDir: root, loader: 'ts' }, join(directory, 'reana-server.mjs'));
}

/** Bundles a program for this Node. */
async function built(stdin, outfile) {
  await build({
    stdin,
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
  });
}

function written(path, mebibytes, block) {
  const file = openSync(path, 'w');
  for (let n = 0; n < mebibytes; n++) writeSync(file, block(n));
  closeSync(file);
}

/** A mebibyte of lines as analyses print them. */
function text(seed, block) {
  let value = seed * 1024 + block + 1;
  let lines = '';
  while (lines.length < mebibyte) {
    value = (value * 1_103_515_245 + 12_345) % 2 ** 31;
    lines += `${value % 100_000},${(value / 2 ** 31).toFixed(6)},muon,run${value % 97}\n`;
  }
  return lines.slice(0, mebibyte);
}
