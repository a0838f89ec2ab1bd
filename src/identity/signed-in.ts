// A sign-in that is kept fresh: its token is renewed before it expires, by one process at a time.
//
// A renewal uses the refresh token up, and its successor exists only in the answer. So a renewal is noted first, which also
// shows that the store can be written; nothing interrupts it; and the first thing done with the answer is keeping it. What
// remains is a process killed while the answer travels: the next one tries the old refresh token once more, since
// many providers forgive that, and else the user signs in again.
import type { Clock } from '../base/clock.ts';
import { AuthError, PchainError, messageOf } from '../base/errors.ts';
import type { Secret } from '../base/secret.ts';
import type { Refreshed } from './oidc/refresh.ts';
import type { SignIn, SignInStore } from './sign-in-store.ts';

export interface SignedInSetup {
  readonly store: SignInStore;
  readonly clock: Clock;
  /** New tokens from the provider of this issuer. */
  readonly renew: (issuer: string, refreshToken: Secret) => Promise<Refreshed>;
  /** Takes a lock between processes; `undefined`: another process has it. */
  readonly tryLock: () => { release(): void } | undefined;
  /** Something the user should know though the work goes on. */
  readonly warn: (message: string) => void;
}

/** A token is renewed so long before its end: a request that begins with it must also end with it. */
const usualMarginMs = 5 * 60_000;
/** After a renewal that did not succeed, the next attempt waits so long while the token is still good. */
const patienceMs = 30_000;
const lockPauseMs = 200;
/** Another process that renews longer than this hangs. */
const lockLimitMs = 150_000;

export class SignedIn {
  readonly #setup: SignedInSetup;
  #known: SignIn | undefined;
  #renewal: Promise<SignIn> | undefined;
  #triedMs = -Infinity;

  constructor(setup: SignedInSetup) {
    this.#setup = setup;
  }

  /** Where it is kept, for messages. */
  get kind(): SignInStore['kind'] {
    return this.#setup.store.kind;
  }

  /** The sign-in as it is, not renewed; `undefined`: nobody signed in. */
  async current(): Promise<SignIn | undefined> {
    this.#known ??= await this.#setup.store.read();
    return this.#known;
  }

  /** The sign-in with a token that is good for a while; `undefined`: nobody signed in.
   *  @throws AuthError when it is over and cannot be renewed; RemoteError when the provider cannot be reached */
  async fresh(): Promise<SignIn | undefined> {
    const current = await this.current();
    if (current === undefined || !this.#isDue(current)) return current;
    return this.#renewed(current);
  }

  /** Renews although the token looks good: a server refused it.
   *  @returns `undefined` when there is no other token to be had */
  async instead(refused: Secret): Promise<SignIn | undefined> {
    const current = await this.current();
    if (current === undefined) return undefined;
    if (current.idToken.reveal() !== refused.reveal()) return current;
    try {
      const next = await this.#renewed(current);
      return next.idToken.reveal() === refused.reveal() ? undefined : next;
    } catch (thrown) {
      if (thrown instanceof PchainError) return undefined;
      throw thrown;
    }
  }

  #isDue(signIn: SignIn): boolean {
    const lifeMs = signIn.expiresMs - signIn.receivedMs;
    const marginMs = Math.min(usualMarginMs, Math.max(0, lifeMs / 3));
    return this.#setup.clock.nowMs() >= signIn.expiresMs - marginMs;
  }

  async #renewed(current: SignIn): Promise<SignIn> {
    const { clock } = this.#setup;
    const isGood = clock.nowMs() < current.expiresMs;
    if (isGood && clock.monotonicMs() - this.#triedMs < patienceMs) return current;
    this.#renewal ??= this.#renewAlone(current).finally(() => (this.#renewal = undefined));
    try {
      return await this.#renewal;
    } catch (thrown) {
      this.#triedMs = clock.monotonicMs();
      // A token that is still good is used to its end before anybody is bothered.
      if (isGood && thrown instanceof PchainError) return current;
      throw thrown;
    }
  }

  /** Renews while no other process does, or takes what another one has renewed meanwhile. */
  async #renewAlone(current: SignIn): Promise<SignIn> {
    const lock = await this.#lock();
    try {
      const stored = await this.#setup.store.read();
      if (stored === undefined) throw over('you signed out meanwhile');
      this.#known = stored;
      const isOther = stored.idToken.reveal() !== current.idToken.reveal();
      return isOther && !this.#isDue(stored) ? stored : await this.#renew(stored);
    } finally {
      lock.release();
    }
  }

  async #renew(stored: SignIn): Promise<SignIn> {
    const { store, clock, renew, warn } = this.#setup;
    if (stored.refreshToken === undefined) throw over('it has no refresh token');
    await store.write({ ...stored, renewalBegunMs: clock.nowMs() });
    const refreshed = await renew(stored.issuer, stored.refreshToken);
    if (refreshed.outcome === 'refused') {
      throw stored.renewalBegunMs === undefined
        ? over(undefined, refreshed.error)
        : over('an earlier renewal was cut off before its answer could be kept', refreshed.error);
    }
    const next: SignIn = {
      ...refreshed.tokens,
      issuer: stored.issuer,
      receivedMs: clock.nowMs(),
      renewalBegunMs: undefined,
    };
    this.#known = next;
    try {
      await store.write(next);
    } catch (cause) {
      // This process can go on; the next one has only the old refresh token.
      warn(
        `the renewed sign-in could not be kept (${messageOf(cause)}); the next command may need \`pchain login\``,
      );
    }
    return next;
  }

  async #lock(): Promise<{ release(): void }> {
    const { clock, tryLock } = this.#setup;
    const startMs = clock.monotonicMs();
    for (;;) {
      const lock = tryLock();
      if (lock !== undefined) return lock;
      if (clock.monotonicMs() - startMs > lockLimitMs) {
        throw new AuthError('another process has been renewing the sign-in for too long', {
          hint: 'end it, and try again',
        });
      }
      await clock.sleep(lockPauseMs);
    }
  }
}

function over(why: string | undefined, cause?: unknown): AuthError {
  const reason = why ?? (cause === undefined ? undefined : messageOf(cause));
  return new AuthError(`the sign-in to PanDA is over${reason === undefined ? '' : ` (${reason})`}`, {
    hint: 'sign in again: `pchain login`',
    cause,
  });
}
