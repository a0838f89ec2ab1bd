// Which container engine of this machine works, found out once.
import { endsWell } from '../process/probe.ts';
import { containerEngines, probes, type ContainerEngine } from './containers.ts';
import { findProgram } from './find-program.ts';

/** `auto`: the first that works · `none`: steps run on the machine itself. */
export type ContainerChoice = ContainerEngine | 'auto' | 'none';

export const containerChoices: readonly ContainerChoice[] = ['auto', 'none', ...containerEngines];

/** A daemon that does not answer must not keep runs waiting. */
const probeLimitMs = 10_000;

export async function findContainerEngine(
  choice: ContainerChoice,
  environment: Readonly<Record<string, string>>,
): Promise<ContainerEngine | undefined> {
  if (choice === 'none') return undefined;
  for (const engine of containerEngines) {
    if (choice !== 'auto' && choice !== engine) continue;
    const path = findProgram(engine, environment['PATH']);
    if (path !== undefined && (await endsWell([path, ...probes[engine]], environment, probeLimitMs)))
      return engine;
  }
  return undefined;
}
