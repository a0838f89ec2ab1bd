// The sign-in to the PanDA server of the settings: where it is kept, and how it is renewed.
import { join } from 'node:path';
import { AuthError, LocalError, UsageError, messageOf } from '../../base/errors.ts';
import { makeDirectory } from '../../base/make-directory.ts';
import { takeProcessLock } from '../../base/process-lock.ts';
import type { ProcessLock } from '../../base/process-lock.ts';
import type { HttpClient } from '../../http/client.ts';
import { signInStore } from '../../identity/sign-in-store.ts';
import type { SignInStore } from '../../identity/sign-in-store.ts';
import { SignedIn } from '../../identity/signed-in.ts';
import type { Provider } from '../../identity/oidc/provider.ts';
import { signInConfig, voOf } from '../../panda/sign-in-config.ts';
import type { SecretStore } from '../../secrets/port.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Host } from '../host.ts';
import { secretsOf } from './secrets.ts';

/** `https://host:port` of the PanDA server.
 *  @throws UsageError when workflows run on this machine */
export function pandaOrigin(settings: Settings): string {
  const url = settings.pandaUrlSsl.value;
  if (settings.server.value.kind === 'local' || url === undefined) {
    throw new UsageError('workflows run on this machine, where nobody has to sign in', {
      hint: 'for a PanDA server set PANDA_URL_SSL, or name it with --server',
    });
  }
  return new URL(url).origin;
}

/** Where the sign-in to the server lies in a store.
 *  @throws UsageError without a server or a virtual organisation */
export function storeOfSignIn(store: SecretStore, settings: Settings): SignInStore {
  const origin = pandaOrigin(settings);
  const vo = settings.authVo.value;
  if (vo === undefined) {
    throw new UsageError('no virtual organisation is set', {
      hint: 'set PANDA_AUTH_VO, or `auth_vo` in the profile',
    });
  }
  return signInStore(store, origin, voOf(vo));
}

/** The sign-in that was kept for this server; `undefined`: there is no place where one could be kept. */
export async function signedInTo(
  settings: Settings,
  http: HttpClient,
  host: Host,
): Promise<SignedIn | undefined> {
  if (settings.authVo.value === undefined) return undefined;
  const { kept } = await secretsOf(settings, host);
  if (kept === undefined) return undefined;
  const { dataDirectory } = settings.locations;
  return new SignedIn({
    store: storeOfSignIn(kept, settings),
    clock: host.clock,
    warn: (message) => host.terminal.warn(message),
    tryLock: () => lockIn(dataDirectory),
    async renew(issuer, refreshToken) {
      const provider = await providerOf(settings, http, undefined);
      // A refresh token is good for its own provider only, and nobody else should see it.
      if (provider.issuer !== issuer) {
        throw new AuthError('the server has changed its identity provider', {
          hint: 'sign in again: `pchain login`',
        });
      }
      const { refreshTokens } = await import('../../identity/oidc/refresh.ts');
      return refreshTokens(provider, refreshToken, { http, clock: host.clock });
    },
  });
}

function lockIn(dataDirectory: string): ProcessLock | undefined {
  const path = join(dataDirectory, 'sign-in.lock');
  try {
    makeDirectory(dataDirectory);
    return takeProcessLock(path);
  } catch (cause) {
    throw new LocalError(`cannot lock the sign-in with \`${path}\`: ${messageOf(cause)}`, {
      hint: 'PCHAIN_HOME names another folder',
      cause,
    });
  }
}

/** The identity provider that the server trusts. */
export async function providerOf(
  settings: Settings,
  http: HttpClient,
  signal: AbortSignal | undefined,
): Promise<Provider> {
  const { discover } = await import('../../identity/oidc/provider.ts');
  const config = await signInConfig(http, pandaOrigin(settings), settings.authVo.value, signal);
  return discover(http, config, signal);
}
