// A secret store in memory, for tests of what is kept in one.
import { Secret } from '../../src/base/secret.ts';
import type { SecretEntry, SecretName, SecretStore } from '../../src/secrets/port.ts';

export interface MemoryStore extends SecretStore {
  readonly entries: Map<string, { readonly kind: SecretName['kind']; readonly value: string }>;
  /** Called before every change; what it throws is the fault of the store. */
  beforeChange: (name: string) => void;
}

export function memoryStore(): MemoryStore {
  const entries: MemoryStore['entries'] = new Map();
  const store: MemoryStore = {
    kind: 'keychain',
    isReadOnly: false,
    entries,
    beforeChange: () => undefined,
    list: () =>
      Promise.resolve(
        [...entries].map(([name, { kind }]): SecretEntry => ({
          name,
          kind,
          sizeBytes: undefined,
          changedMs: undefined,
        })),
      ),
    get(name) {
      const found = entries.get(name);
      return Promise.resolve(found === undefined ? undefined : new Secret(found.value));
    },
    async set({ name, kind }, value) {
      await Promise.resolve();
      store.beforeChange(name);
      entries.set(name, { kind, value: value.reveal() });
    },
    async delete(names) {
      await Promise.resolve();
      return names.filter((name) => {
        store.beforeChange(name);
        return entries.delete(name);
      });
    },
  };
  return store;
}
