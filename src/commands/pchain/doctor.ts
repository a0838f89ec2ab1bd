// `pchain doctor`: looks whether everything is there that a submission needs, and says how to mend what is not.
import { ExitCode } from '../../base/exit-code.ts';
import type { Credential } from '../../identity/credential.ts';
import type { HttpClient } from '../../http/client.ts';
import type { Settings } from '../../settings/settings.ts';
import { sourceText } from '../../settings/source.ts';
import { endOf } from '../../terminal/credentials.ts';
import { renderChecks } from '../../terminal/doctor.ts';
import { httpClient } from '../servers/connection.ts';
import { pandaCredentialNow, reanaCredentialNow } from '../credentials/credentials.ts';
import { bad, fine, warning } from '../doctor/check.ts';
import type { DoctorCheck } from '../doctor/check.ts';
import { containerCheck, diskCheck, nodeCheck } from '../doctor/machine.ts';
import { clockCheck, reanaProtocol, serverCheck, serverLimitMs } from '../doctor/servers.ts';
import type { ServerAnswer } from '../doctor/servers.ts';
import { keychainCheck, storeCheck } from '../doctor/store.ts';
import type { Host } from '../host.ts';
import { pandaCredential } from '../credentials/panda-credential.ts';
import { loadSettings } from '../servers/settings.ts';
import { textOption } from '../check/workflow-files.ts';

export async function runDoctor(options: Readonly<Record<string, unknown>>, host: Host): Promise<ExitCode> {
  const settings = await loadSettings({ server: textOption(options, 'server') }, host);
  const checks = await examine(settings, host);
  if (options['json'] === true) {
    const shown = { checks: checks.map(jsonOf), ready: checks.every(({ state }) => state !== 'bad') };
    host.terminal.out(JSON.stringify(shown, null, 2));
  } else {
    host.terminal.out(renderChecks(checks, host.terminal.stdout));
  }
  return checks.find(({ state }) => state === 'bad')?.exitCode ?? ExitCode.done;
}

async function examine(settings: Settings, host: Host): Promise<readonly DoctorCheck[]> {
  const http = httpClient(settings, host);
  const isLocal = settings.server.value.kind === 'local';
  const [panda, cache, reana, disk, containers] = await Promise.all([
    isLocal
      ? undefined
      : serverCheck(await pandaHttp(settings, host), pandaPlace(settings), host.clock, host.signal),
    cacheAnswer(settings, host),
    settings.reanaServerUrl.value === undefined
      ? undefined
      : reanaProtocol(http, settings.reanaServerUrl.value, host.signal),
    diskCheck(settings.locations.dataDirectory),
    containerCheck(host, settings.containers.value),
  ]);
  // One after the other: each may ask for the same passphrase.
  const stores = [await storeCheck(settings, host), await keychainCheck(settings, host)].flatMap(
    (each) => each ?? [],
  );
  const isReanaThere = reana !== undefined && reana.state !== 'bad';
  const credentials = [
    await pandaCredentialNow(settings, host),
    await reanaCredentialNow(settings, host, isReanaThere ? serverLimitMs : undefined),
  ].flatMap((each) => each ?? []);
  return [
    nodeCheck(/node (\S+)$/.exec(host.platform)?.[1] ?? ''),
    disk,
    containers,
    ...stores,
    ...(panda === undefined ? [localServer(settings)] : [panda.check]),
    ...(cache === undefined ? [] : [cache.check]),
    clockCheck(panda?.skewMs ?? cache?.skewMs, settings),
    ...(reana === undefined ? [] : [reana]),
    ...credentials.flatMap((each) => credentialChecks(each, host.clock.nowMs())),
  ];
}

/** Some servers want to see a certificate before they answer at all. */
async function pandaHttp(settings: Settings, host: Host): Promise<HttpClient> {
  if (settings.auth.value === 'oidc') return httpClient(settings, host);
  const credential = pandaCredential(settings, httpClient(settings, host), host);
  // What is wrong with it is said where it belongs.
  await credential.token().catch(() => undefined);
  return httpClient(settings, host, () => credential.certificate());
}

const pandaPlace = (settings: Settings) => ({
  id: 'panda-server',
  title: 'PanDA server',
  url: `${new URL(settings.pandaUrlSsl.value ?? '').origin}/api/v1/system/is_alive`,
});

/** The server of sandboxes, where it is another one. */
function cacheAnswer(settings: Settings, host: Host): Promise<ServerAnswer | undefined> {
  const { pandaUrlSsl, pandaCacheUrl } = settings;
  if (pandaUrlSsl.value === undefined || pandaCacheUrl.value === undefined) return Promise.resolve(undefined);
  const { origin } = new URL(pandaCacheUrl.value);
  if (origin === new URL(pandaUrlSsl.value).origin) return Promise.resolve(undefined);
  const place = { id: 'cache-server', title: 'sandbox server', url: `${origin}/api/v1/system/is_alive` };
  return serverCheck(httpClient(settings, host), place, host.clock, host.signal);
}

function localServer(settings: Settings): DoctorCheck {
  const why =
    settings.server.source.kind === 'default' ? 'no other is set' : sourceText(settings.server.source);
  return fine('panda-server', 'PanDA server', `this machine (${why})`);
}

const soonMs = 2 * 3_600_000;
const titles = { panda: 'PanDA sign-in', reana: 'REANA token' } as const;

function credentialChecks(credential: Credential, nowMs: number): readonly DoctorCheck[] {
  const id = `${credential.service}-credential`;
  const title = titles[credential.service];
  const own = credential.warnings.map((each) => warning(id, title, each.message, each.hint));
  if (credential.problem !== undefined) {
    const exitCode = credential.isUnreachable ? ExitCode.remote : ExitCode.auth;
    return [bad(id, title, credential.problem, exitCode), ...own];
  }
  if (credential.kind === 'none') return [fine(id, title, 'none is needed on this machine'), ...own];
  const who = credential.user ?? 'somebody';
  const words = `${who}, from ${credential.from ?? 'nowhere'}; ends ${endOf(credential, nowMs)}`;
  const endsSoon =
    credential.renewableUntilMs === undefined &&
    credential.expiresMs !== undefined &&
    credential.expiresMs - nowMs < soonMs;
  const hint = 'whatever runs longer ends with it: renew it before you submit';
  return [endsSoon ? warning(id, title, words, hint) : fine(id, title, words), ...own];
}

function jsonOf(check: DoctorCheck): Record<string, unknown> {
  return { id: check.id, state: check.state, message: check.message, hint: check.hint ?? null };
}
