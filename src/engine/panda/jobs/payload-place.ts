// Where a payload with an image runs, and how its container sees the files of the job: the work directory as `/srv/workDir`, as
// on the grid, and the inputs, read-only, where the links in the work directory lead.
import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Containers, ContainerMode } from '../../containers/containers.ts';
import type { Mount } from '../../containers/command.ts';
import { markName } from '../../process/family.ts';
import type { ProcessSpec } from '../../process/process.ts';
import type { PayloadPlace } from '../../records.ts';

export interface PayloadStart {
  readonly image: string | undefined;
  readonly mode: ContainerMode;
  readonly containers: Containers | undefined;
  /** Of the container: different from all others of this machine. */
  readonly name: string;
  /** The directory that the container sees as `/srv/workDir`; the payload starts in it or below it. */
  readonly root: string;
  readonly inputs: readonly string[];
  /** Variables that a container gets as well, beside those of its image. */
  readonly inside: readonly string[];
}

const workInside = '/srv/workDir';

/** Decides where a payload runs and gives what is started for it.
 *  @param here what is started on the machine itself
 *  @returns `where`: `undefined` for a payload without an image
 *  @throws LocalError when a container is required and none can be had */
export async function placePayload(
  start: PayloadStart,
  here: ProcessSpec,
): Promise<{ readonly spec: ProcessSpec; readonly where: PayloadPlace | undefined }> {
  const { image, containers } = start;
  if (image === undefined) return { spec: here, where: undefined };
  const place =
    containers === undefined
      ? ({ at: 'host', why: 'containers are switched off' } as const)
      : await containers.place(image, start.mode, here.workDirectory);
  if (place.at === 'host' || containers === undefined)
    return { spec: here, where: { image, engine: undefined, why: place.at === 'host' ? place.why : '' } };
  const script = containers.wrap(place, {
    name: start.name,
    // As on the workers of PanDA, programs of the sandbox are found by their names alone.
    script: `PATH="$PATH:."; export PATH\n${here.script}`,
    workDirectory: join(workInside, relative(start.root, here.workDirectory)),
    control: here.control,
    mounts: [
      { source: start.root, target: workInside, isReadOnly: false },
      ...(existsSync('/cvmfs') ? [readOnly('/cvmfs')] : []),
      ...inputMounts(start.inputs),
    ],
    variables: [...start.inside, markName],
  });
  return {
    spec: { ...here, script, environment: { ...containers.environment, ...here.environment } },
    where: { image, engine: place.engine.engine, why: undefined },
  };
}

/** A name for the container of a job; other engines of this machine number their jobs in the same way. */
export function containerName(
  directory: string,
  { id, attempt }: { readonly id: number; readonly attempt: number },
): string {
  return `pchain-${createHash('sha256').update(directory).digest('hex').slice(0, 10)}-${id}-${attempt}`;
}

const readOnly = (path: string): Mount => ({ source: path, target: path, isReadOnly: true });

/** So many files are shown one by one, which hides nothing of the image; of more, their directories. */
const mostFiles = 64;

function inputMounts(paths: readonly string[]): readonly Mount[] {
  const files = [...new Set(paths)].filter((path) => !path.startsWith('/cvmfs/'));
  if (files.length <= mostFiles) return files.map(readOnly);
  const directories = files.flatMap((path) => [path, realpathSync(path)]).map(dirname);
  return [...new Set(directories)].sort().map(readOnly);
}

/** What a container engine itself said when it could not start the image; `undefined`: the payload ended by itself.
 *  @param where of the payload
 *  @param lastLine of its log */
export function engineFailure(
  where: PayloadPlace | undefined,
  exitStatus: number | undefined,
  lastLine: string,
): string | undefined {
  if (where?.engine === undefined || exitStatus !== (where.engine === 'apptainer' ? 255 : 125))
    return undefined;
  return `${where.engine} could not run the image \`${where.image}\`${lastLine === '' ? '' : `: ${lastLine}`}`;
}
