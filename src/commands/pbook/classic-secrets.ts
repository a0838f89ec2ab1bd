// set_secret, list_secrets, delete_secret, delete_all_secrets: as people know them, with PanDA alone.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { LocalError, UsageError, messageOf, systemCode } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { Secret } from '../../base/secret.ts';
import { counted, printable } from '../../base/text.ts';
import type { PandaServer } from '../../panda/connection.ts';
import { deletePandaSecret, readPandaSecrets, setPandaSecret } from '../../panda/secrets.ts';
import type { SecretName } from '../../secrets/port.ts';
import { requireSecretName, requireSecretValue } from '../../secrets/secret-rules.ts';
import { renderTable } from '../../terminal/table.ts';
import { connect } from '../connection.ts';
import type { Host } from '../host.ts';
import { loadSettings } from '../settings.ts';
import { textOption } from '../workflow-files.ts';
import { batchArguments, batchFlag, batchText } from './batch-words.ts';

type Options = Readonly<Record<string, unknown>>;

export async function setClassicSecret(
  words: readonly string[],
  options: Options,
  host: Host,
): Promise<ExitCode> {
  const given = batchArguments('set_secret', ['key', 'value', 'is_file'], words);
  const isFile = batchFlag(given, 'is_file');
  const secret: SecretName = { name: batchText('set_secret', given, 'key'), kind: isFile ? 'file' : 'value' };
  const typed = given.get('value');
  if (typed === undefined) {
    throw new UsageError('`set_secret` needs a value', {
      hint: `\`pbook secrets set ${printable(secret.name)}\` asks for it without showing it`,
    });
  }
  // A path is no secret; a value is one from here on, wherever it may turn up.
  const value = isFile ? await fileSecret(typed, host) : new Secret(typed);
  requireSecretName(secret);
  requireSecretValue(secret, value.reveal());
  if (!isFile) {
    host.terminal.warn(
      'the value was on the command line, where other users of this machine and the history of your shell can read it; ' +
        `\`pbook secrets set ${secret.name}\` asks for it instead`,
    );
  }
  await setPandaSecret(await pandaOf(options, host), secret, value, host.signal);
  host.terminal.say(`PanDA keeps \`${secret.name}\``);
  return ExitCode.done;
}

export async function listClassicSecrets(
  words: readonly string[],
  options: Options,
  host: Host,
): Promise<ExitCode> {
  const given = batchArguments('list_secrets', ['full'], words);
  const isFull = batchFlag(given, 'full');
  if (isFull) await agreeToShow(options, host);
  const secrets = await readPandaSecrets(await pandaOf(options, host), host.signal);
  if (secrets.length === 0) {
    host.terminal.say('PanDA keeps no secrets');
    return ExitCode.done;
  }
  const table = renderTable(
    [
      { title: 'Key', kind: 'name' },
      { title: 'Value', kind: 'name' },
    ],
    secrets.map(({ name, value }) => [name, isFull ? value.reveal() : '********']),
    host.terminal.stdout,
  );
  // The one place where secrets are shown, past the masks: their owner has said yes to it.
  if (isFull) await host.terminal.outBytes(Buffer.from(table));
  else host.terminal.out(table);
  return ExitCode.done;
}

export async function deleteClassicSecret(
  words: readonly string[],
  options: Options,
  host: Host,
): Promise<ExitCode> {
  const name = batchText('delete_secret', batchArguments('delete_secret', ['key'], words), 'key');
  const server = await pandaOf(options, host);
  const there = (await readPandaSecrets(server, host.signal)).filter((secret) => secret.name === name);
  if (there.length === 0) throw new UsageError(`PanDA has no secret \`${printable(name)}\``);
  for (const secret of there) await deletePandaSecret(server, secret, host.signal);
  host.terminal.say(`PanDA has forgotten \`${name}\``);
  return ExitCode.done;
}

export async function deleteAllClassicSecrets(
  words: readonly string[],
  options: Options,
  host: Host,
): Promise<ExitCode> {
  batchArguments('delete_all_secrets', [], words);
  const server = await pandaOf(options, host);
  const there = await readPandaSecrets(server, host.signal);
  if (there.length === 0) {
    host.terminal.say('PanDA keeps no secrets');
    return ExitCode.done;
  }
  if (options['yes'] !== true) {
    if (!host.terminal.canAsk) {
      throw new UsageError('deleting all secrets needs a yes, and nobody can be asked here', {
        hint: 'add `--yes`',
      });
    }
    if (!(await host.terminal.confirm(`delete ${counted(there.length, 'secret')} from PanDA?`))) {
      throw new UsageError('nothing was deleted');
    }
  }
  for (const secret of there) await deletePandaSecret(server, secret, host.signal);
  host.terminal.say(`PanDA has forgotten ${counted(there.length, 'secret')}`);
  return ExitCode.done;
}

async function pandaOf(options: Options, host: Host): Promise<PandaServer> {
  const settings = await loadSettings({ server: textOption(options, 'server') }, host);
  return (await connect(settings, host)).server;
}

async function agreeToShow(options: Options, host: Host): Promise<void> {
  if (options['yes'] === true) return;
  if (!host.terminal.canAsk) {
    throw new UsageError('`full=True` shows values, and nobody can be asked here whether that is meant', {
      hint: 'leave it out, or add `--yes`',
    });
  }
  if (!(await host.terminal.confirm('show the values of all secrets on this screen?'))) {
    throw new UsageError('nothing was shown');
  }
}

async function fileSecret(file: string, host: Host): Promise<Secret> {
  try {
    return new Secret((await readFile(resolve(host.workingDirectory, file))).toString('base64'));
  } catch (cause) {
    throw new LocalError(`cannot read the file of the secret (${systemCode(cause) ?? messageOf(cause)})`, {
      hint: 'with `is_file=True` the value is the path of a file',
    });
  }
}
