// `workspace.retention_days` of a specification: how long files are kept after the end of a run. Inputs and outputs that
// are declared are never removed, whatever a rule says, as with REANA's server.
import { membersOf } from '../../../base/members.ts';
import type { RetentionRule } from '../../api.ts';
import type { RunRecord } from '../../records.ts';
import { isDeclared } from './declared-files.ts';
import { globOf } from './glob.ts';
import { deleteFile } from './workspace.ts';
import { listFiles } from './workspace-listing.ts';

const dayMs = 24 * 3600 * 1000;

/** The rules of a run, in the order in which they are written. Before its end they wait. */
export function retentionRules(
  run: Pick<RunRecord, 'specification' | 'endedMs'>,
  nowMs: number,
): readonly RetentionRule[] {
  const written = membersOf(membersOf(membersOf(run.specification)['workspace'])['retention_days']);
  return Object.entries(written).flatMap(([pattern, days]) => {
    if (typeof days !== 'number' || !(days >= 0)) return [];
    const applyOnMs = run.endedMs === undefined ? undefined : endOfDay(run.endedMs + days * dayMs);
    const status = applyOnMs === undefined ? 'created' : nowMs > applyOnMs ? 'applied' : 'active';
    return [{ pattern, days, applyOnMs, status }];
  });
}

/** Removes what the rules no longer keep; calling it again does nothing more.
 *  @returns true when something was removed */
export function applyRetention(
  run: Pick<RunRecord, 'specification' | 'endedMs' | 'workspace'>,
  nowMs: number,
): boolean {
  const due = retentionRules(run, nowMs).filter((rule) => rule.status === 'applied');
  if (due.length === 0) return false;
  const isDue = due.map((rule) => globOf(rule.pattern));
  const removed = listFiles(run.workspace).filter(
    ({ name }) =>
      isDue.some((matches) => matches(name)) &&
      !isDeclared(run.specification, 'inputs', name) &&
      !isDeclared(run.specification, 'outputs', name),
  );
  for (const { name } of removed) deleteFile(run.workspace, name);
  return removed.length > 0;
}

const endOfDay = (ms: number): number => Math.floor(ms / dayMs) * dayMs + dayMs - 1000;
