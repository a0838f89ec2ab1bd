// How a failed job of this machine reads in PanDA's fields.
import type { JobRecord } from '../../engine/records.ts';

/** The code and text of the payload's failure; 0 and null for a job that did not fail.
 *  @returns `code`: the payload's exit status, or 1 when it has none */
export function jobError(job: JobRecord): { readonly code: number; readonly diagnostics: string | null } {
  if (job.status !== 'failed' && job.status !== 'cancelled') return { code: 0, diagnostics: null };
  return {
    code: job.exitStatus === undefined || job.exitStatus === 0 ? 1 : job.exitStatus,
    diagnostics: job.error ?? null,
  };
}
