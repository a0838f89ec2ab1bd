// A name of output that a native workflow was submitted with before: PanDA goes by names, and takes what is there.
import { openLedger } from '../../ledger/ledger.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Connection } from '../servers/connection.ts';
import type { Host } from '../host.ts';

/** Warns where an earlier submission from here may have left outputs: steps whose outputs are complete are not run again, whatever has
 *  changed since. The server of this machine runs all steps. */
export async function warnOfReusedName(
  outDS: string,
  connection: Connection,
  settings: Settings,
  host: Host,
): Promise<void> {
  if (connection.isEmbedded) return;
  const submissions = await openLedger(settings.locations.dataDirectory).list();
  const earlier = submissions.findLast(
    (one) => one.server === connection.name && one.outDS === outDS && one.requestId !== undefined,
  );
  if (earlier === undefined) return;
  host.terminal.warn(
    `\`${outDS}\` was the output of ${earlier.isNative ? 'workflow' : 'request'} ${String(earlier.requestId)} before: PanDA does not run steps again whose outputs are complete; another --outDS runs all`,
  );
}
