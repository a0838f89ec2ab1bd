// `userJobMetadata.json`: PanDA keeps its content with the job, so it is known which run of REANA belongs to which job.
import { join } from 'node:path';
import { LocalError, messageOf } from '../../base/errors.ts';
import { readTextFile } from '../../source/text-file.ts';
import { writeWhole } from '../files/disk.ts';
import { membersOf } from '../protocol/members.ts';

export interface RunOfJob {
  readonly server: string;
  readonly runId: string;
  readonly runName: string;
  readonly status: string;
}

export const jobMetadataPath = (directory: string): string => join(directory, 'userJobMetadata.json');

/** Writes the member `reana`; members of others stay.
 *  @throws LocalError when the disk refuses, or what is there is no JSON */
export async function writeJobMetadata(directory: string, run: RunOfJob): Promise<void> {
  const path = jobMetadataPath(directory);
  const reana = { server: run.server, run_id: run.runId, run_name: run.runName, status: run.status };
  await writeWhole(path, `${JSON.stringify({ ...others(path), reana }, undefined, 1)}\n`);
}

function others(path: string): Readonly<Record<string, unknown>> {
  const read = readTextFile(path);
  if (!read.ok) return {};
  try {
    return membersOf(JSON.parse(read.text));
  } catch (error) {
    throw new LocalError(`\`${path}\` is there already and is no JSON: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
