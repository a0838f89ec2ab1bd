// Which request a command means, and where it is.
import { UsageError } from '../base/errors.ts';
import { requestId } from '../base/names.ts';
import type { RequestId } from '../base/names.ts';
import { openLedger } from '../ledger/ledger.ts';
import type { Submission } from '../ledger/ledger.ts';
import type { Settings } from '../settings/settings.ts';
import type { Connection } from './connection.ts';
import { connect } from './connection.ts';
import type { Host } from './host.ts';
import { loadSettings } from './settings.ts';
import { textOption } from './workflow-files.ts';

export interface MeantRequest {
  readonly id: RequestId;
  readonly settings: Settings;
  readonly connection: Connection;
}

/** Opens the server of a request. Without `--server` the ledger knows where it was sent.
 *  @param typed the id; `undefined`: the latest submission from here
 *  @throws UsageError when it is no number, or nothing was submitted yet */
export async function meantRequest(
  typed: string | undefined,
  options: Readonly<Record<string, unknown>>,
  host: Host,
): Promise<MeantRequest> {
  const server = textOption(options, 'server');
  const settings = await loadSettings({ server }, host);
  const submissions = (await openLedger(settings.locations.dataDirectory).list()).filter(
    (known) => known.requestId !== undefined,
  );
  const id = typed === undefined ? latest(submissions) : idOf(typed);
  const origin =
    server === undefined ? submissions.findLast((known) => known.requestId === id)?.server : undefined;
  const chosen = origin === undefined ? settings : await settingsFor(origin, settings, host);
  return { id, settings: chosen, connection: await connect(chosen, host) };
}

/** The settings for the server that the ledger names; as they are when they mean it anyway, profile included. */
function settingsFor(origin: string, settings: Settings, host: Host): Promise<Settings> {
  const current =
    settings.server.value.kind === 'local'
      ? 'local'
      : new URL(settings.pandaUrlSsl.value ?? 'http://none').origin;
  return current === origin ? Promise.resolve(settings) : loadSettings({ server: origin }, host);
}

function latest(submissions: readonly Submission[]): RequestId {
  const id = submissions.at(-1)?.requestId;
  if (id === undefined)
    throw new UsageError('nothing was submitted from here yet', { hint: 'give a request id' });
  return id;
}

function idOf(typed: string): RequestId {
  if (!/^\d{1,15}$/.test(typed))
    throw new UsageError(`\`${typed}\` is not a request id, which is a number`, {
      hint: 'see `pchain list`',
    });
  return requestId(Number(typed));
}
