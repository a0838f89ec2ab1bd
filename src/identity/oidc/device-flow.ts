// Signing in on another device: the program shows an address and a code, the user opens it wherever a browser is.
//
//   ask for a code ── shown ──> wait ──> ask for tokens ──> tokens
//                                ^            │ authorization_pending, slow_down, network away
//                                └────────────┘
//
// https://www.rfc-editor.org/rfc/rfc8628
import {
  ClientSecretPost,
  None,
  deviceAuthorizationRequest,
  deviceCodeGrantRequest,
  processDeviceAuthorizationResponse,
  processDeviceCodeResponse,
} from 'oauth4webapi';
import type { DeviceAuthorizationResponse } from 'oauth4webapi';
import type { Clock } from '../../base/clock.ts';
import { AuthError } from '../../base/errors.ts';
import { Secret } from '../../base/secret.ts';
import { printable } from '../../base/text.ts';
import type { HttpClient } from '../../http/client.ts';
import { HttpFailure } from '../../http/http-failure.ts';
import { safeUrl } from '../../http/safe-url.ts';
import { requestOptions } from './oauth-http.ts';
import type { Provider } from './provider.ts';
import { refusalCode, refusalError } from './refusal.ts';
import { clientOf, tokensOf } from './tokens.ts';
import type { Tokens } from './tokens.ts';

/** What the user has to do. */
export interface DevicePrompt {
  /** The page to open. */
  readonly url: string;
  /** What to type there. */
  readonly code: string;
  /** The page with the code in its address already; `undefined`: the provider has none. */
  readonly urlWithCode: string | undefined;
  /** How long the code is good for. */
  readonly lastsMs: number;
}

export interface DeviceSignIn {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  readonly onPrompt: (prompt: DevicePrompt) => void | Promise<void>;
  /** Told when the network is away while the user signs in. */
  readonly onSilence?: (reason: string) => void;
  /** Told how far the provider's clock is ahead of ours, once. */
  readonly onClockSkew?: (skewMs: number) => void;
}

/** Without a word from the provider, tokens are asked for so often (RFC 8628 section 3.2). */
const usualIntervalMs = 5_000;
/** How much slower after `slow_down` (RFC 8628 section 3.5). */
const slowerMs = 5_000;
const longestIntervalMs = 60_000;

/** Signs the user in.
 *  @throws AuthError when it is denied, refused, or takes too long; RemoteError; Interrupted */
export async function signInOnDevice(provider: Provider, setup: DeviceSignIn): Promise<Tokens> {
  const { clock, signal } = setup;
  let skewMs = 0;
  let skewIsKnown = false;
  const options = requestOptions({
    http: setup.http,
    signal,
    onServerTime: (serverMs) => {
      skewMs = serverMs - clock.nowMs();
      if (!skewIsKnown) setup.onClockSkew?.(skewMs);
      skewIsKnown = true;
    },
  });
  const device = await askForCode(provider, options);
  const deviceCode = new Secret(device.device_code);
  const lastsMs = device.expires_in * 1000;
  await setup.onPrompt(promptOf(device, lastsMs));

  const { clientSecret } = provider.config;
  const authentication = clientSecret === undefined ? None() : ClientSecretPost(clientSecret.reveal());
  const endMs = clock.monotonicMs() + lastsMs;
  let intervalMs = device.interval === undefined ? usualIntervalMs : Math.max(1, device.interval) * 1000;
  for (;;) {
    if (clock.monotonicMs() + intervalMs > endMs) {
      await clock.sleep(Math.max(0, endMs - clock.monotonicMs()), signal);
      throw tooLate(lastsMs);
    }
    await clock.sleep(intervalMs, signal);
    const client = clientOf(provider, skewMs);
    try {
      const response = await deviceCodeGrantRequest(
        provider.metadata,
        client,
        authentication,
        deviceCode.reveal(),
        options,
      );
      // With the skew of this very answer: it is why the token may seem to come from the future.
      const answer = await processDeviceCodeResponse(provider.metadata, clientOf(provider, skewMs), response);
      return tokensOf(answer, undefined, clock.nowMs());
    } catch (thrown) {
      switch (refusalCode(thrown)) {
        case 'authorization_pending':
          break;
        case 'slow_down':
          intervalMs = Math.min(longestIntervalMs, intervalMs + slowerMs);
          break;
        case 'access_denied':
          throw new AuthError('the sign-in was denied', {
            hint: 'if that was a mistake, `pchain login` begins anew',
            cause: thrown,
          });
        case 'expired_token':
          throw tooLate(lastsMs, thrown);
        default:
          if (!isAway(thrown)) throw refusalError(thrown, 'sign in', provider.issuer);
          setup.onSilence?.((thrown as Error).message);
          intervalMs = Math.min(longestIntervalMs, intervalMs * 2);
      }
    }
  }
}

async function askForCode(
  provider: Provider,
  options: ReturnType<typeof requestOptions>,
): Promise<DeviceAuthorizationResponse> {
  const { metadata, config, issuer } = provider;
  if (metadata.device_authorization_endpoint === undefined) {
    throw new AuthError(`\`${safeUrl(issuer)}\` cannot sign in without a browser on this machine`, {
      hint: 'get a token in another way, and set PANDA_AUTH_ID_TOKEN',
    });
  }
  const client = clientOf(provider, 0);
  const parameters: Record<string, string> = { scope: config.scope };
  if (config.audience !== undefined) parameters['audience'] = config.audience;
  try {
    // The secret of the client is not asked for here: whoever has the code proves nothing yet.
    const response = await deviceAuthorizationRequest(metadata, client, None(), parameters, options);
    return await processDeviceAuthorizationResponse(metadata, client, response);
  } catch (thrown) {
    throw refusalError(thrown, 'begin to sign in', issuer);
  }
}

function promptOf(device: DeviceAuthorizationResponse, lastsMs: number): DevicePrompt {
  return {
    url: pageAddress(device.verification_uri),
    code: printable(device.user_code),
    urlWithCode:
      device.verification_uri_complete === undefined
        ? undefined
        : pageAddress(device.verification_uri_complete),
    lastsMs,
  };
}

/** An address that a person is asked to open and type a password into. */
function pageAddress(address: string): string {
  const parsed = URL.canParse(address) ? new URL(address) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol) || parsed.username !== '') {
    throw new AuthError('the identity provider names no page to sign in on');
  }
  return parsed.href;
}

function tooLate(lastsMs: number, cause?: unknown): AuthError {
  const minutes = Math.round(lastsMs / 60_000);
  const shown = minutes >= 1 ? `${minutes} min` : `${Math.round(lastsMs / 1000)} s`;
  return new AuthError(`nobody signed in within ${shown}, so the code is not good any more`, {
    hint: '`pchain login` begins anew',
    cause,
  });
}

/** No answer of the provider, or one of something in front of it: the code stays good meanwhile. */
function isAway(thrown: unknown): boolean {
  if (!(thrown instanceof HttpFailure)) return false;
  const { status = 0 } = thrown;
  return thrown.reached !== 'answered' || status >= 500 || status === 429;
}
