// Runs the tests against the official Python clients, and against Snakemake: makes a virtual environment for each of them where it is missing, and
// tells the tests where it is. Needs Python with its `venv` module, and PyPI for the first run.
//   node scripts/interop.mjs [arguments for vitest]
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'pchain-interop');

/** Each with the variable that tells the tests where its environment is. Versions are pinned: a change of theirs must be seen as one. */
const clients = [
  // The last that speaks through curl, and one that speaks through httpx.
  { packages: ['panda-client==2.0.1'], variable: 'PCHAIN_TEST_PANDA_CLIENT_CURL' },
  { packages: ['panda-client==2.2.0'], variable: 'PCHAIN_TEST_PANDA_CLIENT' },
  // With everything it needs pinned as well: it does not work with the latest of all.
  { packages: ['reana-client==0.9.6'], pinned: 'reana-client.txt', variable: 'PCHAIN_TEST_REANA_CLIENT' },
  // No client, but what the embedded server runs Snakemake workflows with.
  { packages: ['snakemake==9.13.4'], pinned: 'snakemake.txt', variable: 'PCHAIN_TEST_SNAKEMAKE' },
];
/** Of Python, for the pinned packages; `python3` where there is none of them. */
const pythons = ['python3.11', 'python3.12', 'python3.10', 'python3'];

const environment = { ...process.env };
for (const client of clients) environment[client.variable] = prepared(client);
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const asked = process.argv.slice(2);
const tests = spawnSync(process.execPath, [vitest, 'run', ...(asked.length > 0 ? asked : ['test/interop'])], {
  cwd: root,
  stdio: 'inherit',
  env: environment,
});
process.exit(tests.status ?? 1);

/** The directory of a virtual environment with these packages; one that was not finished is made anew. */
function prepared({ packages, pinned }) {
  const directory = join(cache, packages.join('+').replace(/[^A-Za-z0-9.+-]/g, '_'));
  if (existsSync(join(directory, 'ready'))) return directory;
  mkdirSync(cache, { recursive: true });
  rmSync(directory, { recursive: true, force: true });
  console.error(`installing ${packages.join(' ')} …`);
  // Scripts in it name its path, so it is made where it stays; the mark comes last.
  run(pinned === undefined ? 'python3' : pythonForPinned(), ['-m', 'venv', directory]);
  run(join(directory, 'bin/python'), [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    // The official PanDA client puts its programs in place while it is built: one that comes from a cache has none.
    '--no-cache-dir',
    ...(pinned === undefined ? packages : ['--no-deps', '-r', join(root, 'test/interop', pinned)]),
  ]);
  writeFileSync(join(directory, 'ready.part'), '');
  renameSync(join(directory, 'ready.part'), join(directory, 'ready'));
  return directory;
}

function pythonForPinned() {
  const found = pythons.find((name) => spawnSync(name, ['-c', 'import venv, ensurepip']).status === 0);
  return found ?? 'python3';
}

function run(program, args) {
  const { status, error } = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) {
    console.error(`${program} failed${error === undefined ? '' : `: ${error.message}`}`);
    process.exit(3);
  }
}
