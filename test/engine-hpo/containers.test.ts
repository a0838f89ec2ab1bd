// A search whose steering and evaluations run in their images; the engines are stand-ins with the grammar of the real ones.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Containers } from '../../src/engine/containers/containers.ts';
import type { SearchOptions } from '../../src/engine/hpo/search-options.ts';
import type { SearchSummary } from '../../src/engine/hpo/summary.ts';
import { ContainerEngineRig, hasNamespaces } from '../rigs/container-engines.ts';
import { EngineBench, planOf } from '../rigs/engine-bench.ts';

let directory: string;
let rig: ContainerEngineRig;
let bench: EngineBench;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pchain-hpo-containers-'));
  rig = new ContainerEngineRig(directory);
  const containers = new Containers({ environment: rig.environment, programs: { directory: '', needs: [] } });
  bench = new EngineBench(2, { containers, containerMode: 'auto' });
});
afterEach(() => {
  bench.remove();
  rmSync(directory, { recursive: true, force: true });
});

const steer = `echo '[{\\"x\\": 1}, {\\"x\\": 2}]' > $PWD/%OUT; test -s %IN; test -s /HPOiDDS/%IN && pwd > /HPOiDDS/here`;

async function run(steering: readonly string[], options: SearchOptions = {}): Promise<SearchSummary> {
  const plan = planOf('user.alice.h', [
    {
      name: 'search',
      type: 'phpo',
      exec: '',
      options: [
        '--evaluationContainer=docker://example.org/eval:1',
        '--evaluationExec',
        `echo '{"loss": 1}' > output.json; pwd > metrics.tgz`,
        '--evaluationMetrics=metrics.tgz',
        '--maxPoints=2',
        '--searchSpaceFile=space.json',
        ...steering,
      ],
    },
  ]);
  const files = { 'space.json': '{"x": {"type": "Scalar", "bounds": [0, 3]}}' };
  const id = await bench.submit(plan, files, {}, undefined, options);
  await bench.end(id);
  const summary = bench.engine.search(bench.task(id, 'search').id);
  if (summary === undefined) throw new Error('no search');
  return summary;
}

it.runIf(hasNamespaces)('sees its directory where it was mounted and under its own name', async () => {
  rig.works('podman');
  const summary = await run([
    `--steeringExec=run --rm -v $(pwd):/HPOiDDS example.org/steer:1 sh -c "${steer}"`,
  ]);
  expect(summary.steering).toEqual({
    by: 'the steering in `example.org/steer:1`, run by podman',
    is_local_approximation: false,
    generations: 1,
    asking: false,
    error: null,
  });
  expect(summary.points.map((point) => [point.point['x'], point.loss])).toEqual([
    [1, 1],
    [2, 1],
  ]);
  const [metrics] = bench.engine.files('user.alice.h_000_search') ?? [];
  expect(readFileSync(metrics?.path ?? '', 'utf8')).toBe('/srv/workDir\n');
});

it.runIf(hasNamespaces)('runs the command in the image that is named beside it', async () => {
  rig.works('apptainer');
  const exec = `sh -c "echo '[{\\"x\\": %NUM_POINTS}]' > %OUT"`;
  const summary = await run(['--steeringContainer=docker://example.org/steer:1', `--steeringExec=${exec}`]);
  expect(summary.points[0]?.point).toEqual({ x: 2 });
  expect(summary.steering.by).toBe('the steering in `docker://example.org/steer:1`, run by apptainer');
});

const steered = ['--steeringContainer=example.org/steer:1', '--steeringExec=python steer.py %IN %OUT'];

it('is replaced by a built-in sampler where no engine works, which is said with the reason', async () => {
  const summary = await run(steered);
  expect(summary.steering.is_local_approximation).toBe(true);
  expect(summary.steering.by).toMatch(
    /^local approximation by a Gaussian process .*\(the steering's image `example\.org\/steer:1` cannot be run: no container engine works here/,
  );
});

it('is given up where the user wants a container or nothing', async () => {
  bench.remove();
  const containers = new Containers({ environment: rig.environment, programs: { directory: '', needs: [] } });
  bench = new EngineBench(2, { containers, containerMode: 'require' });
  const summary = await run(steered);
  expect(summary.points).toEqual([]);
  expect(summary.steering.error).toMatch(
    /^the image `example\.org\/steer:1` cannot be run: no container engine works/,
  );
});

it('can be run on the machine itself, with the files of the sandbox, when the user says so', async () => {
  const exec = `sh -c "test -s space.json; echo '[{\\"x\\": 7}]' > %OUT"`;
  const options: SearchOptions = { steering: 'command' };
  const summary = await run(['--steeringContainer=example.org/steer:1', `--steeringExec=${exec}`], options);
  expect(summary.points[0]?.point).toEqual({ x: 7 });
  expect(summary.steering.by).toBe(
    'local approximation by the command of the steering on this machine, not in `example.org/steer:1`',
  );
});
