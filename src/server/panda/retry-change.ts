// The parameters that a retry may change, and which of them mean something on one machine.
// Source: the names that panda-client 2.0 lets `pbook retry` pass on.
import type { Splitting } from '../../prun/splitting.ts';
import type { JobLimits } from '../../engine/process/limits.ts';
import { asFields } from '../request-body.ts';

export type RetryChangeResult =
  | {
      readonly ok: true;
      readonly splitting: Partial<Splitting>;
      readonly limits: JobLimits | undefined;
      /** All that were given. */
      readonly names: readonly string[];
      readonly withoutEffect: readonly string[];
    }
  | { readonly ok: false; readonly message: string };

/** How files are cut into jobs: by name in the request, the field of our own. */
const splittingNames: ReadonlyMap<string, keyof Splitting> = new Map([
  ['nFilesPerJob', 'nFilesPerJob'],
  ['nMaxFilesPerJob', 'maxNFilesPerJob'],
  ['maxNFilesPerJob', 'maxNFilesPerJob'],
  ['nGBPerJob', 'nGBPerJob'],
  ['nFiles', 'nFiles'],
  ['nEvents', 'nEvents'],
]);

/** Where jobs run, which one machine does not choose. */
const placeNames: ReadonlySet<string> = new Set([
  'site',
  'excludedSite',
  'includedSite',
  'maxCoreCount',
  'maxCore',
  'loopingCheck',
  'avoidVP',
  'forceStaged',
  'ignoreMissingInDS',
]);

/** Reads `new_parameters`: an object, or JSON text of one; `undefined` and an empty object change nothing. */
export function readRetryChange(value: unknown): RetryChangeResult {
  const fields = asFields(typeof value === 'string' ? fromJson(value) : (value ?? {}));
  if (fields === undefined) return { ok: false, message: 'new_parameters must be a dictionary' };
  const splitting: Record<string, number> = {};
  let limits: JobLimits | undefined;
  const withoutEffect: string[] = [];
  for (const [name, given] of Object.entries(fields)) {
    const field = splittingNames.get(name);
    if (field !== undefined) {
      if (typeof given !== 'number' || !Number.isInteger(given) || given <= 0)
        return { ok: false, message: `${name} must be a positive integer` };
      splitting[field] = given;
    } else if (name === 'ramCount' || name === 'memory') {
      if (typeof given !== 'number' || !(given > 0))
        return { ok: false, message: `${name} must be a positive number` };
      limits = { memoryBytes: given * 1024 ** 2 };
    } else if (placeNames.has(name)) {
      withoutEffect.push(name);
    } else {
      return { ok: false, message: `${name.slice(0, 80)} cannot be changed by a retry` };
    }
  }
  return { ok: true, splitting, limits, names: Object.keys(fields), withoutEffect };
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
