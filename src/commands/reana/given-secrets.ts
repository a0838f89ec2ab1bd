// Secrets that a command line names: variables and files of this job first, then what the user keeps with pchain.
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { LocalError, UsageError, messageOf } from '../../base/errors.ts';
import { Secret } from '../../base/secret.ts';
import type { ReanaSecretValue } from '../../reana/protocol/secret-calls.ts';
import { fingerprintFile } from '../../reana/offload/secret-fingerprints.ts';
import type { SecretFingerprints } from '../../reana/offload/send-secrets.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Host } from '../host.ts';
import { secretsOf } from '../credentials/secrets.ts';
import { listOption } from '../check/workflow-files.ts';
import type { Options } from './connection.ts';

/** `--secret NAME`, `--env NAME[=VALUE]` and `--file PATH` together, by the name that REANA will know.
 *  @throws UsageError for one that is named twice or empty, LocalError for one that cannot be found */
export async function secretsGiven(
  options: Options,
  settings: Settings,
  host: Host,
): Promise<ReadonlyMap<string, ReanaSecretValue>> {
  const found = new Map<string, ReanaSecretValue>();
  const add = (name: string, value: ReanaSecretValue): void => {
    if (found.has(name)) throw new UsageError(`the secret \`${name}\` is given twice`);
    if (value.value.reveal() === '') {
      throw new UsageError(`the secret \`${name}\` is empty`, {
        hint: value.type === 'env' ? 'a variable of the shell may not be set' : undefined,
      });
    }
    found.set(name, value);
  };
  for (const name of listOption(options, 'secret').map(checkedName))
    add(basename(name), await named(name, settings, host));
  for (const text of listOption(options, 'env')) add(...fromEnvOption(text, host));
  for (const path of listOption(options, 'file')) add(basename(path), fileSecret(path, host));
  return found;
}

/** Remembers what was sent, beside everything else that pchain keeps for this user. */
export function secretFingerprints(settings: Settings): SecretFingerprints {
  return fingerprintFile(join(settings.locations.dataDirectory, 'reana-secrets.json'));
}

/** @param why the note could not be written */
export function warnUnnoted(why: string, host: Host): void {
  host.terminal.warn(
    `the secrets were sent, but not noted here as sent: ${why}; a later run may say that REANA has others`,
  );
}

function checkedName(name: string): string {
  if (name !== '' && !name.includes('=')) return name;
  // What stands behind the `=` may be the secret itself, so it is not repeated.
  throw new UsageError('a secret is named by its variable or its file, without its value', {
    hint: '`--env NAME=VALUE` gives a value, which others may see',
  });
}

async function named(name: string, settings: Settings, host: Host): Promise<ReanaSecretValue> {
  const value = host.env[name];
  if (value !== undefined) return envSecret(value);
  if (existsSync(resolve(host.workingDirectory, name))) return fileSecret(name, host);
  const { kept } = await secretsOf(settings, host);
  const entry = (await kept?.list())?.find((candidate) => candidate.name === name);
  const secret = entry === undefined ? undefined : await kept?.get(name);
  if (secret !== undefined) {
    // The store gives the bytes of a file as base64 already.
    return entry?.kind === 'file' ? { type: 'file', value: secret } : envSecret(secret.reveal());
  }
  throw new LocalError(
    `the secret \`${name}\` is neither a variable nor a file here, and pchain keeps none`,
    {
      hint: 'does the step have `--useSecrets`, and PanDA the secret?',
    },
  );
}

function fromEnvOption(text: string, host: Host): readonly [string, ReanaSecretValue] {
  const at = text.indexOf('=');
  const name = at < 0 ? text : text.slice(0, at);
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    // What stands there may be the secret itself, so it is not repeated.
    throw new UsageError('`--env` takes NAME=VALUE, or the NAME of a variable', {
      hint: 'a name has letters, digits and `_`',
    });
  }
  if (at >= 0) return [name, envSecret(text.slice(at + 1))];
  const value = host.env[name];
  if (value === undefined) throw new LocalError(`there is no variable \`${name}\` here`);
  return [name, envSecret(value)];
}

function envSecret(text: string): ReanaSecretValue {
  // Wrapped once as it is, so that it is masked wherever it might turn up.
  return {
    type: 'env',
    value: new Secret(Buffer.from(new Secret(text).reveal(), 'utf8').toString('base64')),
  };
}

function fileSecret(path: string, host: Host): ReanaSecretValue {
  try {
    const content = readFileSync(resolve(host.workingDirectory, path));
    return { type: 'file', value: new Secret(content.toString('base64')) };
  } catch (cause) {
    throw new LocalError(`cannot read the secret file \`${path}\`: ${messageOf(cause)}`, { cause });
  }
}
