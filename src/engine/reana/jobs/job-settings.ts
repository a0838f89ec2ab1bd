// What REANA's workflow languages may say of a step besides its command: the same words in serial steps, in the `reana`
// hint of CWL, in Yadage's resources and in Snakemake's.
import { credentials } from '../conductor.ts';
import type { Credential } from '../conductor.ts';

export interface JobSettings {
  readonly backend: string | undefined;
  readonly credentials: readonly Credential[];
  readonly timeLimitMs: number | undefined;
}

/** @param settings the words and their values, as read; what is not known here is passed over: a laptop has no queues,
 *    no limits of memory and no users to change to */
export function readJobSettings(settings: Readonly<Record<string, unknown>>): JobSettings {
  const backend = settings['compute_backend'];
  const seconds = Number(settings['kubernetes_job_timeout']);
  return {
    backend: typeof backend === 'string' ? backend : undefined,
    credentials: credentials.filter((name) => settings[name] === true),
    timeLimitMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined,
  };
}
