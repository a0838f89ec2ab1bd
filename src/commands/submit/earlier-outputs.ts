// Tars with outputs that pchain itself packed below the working directory: they need not travel with the next submission,
// whose jobs would look like others for it.
import { realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Ledger } from '../../ledger/ledger.ts';
import type { PlannedStep } from '../../workflow/plan.ts';

/** Those that are still as they were packed. A file is known by the ledger, never by its name: one that was written since
 *  then is the user's own, and so is one that a step names.
 *  @param steps of the workflow that is about to be submitted
 *  @returns real paths */
export async function earlierOutputs(
  ledger: Ledger,
  steps: readonly PlannedStep[],
): Promise<readonly string[]> {
  const packedMs = new Map<string, number>();
  for (const { path, atMs } of await ledger.packed())
    packedMs.set(path, Math.max(atMs, packedMs.get(path) ?? 0));
  const named = packedMs.size === 0 ? '' : JSON.stringify(steps);
  const found = [...packedMs]
    .filter(([path]) => !named.includes(basename(path)))
    .map(async ([path, atMs]) => ((await changedMs(path)) <= atMs ? realpath(path) : undefined));
  return (await Promise.all(found)).filter((path) => path !== undefined);
}

/** `Infinity` when it is not there any more. */
async function changedMs(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch {
    return Infinity;
  }
}
