// The engine as a program of its own that ends itself without warning at a chosen point. Its argument is a `CrashOrder`.
import { openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { RequestId } from '../../../src/base/names.ts';
import { systemClock } from '../../../src/base/system-clock.ts';
import type { Clock } from '../../../src/base/clock.ts';
import { Engine } from '../../../src/engine/engine.ts';
import { isFinalRequest } from '../../../src/engine/records.ts';
import { openDatabase } from '../../../src/engine/store/database.ts';
import type { Database } from '../../../src/engine/store/database.ts';
import { planFromJson } from '../../../src/engine/store/plan-json.ts';
import type { CrashOrder } from './order.ts';

const order = JSON.parse(process.argv[2] ?? '{}') as CrashOrder;
const journal = openSync(join(order.directory, 'engine.log'), 'a');
const log = (line: string): void => {
  writeSync(journal, `${line}\n`);
};

const database = openDatabase(join(order.directory, 'engine.db'));
if (order.point !== undefined) arm(database, order.point);

/** Ends this process at the n-th change of the database from now on. */
function arm(
  target: Database,
  { change, when }: { change: number; when: 'before' | 'within' | 'after' },
): void {
  const transaction = target.transaction.bind(target);
  const run = target.run.bind(target);
  let left = change;
  let depth = 0;
  const around = <Result>(work: (last: () => void) => Result): Result => {
    if (depth > 0) return work(() => undefined);
    const isDue = --left === 0;
    const die = (at: typeof when): void => {
      if (isDue && at === when) process.kill(process.pid, 'SIGKILL');
    };
    die('before');
    depth++;
    try {
      return work(() => die('within'));
    } finally {
      depth--;
      die('after');
    }
  };
  target.transaction = (work) =>
    around((last) =>
      transaction(() => {
        const result = work();
        last();
        return result;
      }),
    );
  target.run = (sql, ...parameters) => around(() => run(sql, ...parameters));
}

/** A clock that was set to another time. */
const shifted: Clock = {
  ...clockFunctions(systemClock),
  nowMs: () => systemClock.nowMs() + order.clockShiftMs,
};

function clockFunctions(clock: Clock): Clock {
  return {
    nowMs: () => clock.nowMs(),
    monotonicMs: () => clock.monotonicMs(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
  };
}

const engine = new Engine({
  database,
  dataDirectory: order.directory,
  clock: shifted,
  parallelJobs: 3,
  environment: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LANG: 'C.UTF-8' },
  binDirectory: undefined,
  embedded: () => undefined,
  onFatal: (thrown) => {
    log(`fatal: ${String(thrown)}`);
    process.exit(3);
  },
  log,
});
engine.resume();
const id: RequestId =
  engine.requestByKey('crash')?.id ??
  engine.submit({
    name: 'user.alice.crash',
    userName: 'Test User',
    plan: planFromJson(readFileSync(join(order.directory, 'plan.json'), 'utf8')),
    sandbox: undefined,
    key: 'crash',
    localDatasets: new Map(),
    environment: { MARKS: join(order.directory, 'marks') },
  });
while (!isFinalRequest(engine.request(id)?.status ?? 'Failed')) await systemClock.sleep(10);

const datasets = engine.datasets(id).map((dataset) => ({
  name: dataset.name,
  files: (engine.files(dataset.name, id) ?? []).map((file) => `${file.name.split('._')[1]} ${file.sha256}`),
}));
const tasks = engine
  .tasks(id)
  .map((task) => `${task.stepName}@${task.iteration} ${task.status} ${task.error ?? ''}`);
writeFileSync(
  join(order.directory, 'answer.json'),
  JSON.stringify({ status: engine.request(id)?.status, tasks, datasets }, null, 1),
);
engine.close();
database.close();
process.exit(0);
