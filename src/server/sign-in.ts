// Signing in at an identity provider, for clients that cannot be given this server's own token: where it is, and its keys.
import type { KeyObject } from 'node:crypto';
import * as v from 'valibot';
import type { Clock } from '../base/clock.ts';
import { judgeToken, readKeySet, type TokenVerdict } from './oidc-tokens.ts';

/** What `/auth/<VO>_auth_config.json` tells clients. */
export const signInConfigurationShape = v.object({
  audience: v.string(),
  client_id: v.string(),
  client_secret: v.optional(v.string()),
  oidc_config_url: v.pipe(v.string(), v.url()),
  vo: v.string(),
});
export type SignInConfiguration = v.InferOutput<typeof signInConfigurationShape>;

const discoveryShape = v.object({ issuer: v.string(), jwks_uri: v.pipe(v.string(), v.url()) });

/** Gives the JSON at an address. */
export type FetchJson = (url: string) => Promise<unknown>;

/** Unknown keys make the provider be asked again, at most so often. */
const refetchMs = 60_000;

interface Fetched {
  readonly issuer: string;
  readonly keys: ReadonlyMap<string, KeyObject>;
  readonly atMs: number;
}

/** Judges the tokens of one provider. Its keys are fetched when the first token comes, and again when it changed them. */
export class SignIn {
  readonly configuration: SignInConfiguration;
  readonly #user: string;
  readonly #fetchJson: FetchJson;
  readonly #clock: Clock;
  #fetched: Fetched | undefined;

  /** @param user the only one who is let in, by `preferred_username` */
  constructor(configuration: SignInConfiguration, user: string, fetchJson: FetchJson, clock: Clock) {
    this.configuration = configuration;
    this.#user = user;
    this.#fetchJson = fetchJson;
    this.#clock = clock;
  }

  async judge(token: string): Promise<TokenVerdict> {
    const known = this.#fetched !== undefined;
    const first = await this.#judgeOnce(token);
    const mayHaveChanged = !first.ok && first.why.includes('Signature verification failed') && known;
    if (!mayHaveChanged || this.#clock.monotonicMs() - (this.#fetched?.atMs ?? 0) < refetchMs) return first;
    this.#fetched = undefined;
    return this.#judgeOnce(token);
  }

  async #judgeOnce(token: string): Promise<TokenVerdict> {
    const { client_id: client, audience } = this.configuration;
    try {
      this.#fetched ??= await this.#fetchKeys();
    } catch {
      return { ok: false, why: 'the identity provider does not answer' };
    }
    const { issuer, keys } = this.#fetched;
    return judgeToken(
      token,
      keys,
      { issuer, audiences: [client, audience], user: this.#user },
      this.#clock.nowMs(),
    );
  }

  async #fetchKeys(): Promise<Fetched> {
    const discovery = v.parse(discoveryShape, await this.#fetchJson(this.configuration.oidc_config_url));
    const keys = readKeySet(await this.#fetchJson(discovery.jwks_uri));
    return { issuer: discovery.issuer, keys, atMs: this.#clock.monotonicMs() };
  }
}
