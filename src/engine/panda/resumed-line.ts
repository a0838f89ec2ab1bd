// What the log says of a request that an earlier engine left.
import { counted } from '../../base/text.ts';
import type { RequestRuntime } from './runtime.ts';

/** @param found what became of its jobs, as far as they were under way */
export function resumedLine(
  { request }: RequestRuntime,
  found: readonly ('running' | 'ended' | 'lost' | undefined)[],
): string {
  const count = (state: 'running' | 'ended' | 'lost'): number => found.filter((one) => one === state).length;
  const parts = [
    ...(count('running') > 0 ? [`${counted(count('running'), 'job')} still running`] : []),
    ...(count('ended') > 0 ? [`${counted(count('ended'), 'job')} ended meanwhile`] : []),
    ...(count('lost') > 0 ? [`${counted(count('lost'), 'job')} lost and run again`] : []),
  ];
  const jobs = parts.length === 0 ? 'no job was under way' : parts.join(', ');
  return `request ${request.id} (${request.name}) goes on where it was: ${jobs}`;
}
