// What a job needs of its engine to run.
import type { Clock } from '../../../base/clock.ts';
import type { Secret } from '../../../base/secret.ts';
import type { HttpClient } from '../../../http/client.ts';
import type { Containers, ContainerMode } from '../../containers/containers.ts';
import type { StoredRequest } from '../../store/panda-store.ts';
import type { Weather } from '../../weather/weather.ts';
import type { JobRuntime } from '../runtime.ts';

export interface JobPlace {
  readonly job: JobRuntime;
  /** The payload of its task, with the names that its datasets have now. */
  readonly exec: string;
  readonly request: StoredRequest;
  readonly requestDirectory: string;
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string>>;
  readonly binDirectory: string | undefined;
  readonly secrets: ReadonlyMap<string, Secret>;
  readonly embedded: EmbeddedServer | undefined;
  readonly http: HttpClient | undefined;
  readonly containers: Containers | undefined;
  readonly containerMode: ContainerMode;
}

/** PanDA and REANA of this machine: one address, one token. */
export interface EmbeddedServer {
  readonly url: string;
  readonly token: Secret;
}

/** Troubles that the jobs of its request meet on purpose. */
export const weatherOf = ({ request }: JobPlace): Weather | undefined => request.options?.weather;
