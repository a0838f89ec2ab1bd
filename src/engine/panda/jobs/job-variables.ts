// The variables of a payload: its secrets, how it finds the servers of this machine, and which of them a container gets.
import type { Secret } from '../../../base/secret.ts';
import { jobToken } from '../../weather/job-token.ts';
import { weatherOf, type JobPlace } from './job-place.ts';
import { containerName, type PayloadStart } from './payload-place.ts';

/** The user's secrets, and the token of the embedded PanDA, as a grid job has credentials for its storage. Where the user
 *  names no REANA of their own, the embedded one takes its place. */
export function secretsOf(place: JobPlace): ReadonlyMap<string, Secret> {
  const { embedded, secrets } = place;
  if (embedded === undefined) return secrets;
  const token = jobToken(embedded.token, weatherOf(place), {
    submittedMs: place.request.createdMs,
    startedMs: place.clock.nowMs(),
  });
  const panda = ['PANDA_AUTH_ID_TOKEN', token] as const;
  return usesOwnReana(place)
    ? new Map([...secrets, panda])
    : new Map([...secrets, panda, ['REANA_ACCESS_TOKEN', token]]);
}

function usesOwnReana(place: JobPlace): boolean {
  return place.request.environment['REANA_SERVER_URL'] !== undefined;
}

/** What decides where a payload runs, and what a container sees of the job. */
export function payloadStart(
  place: JobPlace,
  root: string,
  secrets: Readonly<Record<string, string>>,
): PayloadStart {
  const { job, request, requestDirectory, embedded } = place;
  const own = [...Object.keys(pandaVariables('')), 'REANA_SERVER_URL'];
  const always = ['PandaID', 'PanDA_TaskID', ...Object.keys(secrets)];
  const given = ['TZ', 'OMP_NUM_THREADS', 'REANA_SERVER_URL'].filter(
    (name) => name in request.environment || name in place.environment,
  );
  return {
    root,
    image: job.task.spec.containerImage,
    mode: place.containerMode,
    containers: place.containers,
    name: containerName(requestDirectory, job),
    inputs: Object.values(job.inputs).flatMap((files) => files.map((file) => file.path)),
    inside: [...new Set([...(embedded === undefined ? [] : own), ...given, ...always])],
  };
}

/** The variables of a payload on the machine itself. */
export function environmentOf(
  place: JobPlace,
  secrets: Readonly<Record<string, string>>,
): Record<string, string> {
  const { job, request, embedded } = place;
  const path = request.environment['PATH'] ?? place.environment['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';
  return {
    ...place.environment,
    ...(embedded === undefined ? {} : { REANA_SERVER_URL: embedded.url, ...pandaVariables(embedded.url) }),
    ...request.environment,
    // As on the workers of PanDA: programs of the sandbox are found by their names alone.
    PATH: `${place.binDirectory === undefined ? '' : `${place.binDirectory}:`}${path}:.`,
    PandaID: String(job.id),
    PanDA_TaskID: String(job.task.id),
    ...secrets,
  };
}

/** How a PanDA client inside of a payload finds the embedded server. */
function pandaVariables(url: string): Record<string, string> {
  const base = `${url}/server/panda`;
  return {
    PANDA_URL: base,
    PANDA_URL_SSL: base,
    PANDACACHE_URL: base,
    PANDA_AUTH: 'oidc',
    PANDA_AUTH_VO: 'local',
  };
}
