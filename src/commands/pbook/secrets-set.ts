// `pbook secrets set`: keeps a secret in the keychain or the vault.
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { LocalError, UsageError, messageOf, systemCode } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { Secret } from '../../base/secret.ts';
import { madeFingerprint } from '../../secrets/fingerprint.ts';
import { readPem } from '../../secrets/checks/pem.ts';
import type { SecretName } from '../../secrets/port.ts';
import {
  longestSecretCharacters,
  requireSecretName,
  requireSecretValue,
} from '../../secrets/secret-rules.ts';
import type { Host } from '../host.ts';
import { keptSecrets } from '../credentials/secrets.ts';
import { loadSettings } from '../servers/settings.ts';
import { readAll } from '../check/standard-input.ts';
import { textOption } from '../check/workflow-files.ts';
import { tellSecretFindings } from './secrets-check.ts';

type Options = Readonly<Record<string, unknown>>;

export async function setSecret(
  name: string | undefined,
  refused: readonly string[],
  options: Options,
  host: Host,
): Promise<ExitCode> {
  if (refused.length > 0) throw onCommandLine(name ?? '', refused);
  const file = textOption(options, 'file');
  const secret: SecretName = {
    name: name ?? (file === undefined ? '' : basename(file)),
    kind: kindOf(options, file),
  };
  if (secret.name === '') throw new UsageError('the secret needs a name');
  requireSecretName(secret);
  const settings = await loadSettings({}, host);
  // Before anything is typed: a person should not type a token for nothing.
  const store = await keptSecrets(settings, host);
  const value = file === undefined ? await typedValue(secret, host) : await fileValue(secret, file, host);
  requireSecretValue(secret, value.reveal());
  const fingerprint = await madeFingerprint(store);
  await store.set(secret, value);
  host.terminal.say(
    `\`${secret.name}\` is kept in the ${store.kind} (fingerprint ${fingerprint(secret, value)})`,
  );
  tellSecretFindings(secret, value, host);
  return ExitCode.done;
}

/** The words are masked from here on, should anything print them. */
function onCommandLine(name: string, words: readonly string[]): UsageError {
  for (const word of words) new Secret(word);
  return new UsageError(`the value of \`${name}\` must not be on the command line`, {
    hint:
      'other users of this machine and the history of your shell can read it: leave it out and type it when asked,\n' +
      'or give it with --file or on standard input; and think of the one you have just typed as known',
  });
}

function kindOf(options: Options, file: string | undefined): SecretName['kind'] {
  const asked = textOption(options, 'kind');
  if (asked === 'value' || asked === 'file') return asked;
  return file === undefined ? 'value' : 'file';
}

async function typedValue(secret: SecretName, host: Host): Promise<Secret> {
  if (!host.terminal.canAsk) {
    if (host.stdin.isTTY === true) {
      throw new UsageError('nobody can be asked for the value here', {
        hint: 'give it with --file or on standard input',
      });
    }
    return valueOf(secret, await readAll(host.stdin, largestBytes), 'standard input');
  }
  const typed = await host.terminal.askHidden(`value of ${secret.name}: `);
  if (typed === undefined) throw new UsageError('nothing was typed, so nothing was kept');
  return secret.kind === 'value' ? typed : new Secret(Buffer.from(typed.reveal()).toString('base64'));
}

/** Nothing larger can be a secret in any form. */
const largestBytes = longestSecretCharacters;

async function fileValue(secret: SecretName, file: string, host: Host): Promise<Secret> {
  const path = resolve(host.workingDirectory, file);
  let bytes: Buffer;
  try {
    const { mode, size } = await stat(path);
    if (size > largestBytes) {
      throw new LocalError(`\`${file}\` is too large for a secret (${size} bytes)`);
    }
    bytes = await (size === 0 ? readAll(createReadStream(path), largestBytes) : readFile(path));
    const isPublic = readPem(bytes.toString('latin1'))?.keys.length === 0;
    if ((mode & 0o077) !== 0 && !isPublic && !host.platform.startsWith('win32')) {
      host.terminal.warn(
        `other users of this machine may read \`${file}\`: \`chmod 600\` it, or delete it now`,
      );
    }
  } catch (cause) {
    if (cause instanceof LocalError) throw cause;
    throw new LocalError(`cannot read \`${file}\`: ${systemCode(cause) ?? messageOf(cause)}`, { cause });
  }
  return valueOf(secret, bytes, `\`${file}\``);
}

function valueOf(secret: SecretName, bytes: Buffer, from: string): Secret {
  if (secret.kind === 'file') return new Secret(bytes.toString('base64'));
  const text = bytes.toString('utf8');
  if (!Buffer.from(text).equals(bytes)) {
    throw new UsageError(`${from} holds bytes that are no text, which a variable cannot hold`, {
      hint: 'keep it as a file: `--kind file`',
    });
  }
  // The end of line belongs to the way it came here (`echo`, an editor), not to the token.
  return new Secret(text.replace(/\r?\n$/, ''));
}
