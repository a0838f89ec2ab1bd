// What leading a run needs besides its specification.
import type { Sandbox } from '../evaluation/sandbox.ts';

export interface RunContext {
  /** Absolute. */
  readonly workspace: string;
  readonly sandbox: Sandbox;
  /** Cores that a job may have. */
  readonly cores: number;
  /** What every job starts with; its `PATH` is where programs are looked for. */
  readonly environment: Readonly<Record<string, string>>;
}
