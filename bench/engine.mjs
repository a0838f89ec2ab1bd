// The embedded PanDA against a program that only starts the same processes, and against other engines with the same work.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { build } from 'esbuild';
import { jobsWorkflow, snakefile, stepsWorkflow, trueTool, trueWorkflow } from './workflows.mjs';

const parallel = String(Math.max(2, availableParallelism()));
/** Jobs of one run of a pair, and of one run of another engine, of which some take a second for each. */
const jobsOfPair = 200;
const jobsOfPeer = 30;
const steps = 1000;
const jobs = 10_000;

/** True when every limit is kept.
 *  @param root of the project
 *  @param directory for the files of the jobs
 *  @param told prints a line and says whether its value keeps to its limit */
export async function engine(root, directory, rounds, told) {
  const program = await bundled(root);
  const written = (name, text) => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const run = (workflow) => measured([process.execPath, program, workflow, parallel], directory);
  const spawnJobs = (count, payload) =>
    measured(
      [process.execPath, join(root, 'bench/spawn-jobs.mjs'), String(count), parallel, payload],
      directory,
    );
  const jobsFile = (count) => written(`jobs-${count}.cwl`, jobsWorkflow(count));
  const stepsFile = (count) => written(`chain-${count}.cwl`, stepsWorkflow(count));
  const pairs = [
    [`${jobsOfPair} jobs of a request`, jobsFile(jobsOfPair), 'true', 2],
    // They wait for each other, and each stores a file: the other program does neither.
    [`${jobsOfPair} steps with an output`, stepsFile(jobsOfPair), ': > out.txt', 4],
  ];
  console.log(`${parallel} jobs at a time; ms for each job, and times a program that only starts them`);
  const verdicts = pairs.map(([title, workflow, payload, limit]) => {
    const ratios = [];
    const own = [];
    for (let round = 0; round < rounds; round++) {
      const base = spawnJobs(jobsOfPair, payload).totalMs;
      const { totalMs } = run(workflow);
      own.push(totalMs / jobsOfPair);
      ratios.push(totalMs / base);
    }
    return told(title, median(ratios), limit, median(own));
  });
  for (const [title, argv] of peers(directory, written)) {
    const base = spawnJobs(jobsOfPeer, 'true').totalMs;
    const { wallMs } = measured(argv, directory);
    told(`${title}, ${jobsOfPeer} jobs`, wallMs / base, Infinity, wallMs / jobsOfPeer);
  }
  const fewSteps = run(stepsFile(steps / 10)).totalMs / (steps / 10);
  const manySteps = run(stepsFile(steps));
  const fewJobs = run(jobsFile(jobs / 10)).totalMs / (jobs / 10);
  const manyJobs = run(jobsFile(jobs));
  return [
    ...verdicts,
    told(`a job of ${steps} steps to one of ${steps / 10}`, manySteps.totalMs / steps / fewSteps, 1.3),
    told(`a job of ${jobs} to one of ${jobs / 10}`, manyJobs.totalMs / jobs / fewJobs, 1.3),
    told(`start of ${jobs} jobs, s`, manyJobs.firstJobMs / 1000, 3),
    told(`peak memory, ${steps} steps, MB`, manySteps.peakBytes / 1e6, 300),
    told(`peak memory, ${jobs} jobs, MB`, manyJobs.peakBytes / 1e6, 300),
    told(`database, ${jobs} jobs, MB`, manyJobs.databaseBytes / 1e6, 50),
  ].every(Boolean);
}

/** Other engines that are installed, with commands that run so many jobs which do nothing. */
function peers(directory, written) {
  written('true.cwl', trueTool);
  const workflow = written('trues.cwl', trueWorkflow(jobsOfPeer));
  const rules = written('Snakefile', snakefile(jobsOfPeer));
  const store = join(directory, 'toil');
  return [
    [
      'cwltool',
      ['cwltool', '--parallel', '--no-container', '--outdir', join(directory, 'cwltool'), workflow],
    ],
    ['toil', ['toil-cwl-runner', '--no-container', '--maxCores', parallel, '--jobStore', store, workflow]],
    ['snakemake', ['snakemake', '-s', rules, '-j', parallel, '-d', join(directory, 'snakemake'), '-q']],
  ].filter(([, [program]]) => spawnSync(program, ['--version']).status === 0);
}

/** The run of one request, where it finds the native modules of the project. */
async function bundled(root) {
  const outfile = join(root, 'node_modules/.cache/pchain-bench/engine-run.mjs');
  await build({
    entryPoints: [join(root, 'bench/engine-run.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  });
  return outfile;
}

/** What a program says of itself in its last line, and how long it took. */
function measured([program, ...words], directory) {
  const cwd = join(directory, 'work');
  mkdirSync(cwd, { recursive: true });
  const begin = performance.now();
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8', cwd });
  const wallMs = performance.now() - begin;
  rmSync(cwd, { recursive: true, force: true });
  if (status !== 0) throw new Error(`${program} ${words.join(' ')} ended with ${status}\n${stderr}`);
  const last = stdout.trim().split('\n').at(-1) ?? '';
  const own = last.startsWith('{"') ? JSON.parse(last) : {};
  if ((own.status ?? 'Finished') !== 'Finished') throw new Error(`the request ended as ${own.status}`);
  return { wallMs, ...own };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
