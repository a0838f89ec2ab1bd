// What the embedded REANA is made of and told by whoever starts it.
import type { Clock } from '../../base/clock.ts';
import type { JobId } from '../../base/names.ts';
import type { EngineEvent } from '../events.ts';
import type { Database } from '../store/database.ts';
import type { SealedValues } from '../store/sealed-values.ts';
import type { Weather } from '../weather/weather.ts';
import type { ContainerOptions } from './jobs/container-jobs.ts';

export interface EmbeddedReanaOptions {
  readonly database: Database;
  /** Everything of the runs lies below this directory: `<run id>/workspace`, `<run id>/commands/<n>.<attempt>`. */
  readonly directory: string;
  readonly clock: Clock;
  /** A fresh UUID (version 4). */
  readonly newId: () => string;
  /** What every command starts with (`PATH`, `LANG`, …); secrets and REANA's own variables are added. */
  readonly environment: Readonly<Record<string, string>>;
  /** Runs at the same time; others wait in the order of their start. */
  readonly maxRuns: number;
  /** Cores that the jobs of all runs share. */
  readonly cores: number;
  /** Keeps secrets beyond the end of this process; without it they are forgotten then. */
  readonly sealed?: SealedValues | undefined;
  /** How images are run; without it all steps run on the machine itself. */
  readonly containers?: ContainerOptions;
  /** Troubles on purpose for the runs that a PanDA job offloads. */
  readonly weather?: (jobId: JobId | undefined) => Weather | undefined;
  /** Called inside the transaction of each change, so that a journal in the same database keeps step with it. */
  readonly recordEvent: (event: EngineEvent) => void;
  /** Called when an end that nobody waits for cannot be stored (disk full): nothing that follows would be durable. The
   *  database still says the truth of before, so the next engine takes up from there. Without it the error is thrown. */
  readonly onFatal?: (thrown: unknown) => void;
}
