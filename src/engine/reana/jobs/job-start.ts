// What a job becomes when it starts: a script with its surroundings, in its image or on the machine itself.
import { mkdirSync } from 'node:fs';
import { quoteShellWord } from '../../../prun/shell-words.ts';
import type { RunPlace } from '../../containers/containers.ts';
import type { Singularity } from '../../containers/singularity.ts';
import type { ProcessSpec } from '../../process/process.ts';
import { strikes } from '../../weather/weather.ts';
import type { Job, Launch } from '../conductor.ts';
import type { ContainerJobs, InnerContainerJob } from './container-jobs.ts';
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
  const { before, environment } = setUpCredentials(
    job.credentials,
    run.secretNames,
    places.secretDirectory(run.id),
    options.environment['PATH'],
  );
  const given = { ...ownEnvironment(parts, run), ...environment };
  const singularity = singularityFor(parts, run, step, job, given);
  const launch = job.launch({ ...places.place(run), images: singularity?.images });
  const own = { ...given, ...launch.environment };
  const usesEngine = place?.at === 'container' || singularity !== undefined;
  const found = singularity === undefined ? '' : `PATH=${quoteShellWord(singularity.programs)}:"$PATH"\n`;
  return {
    control,
    workDirectory: launch.workDirectory,
    script:
      weatherScript(parts, run, step) ??
      before + found + (place?.at === 'container' ? inImage(parts, step, place, launch, own) : launch.script),
    environment: {
      ...(usesEngine ? containers.environment : {}),
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
  parts: JobStartParts,
  step: StoredStep,
  place: Extract<RunPlace, { at: 'container' }>,
  launch: Launch,
  own: Readonly<Record<string, string>>,
): string {
  const { script, workDirectory, alsoAt } = launch;
  return parts.containers.wrap(place, { ...containerOf(parts, step, own), script, workDirectory, alsoAt });
}

/** What runs commands in images of the job's own choice; `undefined`: it has none, or they run on the machine itself. */
function singularityFor(
  parts: JobStartParts,
  run: StoredRun,
  step: StoredStep,
  { innerImages }: Job,
  own: Readonly<Record<string, string>>,
): Singularity | undefined {
  const { containers } = parts;
  if (innerImages === undefined || !containers.runsInner(run.jobId)) return undefined;
  return containers.singularity(run.jobId, containerOf(parts, step, own));
}

function containerOf(
  { places }: JobStartParts,
  step: StoredStep,
  own: Readonly<Record<string, string>>,
): InnerContainerJob {
  return {
    name: containerName(step),
    control: places.control(step),
    workspace: own['REANA_WORKSPACE'] ?? '',
    secretDirectory: own['REANA_SECRETS_DIRECTORY'],
    variables: Object.keys(own),
  };
}
