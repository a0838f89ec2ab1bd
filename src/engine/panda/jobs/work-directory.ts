// The directory in which a job works: the unpacked sandbox of its request, or what the build of its task left.
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { unpackTarGz } from '../../../archive/unpack.ts';
import type { StoredRequest } from '../../store/panda-store.ts';
import type { JobRuntime } from '../runtime.ts';
import { copySandbox } from './stage-in.ts';

/** A job and where the files of its request lie. */
export interface WorkPlace {
  readonly job: JobRuntime;
  readonly request: StoredRequest;
  readonly requestDirectory: string;
}

/** Fills the directory with what a job starts from. */
export async function fillWork(place: WorkPlace, work: string): Promise<void> {
  const { job, request, requestDirectory } = place;
  if (job.kind !== 'build' && job.task.spec.build !== undefined)
    await copySandbox(builtDirectory(place), work);
  else if (request.sandbox === undefined) await mkdir(work, { recursive: true });
  else await copySandbox(await unpackedSandbox(requestDirectory), work);
  if (job.task.spec.startDirectory !== '') await mkdir(startOf(job, work), { recursive: true });
}

/** Where the payload starts, and its inputs and outputs lie. */
export function startOf(job: JobRuntime, work: string): string {
  return join(work, job.task.spec.startDirectory);
}

/** What the build of a task left, for its other jobs. */
function builtDirectory({ requestDirectory, job }: WorkPlace): string {
  return join(requestDirectory, `built.${job.task.id}`);
}

/** Doing it again after a crash in the middle gives the same result: the directory of the job is gone only when all is in place. */
export async function keepBuild(place: WorkPlace, work: string): Promise<void> {
  const built = builtDirectory(place);
  if (!existsSync(work)) return;
  await rm(built, { recursive: true, force: true });
  await rename(work, built);
}

/** `--writeInputToTxt`: the names of the inputs of a stream, separated by commas, as `%IN` has them. */
export async function writeInputLists(job: JobRuntime, directory: string): Promise<void> {
  if (job.kind !== 'run') return;
  for (const [stream, file] of job.task.spec.inputLists) {
    const names = (job.inputs[stream] ?? []).map(({ name }) => name);
    await writeFile(join(directory, basename(file)), names.join(','));
  }
}

const unpacking = new Map<string, Promise<string>>();

/** The sandbox of a request, unpacked once; jobs that start together wait for the same unpacking. */
export function unpackedSandbox(requestDirectory: string): Promise<string> {
  const directory = join(requestDirectory, 'sandbox');
  if (existsSync(directory)) return Promise.resolve(directory);
  let pending = unpacking.get(directory);
  if (pending === undefined) {
    pending = unpackAside(requestDirectory, directory).finally(() => unpacking.delete(directory));
    unpacking.set(directory, pending);
  }
  return pending;
}

const sandboxLimits = { maxBytes: 20e9, maxMembers: 200_000 };

async function unpackAside(requestDirectory: string, directory: string): Promise<string> {
  const aside = `${directory}.part`;
  await rm(aside, { recursive: true, force: true });
  await mkdir(aside, { recursive: true });
  await unpackTarGz(join(requestDirectory, 'sandbox.tar.gz'), aside, sandboxLimits);
  await rename(aside, directory);
  return directory;
}
