// The vault: secrets in one encrypted file, for machines without a keychain.
import { Buffer } from 'node:buffer';
import { dirname } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { AuthError, LocalError, messageOf, systemCode } from '../base/errors.ts';
import { makeDirectory } from '../base/make-directory.ts';
import { takeProcessLock, type ProcessLock } from '../base/process-lock.ts';
import { Secret } from '../base/secret.ts';
import { entryOf, requireKeepableName } from './entry.ts';
import type { SecretStore } from './port.ts';
import { openVault, readVaultBytes, writeVault, type VaultContent, type VaultEntry } from './vault-file.ts';

/** Gives the passphrase.
 *  @param why `open`: of a vault that is there. `again`: the one before was wrong. `create`: of the one to be made.
 *  @returns `undefined`: there is no other, so the wrong one ends the work */
export type AskPassphrase = (why: 'open' | 'again' | 'create') => Promise<Secret | undefined>;

export interface VaultSetup {
  /** The file; it is made when the first secret is set. */
  readonly path: string;
  readonly passphrase: AskPassphrase;
  readonly clock: Clock;
  /** log2 of the work a passphrase costs. */
  readonly workFactor: number;
}

/** What `age` itself takes for a passphrase: about a second on a laptop. */
export const usualWorkFactor = 18;

/** How long another program may take to write, in milliseconds. */
const lockLimitMs = 30_000;
const mostTries = 3;

export function vaultStore(setup: VaultSetup): SecretStore {
  return new Vault(setup);
}

class Vault implements SecretStore {
  readonly kind = 'vault';
  readonly isReadOnly = false;
  readonly #setup: VaultSetup;
  #passphrase: Secret | undefined;
  /** What was read last: opening it again would cost another second. */
  #known: { readonly bytes: Buffer; readonly content: VaultContent } | undefined;
  /** Calls wait for each other: two at once would ask for the passphrase twice. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(setup: VaultSetup) {
    this.#setup = setup;
  }

  list() {
    return this.#inTurn(async () => {
      const entries = [...(await this.#content())].map(([name, entry]) =>
        entryOf({ name, kind: entry.kind }, entry.value, entry.changed_ms),
      );
      return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    });
  }

  get(name: string) {
    return this.#inTurn(async () => {
      const entry = (await this.#content()).get(name);
      return entry === undefined ? undefined : new Secret(entry.value);
    });
  }

  set(secret: Parameters<SecretStore['set']>[0], value: Secret) {
    requireKeepableName(secret.name);
    const entry: VaultEntry = {
      kind: secret.kind,
      value: value.reveal(),
      changed_ms: this.#setup.clock.nowMs(),
    };
    return this.#inTurn(() => this.#change((content) => content.set(secret.name, entry)));
  }

  delete(names: readonly string[]) {
    return this.#inTurn(async () => {
      const content = await this.#content();
      const there = names.filter((name) => content.has(name));
      if (there.length > 0) {
        await this.#change((changed) => {
          for (const name of there) changed.delete(name);
        });
      }
      return there;
    });
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work, work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** What is in the file now; nothing when there is no file. */
  async #content(): Promise<VaultContent> {
    const bytes = await readVaultBytes(this.#setup.path);
    if (bytes === undefined) return new Map();
    if (this.#known?.bytes.equals(bytes) === true) return this.#known.content;
    const content = await this.#open(bytes);
    this.#known = { bytes, content };
    return content;
  }

  async #open(bytes: Buffer): Promise<VaultContent> {
    const { path, passphrase: ask } = this.#setup;
    let passphrase = this.#passphrase ?? (await ask('open'));
    for (let tries = 1; passphrase !== undefined; tries++) {
      const content = await openVault(path, bytes, passphrase);
      if (content !== undefined) {
        this.#passphrase = passphrase;
        return content;
      }
      passphrase = tries < mostTries ? await ask('again') : undefined;
    }
    throw new AuthError(`the passphrase does not open the vault \`${path}\``);
  }

  async #change(change: (content: Map<string, VaultEntry>) => void): Promise<void> {
    const { path, passphrase: ask, workFactor } = this.#setup;
    // Asked for before the lock is taken: a person may take a minute.
    await this.#content();
    this.#passphrase ??= await ask('create');
    const passphrase = this.#passphrase;
    if (passphrase === undefined || passphrase.isEmpty) {
      throw new AuthError(`the vault \`${path}\` needs a passphrase`);
    }
    const lock = await this.#lock();
    try {
      const content = new Map(await this.#content());
      change(content);
      const bytes = await writeVault(path, content, {
        passphrase,
        workFactor,
        previous: this.#known?.bytes,
      });
      this.#known = { bytes, content };
    } finally {
      lock.release();
    }
  }

  async #lock(): Promise<ProcessLock> {
    const { path, clock } = this.#setup;
    const startedMs = clock.monotonicMs();
    try {
      makeDirectory(dirname(path), 0o700);
      do {
        const lock = takeProcessLock(`${path}.lock`);
        if (lock !== undefined) return lock;
        await clock.sleep(100);
      } while (clock.monotonicMs() - startedMs < lockLimitMs);
    } catch (cause) {
      throw new LocalError(`cannot lock the vault \`${path}\`: ${systemCode(cause) ?? messageOf(cause)}`, {
        hint: 'nothing was changed',
        cause,
      });
    }
    throw new LocalError(`another program has been writing the vault \`${path}\` for too long`, {
      hint: 'nothing was changed; try again',
    });
  }
}
