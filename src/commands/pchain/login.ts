// `pchain login`: signs in to the PanDA server, on another device, and keeps the tokens in the secret store.
import { UsageError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { Secret } from '../../base/secret.ts';
import { readClaims } from '../../identity/claims.ts';
import type { DevicePrompt } from '../../identity/oidc/device-flow.ts';
import type { SignIn, SignInStore } from '../../identity/sign-in-store.ts';
import { tokenVariables } from '../../identity/token-search.ts';
import { requireKept } from '../../secrets/open.ts';
import { given } from '../../settings/locations.ts';
import { renderSignIn } from '../../terminal/sign-in.ts';
import { httpClient } from '../servers/connection.ts';
import type { Host } from '../host.ts';
import { secretsOf } from '../credentials/secrets.ts';
import { loadSettings } from '../servers/settings.ts';
import { pandaOrigin, providerOf, storeOfSignIn } from '../credentials/sign-in.ts';
import { textOption } from '../check/workflow-files.ts';

/** A clock that is off by more than this confuses servers. */
const clockToleranceMs = 60_000;

export async function runLogin(options: Readonly<Record<string, unknown>>, host: Host): Promise<ExitCode> {
  const { terminal } = host;
  const settings = await loadSettings({ server: textOption(options, 'server') }, host);
  const origin = pandaOrigin(settings);
  if (settings.auth.value !== 'oidc' && settings.auth.source.kind !== 'default') {
    throw new UsageError(
      `\`${new URL(origin).host}\` is used with a grid certificate, so there is no sign-in`,
      {
        hint: 'make a proxy with `voms-proxy-init`; `pchain whoami` shows it. With PANDA_AUTH=oidc it is used with tokens',
      },
    );
  }
  // Asked before the user is: a sign-in that cannot be kept would be for nothing.
  const store = storeOfSignIn(requireKept(await secretsOf(settings, host)), settings);
  const before = await store.read();

  const http = httpClient(settings, host);
  const provider = await providerOf(settings, http, host.signal);
  const { signInOnDevice } = await import('../../identity/oidc/device-flow.ts');
  const tokens = await signInOnDevice(provider, {
    http,
    clock: host.clock,
    signal: host.signal,
    onPrompt: (prompt) => showPrompt(prompt, host),
    onSilence: (reason) => terminal.say(`${reason}; trying again`),
    onClockSkew: (skewMs) => warnOfClock(skewMs, host),
  });
  const signIn: SignIn = {
    ...tokens,
    issuer: provider.issuer,
    receivedMs: host.clock.nowMs(),
    renewalBegunMs: undefined,
  };
  await store.write(signIn);
  tell(signIn, before, origin, store, host);
  tellOverruling(host);
  return ExitCode.done;
}

async function showPicture(prompt: DevicePrompt, host: Host): Promise<readonly string[]> {
  if (!host.terminal.interactive) return [];
  const { qrCode } = await import('../../terminal/qr-code.ts');
  return qrCode(prompt.urlWithCode ?? prompt.url, host.terminal.stderr);
}

async function showPrompt(prompt: DevicePrompt, host: Host): Promise<void> {
  const { terminal } = host;
  terminal.alert(renderSignIn(prompt, await showPicture(prompt, host), terminal.stderr));
  terminal.say('waiting …');
}

function warnOfClock(skewMs: number, host: Host): void {
  if (Math.abs(skewMs) < clockToleranceMs) return;
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  host.terminal.warn(
    `the clock of this machine is ${seconds} s ${skewMs > 0 ? 'behind' : 'ahead of'} that of the identity provider; servers may refuse what comes from here`,
  );
}

function tell(
  signIn: SignIn,
  before: SignIn | undefined,
  origin: string,
  store: SignInStore,
  host: Host,
): void {
  const who = nameOf(signIn.idToken);
  const other = before === undefined ? undefined : nameOf(before.idToken);
  const instead = other === undefined || other === who ? '' : `, instead of ${other}`;
  host.terminal.say(`signed in to ${new URL(origin).host} as ${who}${instead}; kept in the ${store.kind}`);
  if (signIn.refreshToken === undefined) {
    host.terminal.warn('the identity provider gives no refresh token, so this sign-in ends by itself soon');
  }
}

function nameOf(token: Secret): string {
  const claims = readClaims(token);
  const name = claims?.name ?? 'somebody without a name';
  return claims?.preferredUsername === undefined ? name : `${name} (${claims.preferredUsername})`;
}

/** Variables with a token win over what was just kept, which would surprise. */
function tellOverruling(host: Host): void {
  const variable = tokenVariables.find((name) => given(host.env, name) !== undefined);
  if (variable !== undefined) {
    host.terminal.warn(`${variable} is set and is used instead of this sign-in, as long as it is set`);
  }
}
