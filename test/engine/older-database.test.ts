// A store that an older program left: it had neither loops nor keys of jobs.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDatabase } from '../../src/engine/store/database.ts';
import { EngineBench } from '../rigs/engine-bench.ts';
import { document, leaf, planLoops } from '../rigs/loop-workflow.ts';

it('opens, shows what is in it, and goes on with what had not ended', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'pchain-older-'));
  const bench = new EngineBench(2);
  try {
    const gate = join(directory, 'gate');
    const plan = planLoops({
      'main.cwl': document(
        '',
        'b/outDS',
        leaf('a', 'echo a > out.txt'),
        leaf('b', `until test -e ${gate}; do sleep 0.05; done; cat %IN > out.txt`, {
          inputs: 'opt_inDS: a/outDS',
        }),
      ),
    });
    const id = await bench.submit(plan);
    await bench.until(() => bench.task(id, 'b').status === 'running');
    bench.crash(() => {
      const database = openDatabase(join(bench.directory, 'engine.db'));
      database.exec('DROP INDEX job_by_key');
      database.exec('DROP TABLE iteration');
      for (const [table, column] of [
        ['task', 'iteration'],
        ['task', 'created_ms'],
        ['job', 'results'],
        ['job', 'key'],
        ['job', 'reused_from'],
        ['request', 'max_iterations'],
      ]) {
        database.exec(`ALTER TABLE ${table} DROP COLUMN ${column}`);
      }
      database.close();
    });
    expect(bench.engine.tasks(id).map((task) => [task.stepName, task.iteration, task.status])).toEqual([
      ['a', '', 'done'],
      ['b', '', 'running'],
    ]);
    expect(bench.engine.iterations(id)).toEqual([]);
    writeFileSync(gate, '');
    expect((await bench.end(id)).status).toBe('Finished');
  } finally {
    bench.remove();
    rmSync(directory, { recursive: true, force: true });
  }
});
