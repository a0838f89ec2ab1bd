// What the owner of an engine gives it.
import type { Clock } from '../base/clock.ts';
import type { HttpClient } from '../http/client.ts';
import type { Containers, ContainerMode } from './containers/containers.ts';
import type { EmbeddedServer } from './panda/jobs/job-place.ts';
import type { Database } from './store/database.ts';
import type { SealedValues } from './store/sealed-values.ts';

export interface EngineOptions {
  readonly database: Database;
  /** Keeps secrets beyond the end of this process; without it they live in memory only. */
  readonly sealed?: SealedValues | undefined;
  readonly dataDirectory: string;
  readonly clock: Clock;
  /** Jobs that run at the same time. */
  readonly parallelJobs: number;
  /** Variables of every job; PATH comes from here when the request brings none. */
  readonly environment: Readonly<Record<string, string>>;
  /** Put before PATH, so that payloads find this very `pchain`. */
  readonly binDirectory: string | undefined;
  /** For gitlab steps, which speak to the server that they name; without it they fail. */
  readonly http?: HttpClient | undefined;
  /** How images are run; without it all payloads run on the machine itself. */
  readonly containers?: Containers | undefined;
  /** For requests that say nothing themselves. */
  readonly containerMode?: ContainerMode | undefined;
  /** Where payloads reach the embedded PanDA and REANA, and with what; asked for at each start of a job. */
  readonly embedded: () => EmbeddedServer | undefined;
  /** Called when a change could not be stored. Memory and disk may differ then, so the owner must end the process;
   *  running payloads are not harmed and the next engine takes up from what is on disk. */
  readonly onFatal: (thrown: unknown) => void;
  /** One line for the log of the engine. */
  readonly log: (line: string) => void;
}
