// iDDS's calls about points, and the parameters of a phpo task, against an engine that runs a search.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RequestId, TaskId } from '../../src/base/names.ts';
import { EngineBench, planOf } from '../rigs/engine-bench.ts';
import { rigToken, serverRig, type ServerRig } from './rig.ts';

let bench: EngineBench;
let rig: ServerRig;
let id: RequestId;
let task: TaskId;
/** Opened, it lets evaluations end. */
let gate: string;

beforeEach(async () => {
  bench = new EngineBench();
  rig = await serverRig({ engine: bench.engine });
  gate = join(bench.directory, 'go');
  const plan = planOf('user.alice.h', [
    {
      name: 'search',
      type: 'phpo',
      exec: '',
      options: ['--loadJson', 'search.json'],
    },
  ]);
  const options = {
    evaluationContainer: 'docker://example.org/eval:1',
    evaluationExec: `while ! test -e ${gate}; do sleep 0.02; done; echo '{"loss": 0.5}' > output.json`,
    steeringExec: `echo '[{"x": 1}, {"x": 2}, {"x": 3}]' > %OUT`,
    maxPoints: 3,
    nPointsPerIteration: 3,
    searchSpaceFile: 'space.json',
  };
  id = await bench.submit(plan, { 'search.json': JSON.stringify(options), 'space.json': '{"x": {}}' });
  task = bench.task(id, 'search').id;
  await bench.until(() => bench.engine.search(task)?.points[0]?.status === 'evaluating');
});
afterEach(async () => {
  writeFileSync(gate, '');
  await bench.end(id);
  await rig.close();
  bench.remove();
});

const get = async (path: string): Promise<unknown> => (await rig.get(`/idds/hpo/${path}`)).json();
const put = async (path: string): Promise<readonly [number, unknown]> => {
  const answer = await fetch(`${rig.url}/idds/hpo/${path}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${rigToken}` },
  });
  return [answer.status, await answer.json()];
};

it('gives points by task or request, by their number, state and count', async () => {
  const points = [
    { id: '0', parameters: { x: 1 }, loss: null, status: 'processing' },
    { id: '1', parameters: { x: 2 }, loss: null, status: 'new' },
    { id: '2', parameters: { x: 3 }, loss: null, status: 'new' },
  ];
  expect(await get(`${task}/null/null/null/null`)).toEqual(points);
  expect(await get(`null/${id}/null/null/null`)).toEqual(points);
  expect(await get(`${task}/${id}/1/null/null`)).toEqual([points[1]]);
  expect(await get(`${task}/null/null/New/1`)).toEqual([points[1]]);
  expect((await rig.get(`/idds/hpo/${task}/99/null/null/null`)).status).toBe(404);
  expect((await rig.get(`/idds/hpo/7/null/null/null/null`)).status).toBe(404);
  expect((await rig.get(`/idds/hpo/${task}/null/null/null/many`)).status).toBe(400);
  const stranger = await fetch(`${rig.url}/idds/hpo/${task}/null/null/null/null`);
  expect(stranger.status).toBe(401);
});

it('takes the loss of a point that waits, and of no other', async () => {
  expect(await put(`${task}/null/2/0.25`)).toEqual([200, { status: 0, message: 'update successfully' }]);
  expect(await get(`${task}/null/2/null/null`)).toMatchObject([{ loss: 0.25, status: 'available' }]);
  expect((await put(`${task}/null/2/0.3`))[0]).toBe(409);
  expect((await put(`${task}/null/0/0.3`))[0]).toBe(409);
  expect((await put(`${task}/null/9/0.3`))[0]).toBe(404);
  expect((await put(`${task}/null/1/NaN`))[0]).toBe(400);
  writeFileSync(gate, '');
  expect((await bench.end(id)).status).toBe('Finished');
  const summary = bench.engine.search(task);
  expect(summary?.points.map((point) => point.loss)).toEqual([0.5, 0.5, 0.25]);
  expect(summary?.best?.id).toBe(2);
  expect(bench.jobs(id, 'search')).toHaveLength(2);
  expect((await put(`${task}/null/1/0.3`))[0]).toBe(409);
});

it('knows the task as PanDA made it', async () => {
  const { data } = (await (await rig.get('/api/v1/task/get_tasks_detailed_info_since')).json()) as {
    data: readonly { raw_task_params: Readonly<Record<string, unknown>> }[];
  };
  expect(data[0]?.raw_task_params).toMatchObject({
    taskName: 'user.alice.h_000_search/',
    hpoWorkflow: true,
    totNumJobs: 3,
    maxNumJobs: 6,
    hpoRequestData: { max_points: 3, num_points_per_generation: 3, opt_space: { x: {} } },
  });
});
