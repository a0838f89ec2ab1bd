// What a job becomes when it starts: a script with its surroundings, in its image or on the machine itself.
import { mkdirSync } from 'node:fs';
import type { RunPlace } from '../../containers/containers.ts';
import type { ProcessSpec } from '../../process/process.ts';
import { strikes } from '../../weather/weather.ts';
import type { Job, Launch } from '../conductor.ts';
import type { ContainerJobs } from './container-jobs.ts';
import { setUpCredentials } from './job-credentials.ts';
import { containerName } from './job-words.ts';
import type { EmbeddedReanaOptions } from '../options.ts';
import type { RunPlaces } from '../workspace/run-places.ts';
import type { RunSecrets } from './run-secrets.ts';
import type { RunStore } from '../run-store.ts';
import type { StoredRun, StoredStep } from '../tables.ts';

export interface JobStartParts {
  readonly options: Pick<EmbeddedReanaOptions, 'environment' | 'weather'>;
  readonly store: RunStore;
  readonly places: RunPlaces;
  readonly secrets: RunSecrets;
  readonly containers: ContainerJobs;
}

/** Prepares the files that a job needs and gives the process that runs it.
 *  @param place `undefined`: the job has no image
 *  @throws what keeps the job from starting */
export function prepareJob(
  parts: JobStartParts,
  run: StoredRun,
  step: StoredStep,
  job: Job,
  place: RunPlace | undefined,
): ProcessSpec {
  const { options, places, containers } = parts;
  const control = places.control(step);
  mkdirSync(control, { recursive: true });
  mkdirSync(places.workspace(run), { recursive: true });
  const launch = job.launch(places.place(run));
  const { before, environment } = setUpCredentials(
    job.credentials,
    run.secretNames,
    places.secretDirectory(run.id),
    options.environment['PATH'],
  );
  const own = { ...ownEnvironment(parts, run), ...environment, ...launch.environment };
  return {
    control,
    workDirectory: launch.workDirectory,
    script:
      weatherScript(parts, run, step) ??
      before + (place?.at === 'container' ? inImage(parts, step, place, launch, own) : launch.script),
    environment: {
      ...(place?.at === 'container' ? containers.environment : {}),
      ...options.environment,
      ...own,
    },
  };
}

/** What the jobs of a run have beside the variables of this machine. */
function ownEnvironment(
  { places, secrets }: JobStartParts,
  run: StoredRun,
): Readonly<Record<string, string>> {
  return {
    ...secrets.place(run.secretNames, places.secretDirectory(run.id)),
    REANA_WORKSPACE: places.workspace(run),
    REANA_WORKFLOW_UUID: run.id,
    REANA_WORKFLOW_NAME: `${run.name}.${run.runNumber}`,
  };
}

/** What runs in the place of a job that the weather leaves without memory. */
function weatherScript(
  { options, store }: JobStartParts,
  run: StoredRun,
  step: StoredStep,
): string | undefined {
  const weather = options.weather?.(run.jobId);
  if (weather === undefined) return undefined;
  const earlier = store.runs().filter((other) => other.jobId === run.jobId && other.id !== run.id);
  const start = { step: step.name, task: 'reana', serial: step.index + 1, attempt: earlier.length + 1 };
  if (!strikes(weather, 'reana_out_of_memory', start)) return undefined;
  return `echo 'weather: this job has no memory left'\nkill -9 $$\n`;
}

/** What runs the job in its image. */
function inImage(
  { places, containers }: JobStartParts,
  step: StoredStep,
  place: Extract<RunPlace, { at: 'container' }>,
  launch: Launch,
  own: Readonly<Record<string, string>>,
): string {
  return containers.wrap(place, {
    name: containerName(step),
    script: launch.script,
    workDirectory: launch.workDirectory,
    alsoAt: launch.alsoAt,
    control: places.control(step),
    workspace: own['REANA_WORKSPACE'] ?? launch.workDirectory,
    secretDirectory: own['REANA_SECRETS_DIRECTORY'],
    variables: Object.keys(own),
  });
}
