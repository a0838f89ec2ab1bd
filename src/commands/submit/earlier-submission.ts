// What an earlier call of the same command has submitted already: found, and gone on with.
import type { RequestId } from '../../base/names.ts';
import { openLedger } from '../../ledger/ledger.ts';
import { requestByKey, requestDocument, retryRequest } from '../../panda/embedded.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Connection } from '../servers/connection.ts';
import { findSubmission } from './find-submission.ts';
import type { Host } from '../host.ts';
import type { SubmissionChoice } from './submission.ts';

/** Goes on with a request of an earlier call of this command, where there is one to go on with. */
export async function continued(
  connection: Connection,
  choice: SubmissionChoice,
  settings: Settings,
  host: Host,
): Promise<RequestId | undefined> {
  const { terminal, signal } = host;
  if (choice.kind === 'find-out') {
    const found = await lookUp(connection, choice.key, settings, host);
    if (found === undefined) return undefined;
    await openLedger(settings.locations.dataDirectory).append({
      kind: 'submitted',
      key: choice.key,
      atMs: host.clock.nowMs(),
      requestId: found,
    });
    terminal.say(`an earlier call submitted this as request ${found}; going on with it`);
    return found;
  }
  if (choice.kind !== 'go-on') return undefined;
  const { id, status } = choice;
  if (connection.isEmbedded && (await requestDocument(connection.server, id, signal)) === undefined) {
    terminal.warn(`request ${id} of this workflow is not on this machine any more; submitting it anew`);
    return undefined;
  }
  if (status === 'Finished') {
    terminal.say(`request ${id} of this workflow is done already (--fresh runs it anew)`);
  } else if (status === undefined || !connection.isEmbedded) {
    terminal.say(
      `going on with request ${id}, which an earlier call of this command submitted (--fresh starts anew)`,
    );
  } else {
    await retryRequest(connection.server, id, {
      maxIterations: settings.maxIterations.value,
      signal,
    });
    terminal.say(
      `request ${id} of this workflow ended ${status}; its failed jobs run again (--fresh starts anew)`,
    );
  }
  return id;
}

/** The request of a submission whose answer was lost; `undefined`: it did not arrive. */
export async function lookUp(
  connection: Connection,
  key: string,
  settings: Settings,
  host: Host,
): Promise<RequestId | undefined> {
  if (connection.isEmbedded) return requestByKey(connection.server, key, host.signal);
  const submissions = await openLedger(settings.locations.dataDirectory).list();
  const lost = submissions.findLast((submission) => submission.key === key);
  if (lost === undefined) return undefined;
  const others = submissions
    .filter((other) => other.server === connection.name && other.requestId !== undefined)
    .map((other) => other.requestId ?? 0);
  return findSubmission(connection, { ...lost, others: new Set(others) }, host);
}
