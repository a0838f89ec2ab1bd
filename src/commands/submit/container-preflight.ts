// Where containers are required: whether the images of a workflow can be run here, asked before anything is sent.
import { Containers } from '../../engine/containers/containers.ts';
import { taskSpecs } from '../../engine/panda/loops/unfold.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Plan } from '../../workflow/plan.ts';
import { containerEnvironment, jobEnvironment } from '../servers/job-environment.ts';
import type { Host } from '../host.ts';

/** @throws LocalError for the first image that cannot be run */
export async function requireImages(plan: Plan, settings: Settings, host: Host): Promise<void> {
  const { mode, engine } = settings.containers.value;
  if (mode !== 'require') return;
  const word = engine ?? mode;
  const images = new Set(taskSpecs(plan).flatMap((spec) => spec.containerImage ?? []));
  const containers = new Containers({
    environment: { ...jobEnvironment(host.env), ...containerEnvironment(host.env) },
    programs: { directory: '', needs: [] },
  });
  for (const image of images) await containers.place(image, word, host.workingDirectory);
}
