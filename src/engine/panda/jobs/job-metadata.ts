// What payloads say about themselves: `userJobMetadata.json`, which the engine keeps beside the log of a job.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { JobId } from '../../../base/names.ts';
import type { JobRecord } from '../../records.ts';

/** PanDA's server keeps no more than this of one job, in bytes. */
const mostBytes = 1024 * 1024;

/** The metadata of the jobs that have any; a file that is no JSON or too large is as good as none. */
export function readMetadata(jobs: readonly JobRecord[]): ReadonlyMap<JobId, unknown> {
  const found = new Map<JobId, unknown>();
  for (const job of jobs) {
    if (job.directory === '' || job.status !== 'finished') continue;
    const path = join(job.directory, 'control', 'userJobMetadata.json');
    try {
      if (statSync(path).size <= mostBytes) found.set(job.id, JSON.parse(readFileSync(path, 'utf8')));
    } catch {
      // None, or not JSON.
    }
  }
  return found;
}
