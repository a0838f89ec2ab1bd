// The device flow against every answer that real servers and providers were recorded with.
import { readdirSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import * as v from 'valibot';
import { signInOnDevice, type DevicePrompt } from '../../src/identity/oidc/device-flow.ts';
import { discover } from '../../src/identity/oidc/provider.ts';
import { refreshTokens } from '../../src/identity/oidc/refresh.ts';
import type { Tokens } from '../../src/identity/oidc/tokens.ts';
import { Secret } from '../../src/base/secret.ts';
import { createHttpClient } from '../../src/http/client.ts';
import { signInConfig } from '../../src/panda/sign-in-config.ts';
import { IdentityProvider, type ProviderAnswer } from '../rigs/identity-provider.ts';
import { describeWithShared, sharedJson, sharedPath } from '../rigs/shared.ts';
import { testClock } from '../http/test-clock.ts';

const pairs = v.array(v.tuple([v.string(), v.string()]));
const recordingShape = v.object({
  env: v.record(v.string(), v.string()),
  requests: v.array(
    v.object({
      method: v.string(),
      path: v.string(),
      body: v.nullish(v.looseObject({ form: v.optional(pairs) })),
    }),
  ),
  responses: v.array(
    v.object({
      status: v.number(),
      headers: pairs,
      json: v.optional(v.unknown()),
      body: v.optional(v.string()),
    }),
  ),
});
type Recording = v.InferOutput<typeof recordingShape>;

const signInPaths = /^\/(auth\/.*_auth_config\.json|\.well-known\/openid-configuration|devicecode|token)$/;
const endpoints = {
  auth: 'config',
  '.well-known': 'discovery',
  devicecode: 'device',
  token: 'token',
} as const;

/** How a recorded sign-in ends here. The official client gives up on `slow_down`, on an `n` typed at its question and on
 *  the end of its input; this one waits as it is told to and asks no question, so those end signed in. */
const ends: Readonly<Record<string, RegExp>> = {
  oidc_device_endpoint_error: /cannot begin to sign in: .* refuses: unknown client \(invalid_client\)/,
  oidc_device_flow_access_denied: /the sign-in was denied/,
  oidc_device_flow_timeout: /nobody signed in within 3 s/,
  oidc_no_vo: /no virtual organisation is set/,
  oidc_unknown_vo: /has no sign-in for the virtual organisation `nosuchvo`/,
};
const pendingForever = new Set(['oidc_device_flow_timeout']);

let provider: IdentityProvider | undefined;
afterEach(() => provider?.stop());

describeWithShared('the device flow, with every recorded answer', () => {
  const names = readdirSync(sharedPath('recordings/panda'))
    .filter((name) => name.startsWith('oidc_'))
    .map((name) => name.replace(/\.json$/, ''));

  it.each(names)('%s', async (name) => {
    const recording = v.parse(recordingShape, sharedJson('recordings/panda', `${name}.json`));
    const scenario = name.replace(/\.(curl|native)$/, '');
    const calls = recording.requests.filter(({ path }) => signInPaths.test(path));
    provider = await IdentityProvider.start();
    play(provider, recording, scenario);

    const { tokens, error, prompts, pauses } = await signIn(provider, recording, calls);
    const expected = ends[scenario];
    if (expected === undefined) {
      expect(error).toBeUndefined();
      if (calls.length > 0) expect(tokens?.idToken.reveal().split('.')).toHaveLength(3);
    } else {
      expect(error).toMatch(expected);
    }
    if (scenario === 'oidc_device_flow_slow_down') expect(pauses).toEqual([5_000, 10_000]);
    expect(provider.unused).toBe(0);

    const asked = provider.seen.map(({ method, path, form }) => ({ method, path, form: trimmed(form) }));
    const recorded = calls.map(({ method, path, body }) => ({
      method,
      path,
      form: trimmed(Object.fromEntries(body?.form ?? [])),
    }));
    if (scenario === 'oidc_no_vo') expect(asked).toEqual([]);
    // What was recorded was asked for in the same way; where the official client gave up, more follows.
    else expect(asked.slice(0, recorded.length)).toEqual(recorded);
    if (prompts.length > 0) {
      expect(prompts[0]).toMatchObject({
        code: 'ABCDEF',
        url: `${provider.origin}/device`,
        urlWithCode: `${provider.origin}/device?user_code=ABCDEF`,
      });
    }
  });
});

// The stand-ins of the recordings get the values of the provider that plays them.
function play(rig: IdentityProvider, recording: Recording, scenario: string): void {
  for (const [index, { path }] of recording.requests.entries()) {
    const response = recording.responses[index];
    if (!signInPaths.test(path) || response === undefined) continue;
    // Without a VO this program asks nobody.
    if (scenario === 'oidc_no_vo') continue;
    const first = path.split('/')[1] as keyof typeof endpoints;
    rig.script(endpoints[first], answerOf(rig, response));
  }
  if (pendingForever.has(scenario)) {
    rig.script('token', { status: 400, json: { error: 'authorization_pending' } });
  }
}

function answerOf(rig: IdentityProvider, response: Recording['responses'][number]): ProviderAnswer {
  const type = response.headers.find(([name]) => name === 'Content-Type')?.[1] ?? 'application/json';
  if (response.json === undefined) return { status: response.status, body: response.body ?? '', type };
  const text = JSON.stringify(response.json)
    .replaceAll('http://127.0.0.1:25446', rig.origin)
    .replaceAll('"<jwt>"', JSON.stringify(rig.jwt({})));
  return { status: response.status, json: JSON.parse(text) as unknown, type };
}

interface Outcome {
  readonly tokens: Tokens | undefined;
  readonly error: string | undefined;
  readonly prompts: readonly DevicePrompt[];
  readonly pauses: readonly number[];
}

/** Does what the recorded client did: refresh where it refreshed, and sign in on a device where it did. */
async function signIn(
  rig: IdentityProvider,
  recording: Recording,
  calls: Recording['requests'],
): Promise<Outcome> {
  const clock = testClock(Date.now());
  const http = createHttpClient({ clock, userAgent: 'pchain/test', tls: { verify: true } });
  const prompts: DevicePrompt[] = [];
  let tokens: Tokens | undefined;
  const refreshToken = calls
    .flatMap(({ body }) => body?.form ?? [])
    .find(([key]) => key === 'refresh_token')?.[1];
  if (calls.length === 0) return { tokens, error: undefined, prompts, pauses: [] };
  // One recording signs in twice.
  const rounds = calls.filter(({ path }) => path.startsWith('/auth/')).length;
  try {
    for (let round = 0; round < rounds; round++) {
      const vo = recording.env['PANDA_AUTH_VO'];
      const config = await signInConfig(http, rig.origin, vo, undefined);
      const found = await discover(http, config, undefined);
      if (refreshToken !== undefined) {
        const refreshed = await refreshTokens(found, new Secret(refreshToken), { http, clock });
        if (refreshed.outcome === 'tokens') {
          tokens = refreshed.tokens;
          continue;
        }
        expect(refreshed.error.message).toMatch(/Invalid refresh token \(invalid_grant\)/);
      }
      const onPrompt = (prompt: DevicePrompt): void => void prompts.push(prompt);
      tokens = await signInOnDevice(found, { http, clock, signal: undefined, onPrompt });
    }
  } catch (thrown) {
    return { tokens, error: (thrown as Error).message, prompts, pauses: clock.pauses };
  }
  return { tokens, error: undefined, prompts, pauses: clock.pauses };
}

function trimmed(form: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(form).map(([key, value]) => [key, value.trim()]));
}
