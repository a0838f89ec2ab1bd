// The keychain of the system as a store. Each secret is one item; a value that is too long for one (Windows keeps 2560 bytes)
// lies in parts beside it:
//   GITLAB_TOKEN         {"v":1,"kind":"value","changed_ms":…,"value":"…"}
//   keytab               {"v":1,"kind":"file","changed_ms":…,"parts":2,"id":"f00d…"}
//   pchain:part:f00d…:0  the first part of its value
import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import type { Clock } from '../base/clock.ts';
import { LocalError } from '../base/errors.ts';
import { Secret } from '../base/secret.ts';
import { entryOf, requireKeepableName } from './entry.ts';
import type { Keychain } from './keychain-process.ts';
import type { SecretEntry, SecretStore } from './port.ts';

export interface KeychainStoreSetup {
  readonly keychain: Keychain;
  readonly clock: Clock;
  /** What items are filed under. */
  readonly service: string;
  /** The largest item in bytes; `undefined`: the system has no limit that matters. */
  readonly largestItemBytes: number | undefined;
}

const itemShape = v.intersect([
  v.object({ v: v.literal(1), kind: v.picklist(['value', 'file']), changed_ms: v.number() }),
  v.union([v.object({ value: v.string() }), v.object({ parts: v.number(), id: v.string() })]),
]);
type Item = v.InferOutput<typeof itemShape>;

const partPrefix = 'pchain:part:';
const partAccount = (id: string, index: number): string => `${partPrefix}${id}:${index}`;

export function keychainStore(setup: KeychainStoreSetup): SecretStore {
  const { keychain, clock, service } = setup;

  const read = async (name: string): Promise<Item | undefined> => {
    const text = await keychain.getPassword(service, name);
    return text === undefined ? undefined : readItem(name, text);
  };
  const forgetParts = async (item: Item | undefined): Promise<void> => {
    if (item === undefined || !('parts' in item)) return;
    for (let index = 0; index < item.parts; index++) {
      await keychain.deletePassword(service, partAccount(item.id, index));
    }
  };
  const valueOf = async (name: string, item: Item): Promise<string> => {
    if ('value' in item) return item.value;
    const parts: string[] = [];
    for (let index = 0; index < item.parts; index++) {
      const part = await keychain.getPassword(service, partAccount(item.id, index));
      if (part === undefined) throw incomplete(name);
      parts.push(part);
    }
    return joined(parts);
  };

  return {
    kind: 'keychain',
    isReadOnly: false,

    async list() {
      // One call for all: a keychain asks its user once.
      const all = new Map(
        (await keychain.findCredentials(service)).map(({ account, password }) => [account, password]),
      );
      const entries: SecretEntry[] = [];
      for (const [name, text] of all) {
        if (name.startsWith(partPrefix)) continue;
        const item = readItem(name, text);
        const value =
          'value' in item
            ? item.value
            : joined(
                Array.from({ length: item.parts }, (_, index) => all.get(partAccount(item.id, index)) ?? ''),
              );
        entries.push(entryOf({ name, kind: item.kind }, value, item.changed_ms));
      }
      return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    },

    async get(name) {
      const item = await read(name);
      return item === undefined ? undefined : new Secret(await valueOf(name, item));
    },

    async set(secret, value) {
      requireKeepableName(secret.name);
      const before = await read(secret.name).catch((thrown: unknown) => {
        // What cannot be read is replaced; a keychain that cannot be reached still says so.
        if (thrown instanceof Unreadable) return undefined;
        throw thrown;
      });
      const head = { v: 1, kind: secret.kind, changed_ms: clock.nowMs() } as const;
      const whole = JSON.stringify({ ...head, value: value.reveal() });
      const { largestItemBytes } = setup;
      if (largestItemBytes === undefined || Buffer.byteLength(whole) <= largestItemBytes) {
        await keychain.setPassword(service, secret.name, whole);
      } else {
        const id = randomBytes(8).toString('hex');
        const parts = split(value.reveal(), largestItemBytes);
        // The head comes last: until it is there the old value stands.
        for (const [index, part] of parts.entries()) {
          await keychain.setPassword(service, partAccount(id, index), part);
        }
        const text = JSON.stringify({ ...head, parts: parts.length, id });
        await keychain.setPassword(service, secret.name, text);
      }
      await forgetParts(before);
    },

    async delete(names) {
      const gone: string[] = [];
      for (const name of names) {
        const item = await read(name).catch(() => undefined);
        if (!(await keychain.deletePassword(service, name))) continue;
        gone.push(name);
        await forgetParts(item);
      }
      return gone;
    },
  };
}

/** An item that is there, but is not what pchain writes. */
class Unreadable extends LocalError {}

function readItem(name: string, text: string): Item {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own words would quote what it read.
    value = undefined;
  }
  const parsed = v.safeParse(itemShape, value);
  if (parsed.success) return parsed.output;
  throw new Unreadable(`the keychain holds something else under the name \`${name}\``, {
    hint: `remove it with the keychain's own program, or set \`${name}\` again`,
  });
}

function incomplete(name: string): LocalError {
  return new Unreadable(`a part of \`${name}\` is missing in the keychain`, {
    hint: `set \`${name}\` again`,
  });
}

/** In base64, so that a part never ends inside of a character. */
function split(value: string, largestBytes: number): readonly string[] {
  const text = Buffer.from(value).toString('base64');
  return Array.from({ length: Math.ceil(text.length / largestBytes) }, (_, index) =>
    text.slice(index * largestBytes, (index + 1) * largestBytes),
  );
}

function joined(parts: readonly string[]): string {
  return Buffer.from(parts.join(''), 'base64').toString();
}
