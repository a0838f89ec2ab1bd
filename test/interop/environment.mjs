// The virtual environment with the official Python clients: made once for a list of requirements, found again afterwards.
// `node test/interop/environment.mjs` makes it and prints where it is; where that is not possible it says why and exits 3.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = import.meta.dirname;
const requirements = join(here, 'requirements.txt');
const cache = join(here, '../../node_modules/.cache/pchain-interop');

/** Versions of Python for which the pinned packages exist, best first. */
const pythons = ['python3.11', 'python3.12', 'python3.10', 'python3'];

/** The directory of the environment for these requirements, whether it exists or not. */
export function environmentDirectory() {
  const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  return join(cache, digest.slice(0, 12));
}

/** True when all packages are in place. */
export const isReady = (directory) => existsSync(join(directory, 'complete'));

/** Makes it. Gives why not, or nothing. */
function make(directory) {
  const python = pythons.find((name) => spawnSync(name, ['-c', 'import venv, ensurepip']).status === 0);
  if (python === undefined) return 'there is no python3 with venv here';
  rmSync(cache, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  const steps = [
    [python, ['-m', 'venv', directory]],
    // Every version is pinned, so there is nothing to resolve.
    [
      join(directory, 'bin/python'),
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '-r', requirements],
    ],
    [join(directory, 'bin/reana-client'), ['version']],
  ];
  for (const [program, args] of steps) {
    const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    if (status !== 0) return `\`${[program, ...args].join(' ')}\` failed:\n${stderr}`;
  }
  writeFileSync(join(directory, 'complete'), '');
  return undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const directory = environmentDirectory();
  const fault = isReady(directory) ? undefined : make(directory);
  if (fault !== undefined) {
    console.error(`the official clients cannot be installed: ${fault}`);
    process.exit(3);
  }
  console.log(directory);
}
