// Whether the same command goes on with what it began before, or begins anew.
import type { RequestId } from '../../base/names.ts';
import type { Ledger, Submission } from '../../ledger/ledger.ts';

/*
 *  what the ledger says of this very submission        the same command again
 *  ────────────────────────────────────────────        ──────────────────────
 *  nothing                                              submits
 *  about to be sent, then nothing                       asks the server whether it arrived
 *  refused by the server                                submits
 *  submitted                                            follows it
 *  ended, but not well                                  runs its failed jobs again
 *  ended well                                           shows it and collects: nothing runs twice
 *  any of these, and --fresh                            submits anew
 */
export type SubmissionChoice =
  | { readonly kind: 'submit'; readonly key: string }
  | { readonly kind: 'find-out'; readonly key: string }
  | {
      readonly kind: 'go-on';
      readonly key: string;
      readonly id: RequestId;
      /** How it ended, as far as is known here; `undefined`: it had not ended when it was last seen. */
      readonly status: string | undefined;
    };

/** @param key recognises the content of the submission; a number is added that counts how often it was begun anew */
export async function decide(ledger: Ledger, key: string, fresh: boolean): Promise<SubmissionChoice> {
  const numbered = (round: number): string => `${key}.${round}`;
  const submissions = await ledger.list();
  const find = (round: number): Submission | undefined =>
    submissions.findLast((submission) => submission.key === numbered(round));
  let round = 1;
  while (find(round + 1) !== undefined) round++;
  const latest = find(round);
  if (latest === undefined) return { kind: 'submit', key: numbered(round) };
  return fresh ? { kind: 'submit', key: numbered(round + 1) } : goOn(latest);
}

function goOn(submission: Submission): SubmissionChoice {
  const { key, requestId: id, status } = submission;
  if (submission.at === 'failed') return { kind: 'submit', key };
  if (id === undefined) return { kind: 'find-out', key };
  return { kind: 'go-on', key, id, status: submission.at === 'ended' ? status : undefined };
}
