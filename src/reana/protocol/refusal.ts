// What an answer that is not 2xx means, in words and as an exit code.
import { AuthError, PchainError, UnsupportedError, UsageError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { HttpFailure } from '../../http/http-failure.ts';
import type { HttpAnswer } from '../../http/request.ts';
import { serverWords } from '../../http/server-words.ts';

/** The words that REANA uses for a run it does not know, whatever the status. */
const unknownRunWords = /^REANA_WORKON is set to (.+), but that workflow does not exist/;
const quotaWords = /quota/i;
/** Of a run that was stopped or deleted, or has not ended; REANA answers it as if the user were not allowed to. */
const restartWords = /only finished or failed workflows can be restarted/i;
const deletedWords = /^Workspace does not exist/;

/** The error for a refusal.
 *  @param server its address, as it may be shown */
export function refusal(answer: HttpAnswer, server: string): PchainError {
  const words = serverWords(answer.body.toString('utf8'));
  const host = new URL(server).host;
  const unknown = unknownRunWords.exec(words)?.[1];
  if (unknown !== undefined) {
    return new UsageError(`\`${host}\` knows no run \`${unknown}\``, { hint: 'see `pchain reana list`' });
  }
  const said = words === '' ? `it answered ${answer.status} to \`${answer.name}\`` : words;
  switch (answer.status) {
    case 401:
      return new AuthError(`\`${host}\` refuses the token: ${said}`, { hint: 'check `REANA_ACCESS_TOKEN`' });
    case 403:
      if (quotaWords.test(words)) {
        return new AuthError(`\`${host}\` has no room left for you: ${said}`, {
          hint: 'see `pchain reana list --sizes`, and delete runs that you no longer need with `pchain reana delete`',
        });
      }
      if (restartWords.test(words)) {
        return new PchainError(ExitCode.findings, `\`${host}\` refuses: ${said}`, {
          hint: '`pchain reana create` and `start` make a new run',
        });
      }
      return /token/i.test(words)
        ? new AuthError(`\`${host}\` refuses the token: ${said}`, { hint: 'check `REANA_ACCESS_TOKEN`' })
        : new AuthError(`\`${host}\` refuses: ${said}`);
    case 413:
      return new HttpFailure(
        `\`${host}\` refuses, because it is too large: ${said}`,
        { reached: 'answered', status: answer.status },
        { hint: 'often a proxy before REANA sets this limit; its administrators can tell, and raise it' },
      );
    case 501:
      return new UnsupportedError(`\`${host}\` cannot do that: ${said}`);
    default:
      return new HttpFailure(
        `\`${host}\` refuses: ${said}`,
        { reached: 'answered', status: answer.status },
        { hint: deletedWords.test(words) ? 'a run that is deleted has no files any more' : undefined },
      );
  }
}
