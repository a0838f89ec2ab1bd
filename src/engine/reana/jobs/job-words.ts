// How a job is called in other places, and what its surroundings and its end mean in words.
import { PchainError } from '../../../base/errors.ts';
import type { RunPlace } from '../../containers/containers.ts';
import type { ProcessExit } from '../../process/process.ts';
import type { Job, JobEnd } from '../conductor.ts';
import type { StoredStep } from '../tables.ts';

export const containerName = ({ runId, index, attempt }: StoredStep): string =>
  `pchain-${runId.slice(0, 8)}-${index}-${attempt}`;

/** @param runsInner whether it runs commands in images of its own choice */
export function whereItRuns(
  { image, innerImages = [] }: Job,
  place: RunPlace | undefined,
  runsInner: boolean,
): string {
  if (innerImages.length > 0) {
    const images = innerImages.map((name) => name.replace(/^docker:\/\//, '')).join(', ');
    return runsInner
      ? `, with rules in the images ${images}`
      : ` on this machine itself, its rules not in the images ${images}`;
  }
  if (image === undefined || place === undefined) return '';
  return place.at === 'host'
    ? ` on this machine itself, not in the image ${image}`
    : ` in the image ${image}, by ${place.engine.engine}`;
}

export function endOf({ exitStatus }: ProcessExit, isOverdue: boolean): JobEnd {
  if (isOverdue) return { at: 'failed', reason: 'was stopped at its time limit' };
  if (exitStatus === undefined) return { at: 'failed', reason: 'vanished without a status' };
  if (exitStatus === 137)
    return { at: 'failed', reason: 'failed with status 137: it was killed, as a rule for lack of memory' };
  return exitStatus === 0
    ? { at: 'finished', result: null }
    : { at: 'failed', reason: `failed with status ${exitStatus}` };
}

/** What went wrong, in words; of a fault of ours the stack as well, because nobody else will see it. */
export function reasonOf(thrown: unknown): string {
  if (thrown instanceof PchainError) return thrown.message;
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}
