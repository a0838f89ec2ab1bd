// Steerings in their images: the directory of the steering is mounted under its own name, which is what `$(pwd)` means to the user,
// and where the command says.
import { join } from 'node:path';
import type { Containers, ContainerMode } from '../containers/containers.ts';
import { containerName } from '../panda/jobs/payload-place.ts';
import type { ContainerRun, ContainerText } from './steering.ts';

export interface SteeringRun extends ContainerRun {
  /** Of the try; it has `control` and `work` in it. */
  readonly directory: string;
  readonly task: number;
  readonly try: number;
}

/** Bash text that runs a steering in its image, or why that cannot be done here.
 *  @throws LocalError when a container is required and none can be had */
export async function steeringInContainer(
  run: SteeringRun,
  containers: Containers | undefined,
  mode: ContainerMode,
): Promise<ContainerText> {
  if (containers === undefined) return { at: 'host', why: 'containers are switched off' };
  const work = join(run.directory, 'work');
  const place = await containers.place(run.image, mode, work);
  if (place.at === 'host') return place;
  const script = containers.wrap(place, {
    name: containerName(run.directory, { id: run.task, attempt: run.try }),
    script: run.script,
    workDirectory: run.workDirectory,
    control: join(run.directory, 'control'),
    mounts: [...new Set([work, ...run.mounts])].map((target) => ({
      source: work,
      target,
      isReadOnly: false,
    })),
    // As with docker on the central machines: nothing of this one's environment.
    variables: [],
  });
  return { at: 'container', script, engine: place.engine.engine };
}
