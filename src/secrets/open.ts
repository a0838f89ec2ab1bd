// Which stores this user has: the environment always, and the keychain or the vault where one was chosen.
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { UsageError } from '../base/errors.ts';
import type { SecretStoreKind } from '../settings/settings.ts';
import { environmentStore } from './environment-store.ts';
import type { SecretEntry, SecretStore } from './port.ts';
import type { Secret } from '../base/secret.ts';
import type { AskPassphrase } from './vault.ts';

export interface SecretsSetup {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `undefined`: not chosen yet, so there is the environment alone. */
  readonly choice: SecretStoreKind | undefined;
  /** Where the vault lies. */
  readonly dataDirectory: string;
  readonly clock: Clock;
  /** How to start Node. */
  readonly node: string;
  /** `process.platform`: systems limit what their keychain takes. */
  readonly system: string;
  readonly passphrase: AskPassphrase;
}

export interface Secrets {
  readonly environment: SecretStore;
  /** The store that was chosen; `undefined`: none was. */
  readonly kept: SecretStore | undefined;
  /** A secret of the environment, or else of the chosen store. */
  get(name: string): Promise<Secret | undefined>;
  /** All entries, pchain's own among them, sorted by name; one of the environment hides its namesake. */
  list(): Promise<readonly FoundEntry[]>;
}

export interface FoundEntry extends SecretEntry {
  readonly from: SecretStore['kind'];
}

/** Opens nothing yet: a keychain is asked, and a vault unlocked, when something of it is needed.
 *  @throws UsageError when the environment gives one secret twice */
export async function openSecrets(setup: SecretsSetup): Promise<Secrets> {
  const environment = environmentStore(setup.env);
  const kept = setup.choice === undefined ? undefined : await openStore(setup.choice, setup);
  return {
    environment,
    kept,
    get: async (name) => (await environment.get(name)) ?? kept?.get(name),
    async list() {
      const own = (await environment.list()).map((entry): FoundEntry => ({ ...entry, from: 'environment' }));
      const names = new Set(own.map(({ name }) => name));
      const others = (await kept?.list()) ?? [];
      const visible = others.filter(({ name }) => !names.has(name));
      return [...own, ...visible.map((entry) => ({ ...entry, from: kept?.kind ?? 'environment' }))].sort(
        (a, b) => (a.name < b.name ? -1 : 1),
      );
    },
  };
}

/** The store that was chosen, for what can only be kept there.
 *  @throws UsageError when none was */
export function requireKept(secrets: Secrets): SecretStore {
  if (secrets.kept !== undefined) return secrets.kept;
  throw new UsageError('it is not decided yet where secrets are kept', {
    hint:
      'choose once: `pchain config set secrets keychain` (the keychain of this system),\n' +
      'or `pchain config set secrets vault` (a file that a passphrase opens)',
  });
}

/** The service that items of a keychain are filed under. */
const keychainService = 'pchain';
/** Windows: CRED_MAX_CREDENTIAL_BLOB_SIZE, 2560 bytes. */
const windowsItemBytes = 2560;
const keychainLimitMs = 3000;

async function openStore(choice: SecretStoreKind, setup: SecretsSetup): Promise<SecretStore> {
  const { clock } = setup;
  if (choice === 'keychain') {
    const [{ keychainStore }, { systemKeychain }] = await Promise.all([
      import('./keychain.ts'),
      import('./keychain-process.ts'),
    ]);
    return keychainStore({
      keychain: systemKeychain({ node: setup.node, env: setup.env, clock, limitMs: keychainLimitMs }),
      clock,
      service: keychainService,
      largestItemBytes: setup.system === 'win32' ? windowsItemBytes : undefined,
    });
  }
  const { usualWorkFactor, vaultStore } = await import('./vault.ts');
  const path = join(setup.dataDirectory, 'secrets.age');
  return vaultStore({ path, passphrase: setup.passphrase, clock, workFactor: usualWorkFactor });
}
