// One request, run by the embedded engine from its submission to its end: `engine-run <workflow.cwl> <parallel jobs>`.
// Prints what it took as JSON. `engine.mjs` bundles it and runs it as a process of its own.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Findings } from '../src/base/finding.ts';
import { systemClock } from '../src/base/system-clock.ts';
import { readCwl } from '../src/cwl/read.ts';
import { textReader } from '../src/commands/check/text-files.ts';
import { Engine } from '../src/engine/engine.ts';
import { openDatabase } from '../src/engine/store/database.ts';
import { resolve } from '../src/workflow/resolve.ts';

const [, , file = '', parallel = '2'] = process.argv;
const directory = mkdtempSync(join(tmpdir(), 'pchain-engine-'));
const findings = new Findings();
const workflow = readCwl(file, textReader('/'), findings);
if (workflow === undefined) throw new Error(`cannot read ${file}`);
const plan = resolve(workflow, { outDS: 'user.name.bench', inputs: {}, findings });

const database = openDatabase(join(directory, 'engine.db'));
const engine = new Engine({
  database,
  dataDirectory: directory,
  clock: systemClock,
  parallelJobs: Number(parallel),
  environment: { PATH: process.env['PATH'] ?? '' },
  binDirectory: undefined,
  embedded: () => undefined,
  onFatal: (thrown) => {
    throw thrown;
  },
  log: (line) => void process.stderr.write(`${line}\n`),
});
engine.resume();

const begin = systemClock.monotonicMs();
let firstJobMs: number | undefined;
let finished = 0;
const ended = new Promise<string>((settle) => {
  engine.subscribe(({ event }) => {
    if (event.type === 'job' && event.status === 'running') firstJobMs ??= systemClock.monotonicMs() - begin;
    if (event.type === 'job' && event.status === 'finished') finished++;
    if (event.type === 'request' && event.status !== 'Transforming') settle(event.status);
  });
});
engine.submit({
  name: plan.outDS,
  userName: 'Bench',
  plan,
  sandbox: undefined,
  key: undefined,
  localDatasets: new Map(),
  environment: {},
  maxIterations: undefined,
  search: undefined,
  options: undefined,
});
// The processes of jobs do not keep this one alive.
const alive = setInterval(() => undefined, 1000);
const status = await ended;
clearInterval(alive);
const totalMs = systemClock.monotonicMs() - begin;
engine.close();
database.close();
const databaseBytes = statSync(join(directory, 'engine.db')).size;
const peakBytes = process.resourceUsage().maxRSS * 1024;
rmSync(directory, { recursive: true, force: true });
process.stdout.write(
  `${JSON.stringify({ status, finished, firstJobMs, totalMs, databaseBytes, peakBytes })}\n`,
);
