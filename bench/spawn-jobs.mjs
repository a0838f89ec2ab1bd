// The measure of the engine: starts the processes of so many jobs, so many at a time, and does nothing else: no queue, no
// database, no outputs. `spawn-jobs.mjs <jobs> <at a time> <payload>`; prints what it took as JSON.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

const [, , jobs = '100', parallel = '2', payload = 'true'] = process.argv;
const directory = mkdtempSync(join(tmpdir(), 'pchain-spawn-'));
// One bash that outlives its parent and notes the end, and one for the payload: as the engine starts them.
const wrapper =
  'bash --noprofile --norc "$0/payload.sh"; status=$?; echo "$status" > "$0/exit"; exit "$status"';
let next = 0;

function job() {
  const own = join(directory, String(next++));
  mkdirSync(own);
  writeFileSync(join(own, 'payload.sh'), `${payload}\n`);
  const log = openSync(join(own, 'log'), 'a');
  const child = spawn('bash', ['--noprofile', '--norc', '-c', wrapper, own], {
    cwd: own,
    env: { PATH: process.env.PATH },
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a job ended with ${code}`))));
  });
}

async function lane() {
  while (next < Number(jobs)) await job();
}

const begin = performance.now();
await Promise.all(Array.from({ length: Number(parallel) }, lane));
console.log(JSON.stringify({ totalMs: performance.now() - begin }));
rmSync(directory, { recursive: true, force: true });
