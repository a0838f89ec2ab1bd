// What the outcome of a job depends on, part by part. Two jobs with the same key may share one outcome. Pure.
import { createHash } from 'node:crypto';

/** In the order in which they are told. */
const keyParts = ['payload', 'inputs', 'sandbox', 'image', 'outputs', 'environment'] as const;
export type KeyPart = (typeof keyParts)[number];

export interface JobKey {
  /** Which job of the workflow it is: step, iteration, number. Never shared, because a payload may draw random numbers. */
  readonly place: string;
  readonly parts: Readonly<Record<KeyPart, readonly string[]>>;
}

/** One text for the whole key. */
export function keyText(key: JobKey): string {
  return createHash('sha256')
    .update(JSON.stringify([key.place, key.parts]))
    .digest('hex');
}

export interface ChangedPart {
  readonly part: KeyPart;
  /** Lines that are gone, and lines that came. */
  readonly was: readonly string[];
  readonly now: readonly string[];
}

/** The parts that differ, with what differs in them. */
export function changedParts(was: JobKey, now: JobKey): readonly ChangedPart[] {
  return keyParts.flatMap((part) => {
    const before = was.parts[part];
    const after = now.parts[part];
    if (JSON.stringify(before) === JSON.stringify(after)) return [];
    const gone = before.filter((line) => !after.includes(line));
    const come = after.filter((line) => !before.includes(line));
    // The same lines in another order: then all of them tell it.
    return [
      gone.length + come.length === 0 ? { part, was: before, now: after } : { part, was: gone, now: come },
    ];
  });
}

/** The name of a file as it is the same in every request: PanDA puts the number of the task in. */
export function plainName(name: string): string {
  return name.replace(/^.*?\.\d{8,}\.(_\d{6}\.)/, '$1');
}
