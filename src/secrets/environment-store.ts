// Secrets from environment variables, read only: what CI systems offer.
//   PCHAIN_SECRET_GITLAB_TOKEN=…       the secret GITLAB_TOKEN
//   PCHAIN_SECRET_FILE_KEYTAB=/a/path  the secret KEYTAB, the bytes of that file
//   REANA_ACCESS_TOKEN=…               itself
import { readFile } from 'node:fs/promises';
import { LocalError, UsageError, systemCode } from '../base/errors.ts';
import { Secret } from '../base/secret.ts';
import { sizeOf } from './entry.ts';
import type { SecretEntry, SecretName, SecretStore } from './port.ts';

const filePrefix = 'PCHAIN_SECRET_FILE_';
const valuePrefix = 'PCHAIN_SECRET_';
const knownNames: readonly string[] = ['REANA_ACCESS_TOKEN'];

/** Larger files are no secrets; PanDA takes 1000 KiB of base64. */
const largestFileBytes = 750_000;

/** The secrets of an environment. A variable that is set but empty is an empty secret, except for
 *  REANA_ACCESS_TOKEN, where it means none.
 *  @throws UsageError when one name is given both as a value and as a file */
export function environmentStore(env: Readonly<Record<string, string | undefined>>): SecretStore {
  const sources = new Map<string, SecretName & { readonly variable: string }>();
  for (const variable of Object.keys(env)) {
    if (env[variable] === undefined) continue;
    const found = secretOf(variable);
    if (found === undefined || (found.name === variable && env[variable].trim() === '')) continue;
    const other = sources.get(found.name);
    if (other !== undefined) {
      const both = [other.variable, variable].sort();
      throw new UsageError(`\`${both[0] ?? ''}\` and \`${both[1] ?? ''}\` set the same secret`, {
        hint: 'unset one of them',
      });
    }
    sources.set(found.name, { ...found, variable });
  }
  return {
    kind: 'environment',
    isReadOnly: true,
    list() {
      const entries = [...sources.values()].map(({ name, kind, variable }): SecretEntry => {
        const sizeBytes = kind === 'file' ? undefined : sizeOf({ kind }, env[variable] ?? '');
        return { name, kind, sizeBytes, changedMs: undefined };
      });
      return Promise.resolve(entries.sort((a, b) => (a.name < b.name ? -1 : 1)));
    },
    async get(name) {
      const source = sources.get(name);
      const value = source === undefined ? undefined : env[source.variable];
      if (source === undefined || value === undefined) return undefined;
      return source.kind === 'file' ? readSecretFile(source.variable, value) : new Secret(value);
    },
    set: () => Promise.reject(readOnly()),
    delete: () => Promise.reject(readOnly()),
  };
}

function readOnly(): UsageError {
  return new UsageError('secrets of the environment cannot be changed from here', {
    hint: 'set or unset the variables PCHAIN_SECRET_… yourself',
  });
}

function secretOf(variable: string): SecretName | undefined {
  if (knownNames.includes(variable)) return { name: variable, kind: 'value' };
  if (variable.startsWith(filePrefix)) return named(variable.slice(filePrefix.length), 'file');
  if (variable.startsWith(valuePrefix)) return named(variable.slice(valuePrefix.length), 'value');
  return undefined;
}

function named(name: string, kind: SecretName['kind']): SecretName | undefined {
  return name === '' ? undefined : { name, kind };
}

async function readSecretFile(variable: string, path: string): Promise<Secret> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    // The path itself is not repeated: a value put there by mistake would be a secret.
    const reason = systemCode(cause) ?? 'unreadable';
    throw new LocalError(`cannot read the file that \`${variable}\` names (${reason})`, {
      hint: 'it must be the path of a file; for a value use PCHAIN_SECRET_…',
    });
  }
  if (bytes.length > largestFileBytes) {
    throw new LocalError(
      `the file that \`${variable}\` names is too large for a secret (${bytes.length} bytes)`,
    );
  }
  return new Secret(bytes.toString('base64'));
}
