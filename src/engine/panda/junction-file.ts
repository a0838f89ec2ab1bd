// `results.json` of a loop's junction on the disk: in the directory of its job, or stored already by an earlier engine.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalError, systemCode } from '../../base/errors.ts';
import { parseResults, resultsFile } from './loops/results.ts';
import type { JunctionResults } from './loops/results.ts';
import type { StageOut } from './jobs/stage-out.ts';
import type { TaskOutput } from './task.ts';

/** A file that steers a loop is a few lines; what is larger is something else. */
const mostBytes = 1_000_000;

/** What a junction decided; `undefined`: it left no such file, which ends its loop.
 *  @throws LocalError where the file is no decision */
export async function readDecision(job: StageOut): Promise<JunctionResults | undefined> {
  const output = job.outputs.find(isDecision);
  const places = [
    join(job.workDirectory, resultsFile),
    ...(output === undefined
      ? []
      : [join(job.directoryOf(output.dataset), `${job.prefix}.${output.lfnSuffix}`)]),
  ];
  for (const path of places) {
    const text = await textOf(path);
    if (text !== undefined) return parseResults(text);
  }
  return undefined;
}

export function isDecision(output: TaskOutput): boolean {
  return output.kind === 'file' && output.pattern === resultsFile;
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    if (size > mostBytes)
      throw new LocalError(
        `the junction's \`${resultsFile}\` has ${size} bytes; at most ${mostBytes} are read`,
      );
    return await readFile(path, 'utf8');
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT') return undefined;
    throw thrown;
  }
}
