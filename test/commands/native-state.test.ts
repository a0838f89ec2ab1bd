// A native workflow has no status of its own: it follows from its tasks.
import { expect, it } from 'vitest';
import { requestId, taskId } from '../../src/base/names.ts';
import { nativeSnapshot } from '../../src/commands/work/request-state.ts';
import type { TaskState } from '../../src/panda/tasks.ts';

const target = (expected: readonly string[] | undefined) =>
  ({ kind: 'native', id: requestId(78), outDS: 'user.alice.n', sinceMs: 1_000, expected }) as const;

const task = (index: number, status: string, nFinished = 1): TaskState => ({
  taskId: taskId(40_000_001 + index),
  name: `user.alice.n_00${index}_s${index}`,
  requestId: undefined,
  status,
  nFiles: 1,
  nFinished,
  nFailed: 0,
  error: undefined,
  createdMs: undefined,
  endedMs: 5_000,
});
const names = ['user.alice.n_000_s0', 'user.alice.n_001_s1'];

it.each([
  ['nothing is there yet', [], names, 'Transforming', false],
  ['a step runs', [task(0, 'done'), task(1, 'running')], names, 'Transforming', false],
  ['a step is not submitted yet', [task(0, 'done')], names, 'Transforming', false],
  ['all are done', [task(0, 'done'), task(1, 'done')], names, 'Finished', true],
  ['one lost jobs', [task(0, 'finished'), task(1, 'done')], names, 'SubFinished', true],
  ['one failed, so that the next never comes', [task(0, 'failed', 0)], names, 'Failed', true],
  ['all were killed', [task(0, 'aborted', 0)], names, 'Cancelled', true],
  ['its steps are not known, and all have ended', [task(0, 'done')], undefined, 'Finished', true],
])('when %s', (_, tasks, expected, status, isFinal) => {
  const snapshot = nativeSnapshot(target(expected), tasks);
  expect([snapshot.state.request.status, snapshot.isFinal]).toEqual([status, isFinal]);
});

it('shows the steps by the names of the tasks', () => {
  const { state } = nativeSnapshot(target(names), [task(0, 'done')]);
  expect(state.tasks.map(({ step, step_id }) => [step_id, step])).toEqual([[0, 's0']]);
});
