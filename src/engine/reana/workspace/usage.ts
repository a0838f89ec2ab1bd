// What the runs take of this machine: bytes of their workspaces, and time of their jobs. Measured when somebody asks, and
// only where something has changed, because walking through large workspaces takes time.
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../../store/database.ts';
import { unlessHidden } from './workspace-listing.ts';

export class Usage {
  readonly #db: Database;
  readonly #workspaceOf: (seriesId: string) => string;
  /** Known to be stale in the database: thousands of uploads need not say so again. */
  readonly #stale = new Set<string>();

  constructor(db: Database, workspaceOf: (seriesId: string) => string) {
    this.#db = db;
    this.#workspaceOf = workspaceOf;
    db.exec(
      'CREATE TABLE IF NOT EXISTS reana_disk (series_id TEXT PRIMARY KEY, bytes INTEGER NOT NULL, is_stale INTEGER NOT NULL)',
    );
  }

  /** Something has been written to or removed from the workspace. */
  changed(seriesId: string): void {
    if (this.#stale.has(seriesId)) return;
    this.#stale.add(seriesId);
    this.#db.run(
      `INSERT INTO reana_disk (series_id, bytes, is_stale) VALUES (?, 0, 1) ON CONFLICT (series_id) DO UPDATE SET is_stale = 1`,
      seriesId,
    );
  }

  removed(seriesId: string): void {
    this.#stale.delete(seriesId);
    this.#db.run('DELETE FROM reana_disk WHERE series_id = ?', seriesId);
  }

  /** Of one workspace. */
  workspaceBytes(seriesId: string): number {
    const row = this.#db.get('SELECT bytes, is_stale FROM reana_disk WHERE series_id = ?', seriesId);
    if (row === undefined) return 0;
    return row['is_stale'] === 1 ? this.#measure(seriesId) : Number(row['bytes']);
  }

  /** Of all workspaces. A run that is under way counts with what it had before. */
  diskBytes(): number {
    for (const row of this.#db.all('SELECT series_id FROM reana_disk WHERE is_stale = 1'))
      this.#measure(String(row['series_id']));
    return Number(this.#db.get('SELECT COALESCE(SUM(bytes), 0) AS bytes FROM reana_disk')?.['bytes'] ?? 0);
  }

  /** Of all jobs that have ended, in milliseconds. */
  jobMs(): number {
    // Without an attempt it was an earlier run that spent the time.
    const row = this.#db.get(
      'SELECT COALESCE(SUM(ended_ms - started_ms), 0) AS ms FROM reana_steps WHERE attempt > 0 AND ended_ms IS NOT NULL',
    );
    return Number(row?.['ms'] ?? 0);
  }

  #measure(seriesId: string): number {
    const bytes = allocatedBytes(this.#workspaceOf(seriesId));
    this.#stale.delete(seriesId);
    this.#db.run('UPDATE reana_disk SET bytes = ?, is_stale = 0 WHERE series_id = ?', bytes, seriesId);
    return bytes;
  }
}

/** What a file, or a directory with all below it, takes on the disk; 0 when it is not there. Holes take nothing. */
export function allocatedBytes(path: string): number {
  const found = unlessHidden(undefined, () => lstatSync(path));
  if (found === undefined) return 0;
  const own = found.blocks * 512;
  if (!found.isDirectory()) return own;
  const names = unlessHidden([], () => readdirSync(path));
  return names.reduce((sum, name) => sum + allocatedBytes(join(path, name)), own);
}
