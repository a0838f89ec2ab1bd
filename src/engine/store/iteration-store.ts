// Iterations of loops as rows: their parameters, and what came after each.
import type { RequestId } from '../../base/names.ts';
import type { LoopParameters } from '../panda/loops/loop-parameters.ts';
import type { Database } from './database.ts';

export interface StoredIteration {
  readonly stepId: number;
  /** The iterations of the loops around the loop, `2.1`. */
  readonly path: string;
  /** From 1. */
  readonly number: number;
  readonly parameters: LoopParameters;
  /** `undefined`: it goes on; `next`: another one followed; `end`: the loop ended with it. */
  readonly outcome: 'next' | 'end' | undefined;
  /** The user wants none after it. */
  readonly isLast: boolean;
}

/** One loop in one iteration of the loops around it. */
export interface LoopKey {
  readonly stepId: number;
  readonly path: string;
}

export class IterationStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  add(request: RequestId, loop: LoopKey, number: number, parameters: LoopParameters): void {
    this.#database.run(
      `INSERT INTO iteration (request_id, step_id, path, number, parameters) VALUES (?, ?, ?, ?, ?)`,
      request,
      loop.stepId,
      loop.path,
      number,
      JSON.stringify(parameters),
    );
  }

  setOutcome(request: RequestId, loop: LoopKey, number: number, outcome: StoredIteration['outcome']): void {
    this.#database.run(
      `UPDATE iteration SET outcome = ?, is_last = CASE WHEN ? IS NULL THEN 0 ELSE is_last END
       WHERE request_id = ? AND step_id = ? AND path = ? AND number = ?`,
      outcome ?? null,
      outcome ?? null,
      request,
      loop.stepId,
      loop.path,
      number,
    );
  }

  /** No loop of a request that goes on begins another iteration. */
  setLast(request: RequestId): void {
    this.#database.run(`UPDATE iteration SET is_last = 1 WHERE request_id = ? AND outcome IS NULL`, request);
  }

  /** Of all loops, the iterations of each in order. */
  of(request: RequestId): readonly StoredIteration[] {
    return this.#database
      .all(`SELECT * FROM iteration WHERE request_id = ? ORDER BY step_id, path, number`, request)
      .map((row) => ({
        stepId: Number(row['step_id']),
        path: String(row['path']),
        number: Number(row['number']),
        parameters: JSON.parse(String(row['parameters'])) as LoopParameters,
        outcome: outcomeOf(row['outcome']),
        isLast: row['is_last'] === 1,
      }));
  }

  /** Forgets one iteration of a loop. */
  drop(request: RequestId, loop: LoopKey, number: number): void {
    this.#database.run(
      `DELETE FROM iteration WHERE request_id = ? AND step_id = ? AND path = ? AND number = ?`,
      request,
      loop.stepId,
      loop.path,
      number,
    );
  }
}

function outcomeOf(value: unknown): StoredIteration['outcome'] {
  return value === 'next' || value === 'end' ? value : undefined;
}
