// What is known of the pipeline of a job, beside the directories of its attempts: written before GitLab is asked, so that no crash
// leads to a second pipeline.
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import * as v from 'valibot';

/*
 *   nothing ──noted──▶ asked ──answered──▶ begun ──ended──▶ over
 *                        └──no pipeline has its key──▶ asked again, with the same key
 *   over, and it failed: the next attempt of the job begins another pipeline
 */
const noteShape = v.object({
  at: v.picklist(['asked', 'begun', 'over']),
  /** What recognises the pipeline at GitLab. */
  key: v.string(),
  /** False: GitLab did not take variables, so the key is not with the pipeline. */
  hasKey: v.boolean(),
  pipeline: v.optional(v.number()),
  /** How many pipelines the job has had. */
  count: v.number(),
});
export type PipelineNote = v.InferOutput<typeof noteShape>;

/** `undefined`: GitLab was not asked yet. */
export function readNote(path: string): PipelineNote | undefined {
  try {
    return v.parse(noteShape, JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** On the disk when it returns. */
export function writeNote(path: string, note: PipelineNote): void {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(`${path}.part`, 'w', 0o600);
  try {
    writeSync(file, JSON.stringify(note));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.part`, path);
}
