// Whether the same command goes on with what it began before, or begins anew.
import type { RequestId } from '../base/names.ts';
import type { Ledger, Submission } from '../ledger/ledger.ts';

/*
 *  what the ledger says of this very submission        the same command again
 *  ────────────────────────────────────────────        ──────────────────────
 *  nothing                                              submits
 *  about to be sent, then nothing                       asks the server whether it arrived
 *  refused by the server                                submits
 *  submitted                                            follows it
 *  ended, but not well                                  runs its failed jobs again
 *  ended well, its tar not made yet                     collects
 *  ended well and collected                             submits anew: that one is done
 */
export type SubmissionChoice =
  | { readonly kind: 'submit'; readonly key: string }
  | { readonly kind: 'find-out'; readonly key: string }
  | {
      readonly kind: 'go-on';
      readonly key: string;
      readonly id: RequestId;
      readonly retry: boolean;
      readonly status: string | undefined;
    };

export interface Wishes {
  /** `--fresh`: never go on. */
  readonly fresh: boolean;
  /** A tar is asked for, so a request counts as done only when its tar was made. */
  readonly wantsArchive: boolean;
}

/** @param key recognises the content of the submission; a number is added for each time it was carried through */
export async function decide(ledger: Ledger, key: string, wishes: Wishes): Promise<SubmissionChoice> {
  for (let round = 1; ; round++) {
    const numbered = `${key}.${round}`;
    const submission = await ledger.find(numbered);
    if (submission === undefined) return { kind: 'submit', key: numbered };
    if (wishes.fresh || isDone(submission, wishes)) continue;
    return goOn(submission);
  }
}

function isDone(submission: Submission, wishes: Wishes): boolean {
  if (submission.at !== 'ended' || submission.status !== 'Finished') return false;
  return !wishes.wantsArchive || submission.collected.length > 0;
}

function goOn(submission: Submission): SubmissionChoice {
  const { key, requestId: id, status } = submission;
  if (submission.at === 'failed') return { kind: 'submit', key };
  if (id === undefined) return { kind: 'find-out', key };
  return { kind: 'go-on', key, id, retry: submission.at === 'ended' && status !== 'Finished', status };
}
