// `pchain logout`: forgets the sign-in to a PanDA server, here and at the identity provider.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PchainError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import type { SignIn } from '../../identity/sign-in-store.ts';
import { tokenVariables } from '../../identity/token-search.ts';
import { requireKept } from '../../secrets/open.ts';
import { given } from '../../settings/locations.ts';
import type { Settings } from '../../settings/settings.ts';
import { httpClient } from '../servers/connection.ts';
import type { Host } from '../host.ts';
import { secretsOf } from '../credentials/secrets.ts';
import { loadSettings } from '../servers/settings.ts';
import { pandaOrigin, providerOf, storeOfSignIn } from '../credentials/sign-in.ts';
import { textOption } from '../check/workflow-files.ts';

const revocationLimitMs = 10_000;

export async function runLogout(options: Readonly<Record<string, unknown>>, host: Host): Promise<ExitCode> {
  const { terminal } = host;
  const settings = await loadSettings({ server: textOption(options, 'server') }, host);
  const server = new URL(pandaOrigin(settings)).host;
  const store = storeOfSignIn(requireKept(await secretsOf(settings, host)), settings);
  const signIn = await store.read();
  // Here first: whatever the network does, nobody on this machine is signed in any more.
  const wasThere = await store.forget();
  if (signIn !== undefined) await endAtProvider(signIn, settings, host);
  terminal.say(
    wasThere
      ? `signed out of ${server}: the ${store.kind} has no token of it any more`
      : `not signed in to ${server}`,
  );
  for (const rest of othersWithToken(settings, host)) {
    terminal.warn(`a token is still in ${rest}, which pchain leaves alone`);
  }
  return ExitCode.done;
}

async function endAtProvider(signIn: SignIn, settings: Settings, host: Host): Promise<void> {
  if (signIn.refreshToken === undefined) return;
  const signal = AbortSignal.any([host.signal, AbortSignal.timeout(revocationLimitMs)]);
  try {
    const http = httpClient(settings, host);
    const provider = await providerOf(settings, http, signal);
    if (provider.issuer !== signIn.issuer) return;
    const { revokeToken } = await import('../../identity/oidc/revoke.ts');
    await revokeToken(provider, signIn.refreshToken, { http, signal });
  } catch (thrown) {
    if (!(thrown instanceof PchainError)) throw thrown;
    host.terminal.detail(`the identity provider was not told: ${thrown.message}`);
  }
}

function othersWithToken(settings: Settings, host: Host): readonly string[] {
  const variables = tokenVariables.filter((name) => given(host.env, name) !== undefined);
  const file = join(settings.locations.pandaConfigRoot, '.token');
  return [...variables.map((name) => `$${name}`), ...(existsSync(file) ? [`\`${file}\``] : [])];
}
