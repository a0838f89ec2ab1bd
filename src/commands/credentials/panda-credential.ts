// How a command is known to the PanDA server of its settings: by a token or by a grid certificate.
import { AuthError, LocalError, PchainError } from '../../base/errors.ts';
import type { Secret } from '../../base/secret.ts';
import type { HttpClient } from '../../http/client.ts';
import type { ClientCertificate } from '../../http/trust.ts';
import { findToken } from '../../identity/token-search.ts';
import type { FoundToken } from '../../identity/token-search.ts';
import { certificateFaults, usableUntilMs } from '../../identity/x509/certificate-faults.ts';
import type { CertificateNeeds } from '../../identity/x509/certificate-faults.ts';
import { readGridCertificate } from '../../identity/x509/grid-certificate.ts';
import type { GridCertificate } from '../../identity/x509/grid-certificate.ts';
import { voOf } from '../../panda/sign-in-config.ts';
import { readTextIfThere } from '../../settings/files.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Host } from '../host.ts';
import { signedInTo } from './sign-in.ts';

export interface PandaCredential {
  /** The token of this moment, renewed when that is due; `undefined`: the server is shown a certificate.
   *  @throws AuthError when there is nothing that the server would take */
  token(): Promise<Secret | undefined>;
  tokenInstead(refused: Secret): Promise<Secret | undefined>;
  /** The certificate that the last `token()` found good. */
  certificate(): ClientCertificate | undefined;
}

/** @param http for the identity provider; it shows no certificate */
export function pandaCredential(settings: Settings, http: HttpClient, host: Host): PandaCredential {
  return settings.auth.value === 'oidc'
    ? tokenCredential(settings, http, host)
    : certificateCredential(settings, host);
}

/** Finds the token again and again, as a long command must. */
export function tokenFinder(
  settings: Settings,
  http: HttpClient,
  host: Host,
): { find(): Promise<FoundToken>; instead(refused: Secret): Promise<Secret | undefined> } {
  let signedIn: ReturnType<typeof signedInTo> | undefined;
  const open = (): ReturnType<typeof signedInTo> => (signedIn ??= signedInTo(settings, http, host));
  return {
    find: () =>
      findToken({
        env: host.env,
        configRoot: settings.locations.pandaConfigRoot,
        readFile: readTextIfThere,
        nowMs: host.clock.nowMs(),
        // Opened when nothing before it has a token: a keychain may ask the user to unlock it.
        signedIn: {
          fresh: async () => (await opened(open))?.fresh(),
          kind: async () => (await open())?.kind,
        },
      }),
    instead: async (refused) => (await (await signedIn)?.instead(refused))?.idToken,
  };
}

/** The sign-in, read. That its store does not open is a fault of this machine, whatever the store calls it: there may be a
 *  token elsewhere. */
async function opened(open: () => ReturnType<typeof signedInTo>): ReturnType<typeof signedInTo> {
  try {
    const signedIn = await open();
    await signedIn?.current();
    return signedIn;
  } catch (cause) {
    if (!(cause instanceof PchainError)) throw cause;
    throw new LocalError(cause.message, { hint: cause.hint, cause });
  }
}

function tokenCredential(settings: Settings, http: HttpClient, host: Host): PandaCredential {
  const tokens = tokenFinder(settings, http, host);
  return {
    token: async () => (await tokens.find()).token,
    tokenInstead: (refused) => tokens.instead(refused),
    certificate: () => undefined,
  };
}

/** What the server needs of a certificate. */
export function certificateNeeds(settings: Settings, nowMs: number): CertificateNeeds {
  const vo = settings.authVo.value;
  return {
    nowMs,
    voms: settings.auth.value === 'x509',
    vo: vo === undefined ? undefined : voOf(vo),
  };
}

function certificateCredential(settings: Settings, host: Host): PandaCredential {
  const origins = new Set(
    [settings.pandaUrlSsl.value, settings.pandaCacheUrl.value].flatMap((url) =>
      url === undefined ? [] : new URL(url).origin,
    ),
  );
  let shown: ClientCertificate | undefined;
  let untilMs = -Infinity;
  let warned = false;
  return {
    async token() {
      const nowMs = host.clock.nowMs();
      // The file is read again when its time is over: somebody may have made a new proxy meanwhile.
      if (nowMs < untilMs) return undefined;
      const needs = certificateNeeds(settings, nowMs);
      const found = await readGridCertificate({ env: host.env, userId: host.userId });
      for (const fault of certificateFaults(found, needs)) {
        if (fault.severity === 'error') throw certificateError(found, fault);
        if (!warned) host.terminal.warn(`${certificateError(found, fault).message}\n  ${fault.hint}`);
        warned = true;
      }
      untilMs = usableUntilMs(found, needs.voms);
      shown = { certificates: found.certificates, privateKey: found.privateKey, origins };
      return undefined;
    },
    tokenInstead: () => Promise.resolve(undefined),
    certificate: () => shown,
  };
}

function certificateError(
  certificate: GridCertificate,
  fault: { readonly message: string; readonly hint: string },
): AuthError {
  return new AuthError(`the grid certificate \`${certificate.path}\` ${fault.message}`, { hint: fault.hint });
}
