// The run that a path names.
import type { ReanaEngine } from '../../engine/api.ts';
import type { RunRecord } from '../../engine/records.ts';
import { WireError } from './wire-error.ts';

/** @throws WireError 404 with REANA's own text */
export function findRun(engine: ReanaEngine, key: string): RunRecord {
  return find(engine, key, 404);
}

/** The same where REANA's server looks the run up by itself (start, specification, disk usage, prune).
 *  @throws WireError 403 with the same text */
export function findResolvedRun(engine: ReanaEngine, key: string): RunRecord {
  return find(engine, key, 403);
}

/** @throws WireError 404 when the workspace went with its run */
export function withWorkspace(run: RunRecord): RunRecord {
  if (run.status === 'deleted') throw new WireError(404, 'Workspace does not exist.');
  return run;
}

function find(engine: ReanaEngine, key: string, status: 403 | 404): RunRecord {
  const run = engine.run(key);
  if (run !== undefined) return run;
  throw new WireError(
    status,
    `REANA_WORKON is set to ${key}, but that workflow does not exist. Please set your REANA_WORKON environment variable appropriately.`,
  );
}
