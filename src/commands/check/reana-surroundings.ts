// What is known about an analysis for REANA beside its documents, when it is checked here.
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { checkCwlDocument } from '../../cwl/documents/check.ts';
import type { ReanaSurroundings } from '../../reanaspec/surroundings.ts';
import type { Host } from '../host.ts';

export interface ReanaKnowledge {
  /** Names of secrets that REANA has; `undefined`: nobody has said. */
  readonly secrets?: readonly string[] | undefined;
  readonly parameters?: Readonly<Record<string, string>> | undefined;
}

/** Inputs are looked for on the disk; hints are given to who wants to hear more. */
export function reanaSurroundings(
  { secrets, parameters }: ReanaKnowledge,
  host: Pick<Host, 'workingDirectory' | 'terminal'>,
): ReanaSurroundings {
  return {
    ...diskSurroundings(host.workingDirectory),
    knownSecrets: secrets === undefined ? undefined : new Set(secrets),
    wantsHints: host.terminal.loudness === 'verbose',
    parameters,
  };
}

/** What can be told of the files alone. */
export function diskSurroundings(workingDirectory: string): ReanaSurroundings {
  return {
    kindOf: (path) => {
      const stats = statSync(resolve(workingDirectory, path), { throwIfNoEntry: false });
      if (stats === undefined) return 'missing';
      return stats.isDirectory() ? 'directory' : 'file';
    },
    checkCwl: (file, readText, findings) => void checkCwlDocument(file, readText, findings),
  };
}
