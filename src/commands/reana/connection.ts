// Which REANA a command speaks to, and about which run.
import { UsageError } from '../../base/errors.ts';
import { ReanaClient } from '../../reana/protocol/client.ts';
import type { WireSetup } from '../../reana/protocol/wire.ts';
import type { Settings } from '../../settings/settings.ts';
import { httpClient } from '../servers/connection.ts';
import { connectEmbedded } from '../servers/embedded-server.ts';
import type { Host } from '../host.ts';
import { reanaToken } from '../credentials/reana-token.ts';
import { loadSettings } from '../servers/settings.ts';

export type Options = Readonly<Record<string, unknown>>;

export interface ReanaConnection {
  readonly setup: WireSetup;
  readonly settings: Settings;
  /** Starts the server of this machine again when it has gone; `undefined` for any other.
   *  @throws LocalError when it cannot be started */
  readonly revive: (() => Promise<void>) | undefined;
}

/** The REANA that is set; with none, the embedded one of this machine, which is started.
 *  Commands that read files of the user's do so before: a server that is started for a file that is not there helps nobody.
 *  @param known the settings, where they are read already
 *  @throws UsageError in a job without an address, AuthError without a token, LocalError when the embedded server cannot be
 *    started */
export async function reanaConnection(host: Host, known?: Settings): Promise<ReanaConnection> {
  const settings = known ?? (await loadSettings({}, host));
  const server = settings.reanaServerUrl.value;
  if (server === undefined) return embeddedReana(settings, host);
  const { token } = await reanaToken(settings, host);
  const setup: WireSetup = {
    http: httpClient(settings, host),
    server,
    token,
    jobId: host.env['PandaID'],
  };
  return { setup, settings, revive: undefined };
}

async function embeddedReana(settings: Settings, host: Host): Promise<ReanaConnection> {
  // A machine of the grid is nobody's laptop: a run that starts there would end with the job.
  const jobId = host.env['PandaID'];
  if (jobId !== undefined) {
    throw new UsageError('no REANA server is set', {
      hint: 'set REANA_SERVER_URL, for example to `https://reana.cern.ch`',
    });
  }
  const http = httpClient(settings, host);
  const server = await connectEmbedded(settings, http, host);
  const token = await server.token();
  if (token === undefined) throw new UsageError('the embedded server has no token');
  const revive = async (): Promise<void> => {
    await connectEmbedded(settings, http, host);
  };
  return { setup: { http, server: server.origin, token, jobId }, settings, revive };
}

export async function reanaClient(host: Host, signal: AbortSignal = host.signal): Promise<ReanaClient> {
  return new ReanaClient((await reanaConnection(host)).setup, signal);
}

/** The run that a command is about: `-w`, else `REANA_WORKON`.
 *  @throws UsageError when neither names one */
export function meantRun(options: Options, host: Host): string {
  const given = options['workflow'];
  // An empty one is a variable that was not set: what REANA_WORKON says instead might be deleted for it.
  const typed = typeof given === 'string' ? given.trim() : undefined;
  const run = typed ?? host.env['REANA_WORKON']?.trim();
  if (run !== undefined && run !== '') return checkedRun(run, typed === undefined ? 'REANA_WORKON' : '-w');
  throw new UsageError(typed === undefined ? 'no run is named' : '`-w` is given an empty name', {
    hint: 'name one with `-w NAME`, or set REANA_WORKON',
  });
}

/** `name`, `name.number`, `name.number.number`, or the identifier. */
function checkedRun(run: string, place: string): string {
  if (/^[^./\s][^./]*(?:\.\d+(?:\.\d+)?)?$/.test(run)) return run;
  throw new UsageError(`${place}: \`${run}\` cannot be a run`, {
    hint: 'a run is called `name`, `name.1`, or `name.1.1` after a restart',
  });
}

/** Files as a command line names them.
 *  @throws UsageError for an empty one: a variable that was not set, where all files could be meant instead of one */
export function namedFiles(names: readonly string[]): readonly string[] {
  if (names.every((name) => name !== '')) return names;
  throw new UsageError('an empty text names no file', {
    hint: 'a variable of the shell may not be set; `.` is the whole directory',
  });
}

/** Prints a record for programs.
 *  @param record keys in the case of the schema */
export function printJson(record: unknown, host: Host): void {
  host.terminal.out(JSON.stringify(record, null, 2));
}

/** `NAME=VALUE` options by name; the value may hold `=`.
 *  @throws UsageError for a text of another form */
export function pairs(option: string, options: Options): ReadonlyMap<string, string> {
  const given = options[option];
  const found = new Map<string, string>();
  for (const text of Array.isArray(given) ? given : []) {
    if (typeof text !== 'string') continue;
    const at = text.indexOf('=');
    if (at < 1) throw new UsageError(`\`--${option} ${text}\` is not of the form NAME=VALUE`);
    found.set(text.slice(0, at), text.slice(at + 1));
  }
  return found;
}
