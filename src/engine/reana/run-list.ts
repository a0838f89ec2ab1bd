// Pages of runs: the database selects, counts and cuts, so that ten thousand of them cost no more than ten.
import type { RunQuery } from '../api.ts';
import type { Database, SqlValue } from '../store/database.ts';
import { readRunName } from './run-number.ts';
import { readRun } from './tables.ts';
import type { StoredRun } from './tables.ts';

/** The runs that a query selects, and how many there are beyond its page. */
export function selectRuns(
  db: Database,
  query: RunQuery,
): { readonly runs: readonly StoredRun[]; readonly total: number } {
  const conditions: string[] = [];
  const values: SqlValue[] = [];
  const where = (condition: string, ...parameters: SqlValue[]): void => {
    conditions.push(`(${condition})`);
    values.push(...parameters);
  };
  const { statuses = [], nameParts = [], key } = query;
  if (statuses.length > 0) where(`status IN (${statuses.map(() => '?').join(', ')})`, ...statuses);
  if (nameParts.length > 0) where(nameParts.map(() => 'instr(name, ?) > 0').join(' OR '), ...nameParts);
  if (key !== undefined) {
    const { name, number } = readRunName(key) ?? { name: key, number: undefined };
    if (number === undefined) where('id = ? OR name = ?', key.toLowerCase(), name);
    else where('name = ? AND major = ? AND minor = ?', name, number.major, number.minor);
  }
  const filter = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const total = Number(
    db.get(`SELECT COUNT(*) AS total FROM reana_runs ${filter}`, ...values)?.['total'] ?? 0,
  );
  const rows = db.all(
    `SELECT * FROM reana_runs ${filter} ORDER BY seq ${query.oldestFirst === true ? 'ASC' : 'DESC'} LIMIT ? OFFSET ?`,
    ...values,
    query.limit ?? -1,
    query.offset ?? 0,
  );
  return { runs: rows.map(readRun), total };
}
