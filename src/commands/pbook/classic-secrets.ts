// set_secret, list_secrets, delete_secret, delete_all_secrets: as people know them, with PanDA alone.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { LocalError, UsageError, messageOf, systemCode } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { Secret } from '../../base/secret.ts';
import { counted, printable } from '../../base/text.ts';
import type { PandaServer } from '../../panda/connection.ts';
import {
  deleteAllPandaSecrets,
  deletePandaSecret,
  readPandaSecrets,
  setPandaSecret,
} from '../../panda/secrets.ts';
import type { SecretName } from '../../secrets/port.ts';
import { requireSecretName, requireSecretValue } from '../../secrets/secret-rules.ts';
import { renderTable } from '../../terminal/table.ts';
import { connect } from '../servers/connection.ts';
import type { Host } from '../host.ts';
import { loadSettings } from '../servers/settings.ts';
import { textOption } from '../check/workflow-files.ts';
import type { Call } from './command.ts';

type Options = Call['options'];

interface GivenSecret {
  readonly key: string;
  readonly value: string | undefined;
  readonly is_file: boolean;
}

export async function setClassicSecret(
  { key, value: typed, is_file: isFile }: GivenSecret,
  { host, options, isOnCommandLine }: Call,
): Promise<ExitCode> {
  const secret: SecretName = { name: key, kind: isFile ? 'file' : 'value' };
  const value = await valueOf(secret, typed, host);
  requireSecretName(secret);
  requireSecretValue(secret, value.reveal());
  if (!isFile && typed !== undefined && isOnCommandLine) {
    host.terminal.warn(
      'the value was on the command line, where other users of this machine and the history of your shell can read it; ' +
        `without a value \`pbook set_secret ${secret.name}\` asks for it`,
    );
  }
  await setPandaSecret(await pandaOf(options, host), secret, value, host.signal);
  host.terminal.say(`PanDA keeps \`${secret.name}\``);
  return ExitCode.done;
}

/** A path is no secret; a value is one from here on, wherever it may turn up. */
async function valueOf(secret: SecretName, typed: string | undefined, host: Host): Promise<Secret> {
  if (typed !== undefined) return secret.kind === 'file' ? fileSecret(typed, host) : new Secret(typed);
  if (secret.kind === 'value' && host.terminal.canAsk) {
    const answer = await host.terminal.askHidden(`value of ${printable(secret.name)}: `);
    if (answer !== undefined && !answer.isEmpty) return answer;
  }
  throw new UsageError('`set_secret` needs a value', {
    hint: `\`pbook secrets set ${printable(secret.name)}\` reads it from standard input, too`,
  });
}

export async function listClassicSecrets(isFull: boolean, { host, options }: Call): Promise<ExitCode> {
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

export async function deleteClassicSecret(name: string, { host, options }: Call): Promise<ExitCode> {
  const server = await pandaOf(options, host);
  const there = (await readPandaSecrets(server, host.signal)).filter((secret) => secret.name === name);
  if (there.length === 0) throw new UsageError(`PanDA has no secret \`${printable(name)}\``);
  for (const secret of there) await deletePandaSecret(server, secret, host.signal);
  host.terminal.say(`PanDA has forgotten \`${name}\``);
  return ExitCode.done;
}

export async function deleteAllClassicSecrets({ host, options }: Call): Promise<ExitCode> {
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
  await deleteAllPandaSecrets(server, host.signal);
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
