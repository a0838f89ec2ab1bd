// The secrets that REANA keeps for a user: named, added, deleted; never shown.
import type { Secret } from '../../base/secret.ts';
import { readSecretNames } from './server-answers.ts';
import type { ReanaWire } from './wire.ts';

export interface ReanaSecretValue {
  readonly type: 'env' | 'file';
  /** Base64 of the bytes. */
  readonly value: Secret;
}

/** Every method throws as `ReanaWire.request`. */
export class SecretCalls {
  readonly #wire: ReanaWire;
  readonly #signal: AbortSignal | undefined;

  constructor(wire: ReanaWire, signal: AbortSignal | undefined) {
    this.#wire = wire;
    this.#signal = signal;
  }

  /** Names of the user's secrets and their types (`env` or `file`). */
  names(): Promise<ReadonlyMap<string, string>> {
    return this.#wire.json(
      { method: 'GET', path: '/api/secrets', repeatable: true, signal: this.#signal },
      readSecretNames,
    );
  }

  /** Adds secrets, all of them or none.
   *  @param existing what happens to those of the same name
   *  @returns false when one exists, and so nothing was added */
  async add(
    secrets: ReadonlyMap<string, ReanaSecretValue>,
    existing: 'replace' | 'refuse',
  ): Promise<boolean> {
    const answer = await this.#wire.request({
      method: 'POST',
      path: '/api/secrets/',
      query: { overwrite: existing === 'replace' ? 'true' : 'false' },
      json: Object.fromEntries(
        [...secrets].map(([name, { type, value }]) => [name, { value: value.reveal(), type }]),
      ),
      // Twice is the same as once: a repeat that finds its own work done is told so by 409.
      repeatable: true,
      understood: [409],
      signal: this.#signal,
    });
    return answer.status !== 409;
  }

  /** Deletes secrets, all of them or none.
   *  @returns names that do not exist; then nothing was deleted */
  async delete(names: readonly string[]): Promise<readonly string[]> {
    const answer = await this.#wire.request({
      method: 'DELETE',
      path: '/api/secrets/',
      json: names,
      repeatable: false,
      understood: [404],
      signal: this.#signal,
    });
    if (answer.status !== 404) return [];
    const missing: unknown = JSON.parse(answer.body.toString('utf8'));
    return Array.isArray(missing) ? missing.filter((name: unknown) => typeof name === 'string') : names;
  }
}
