// The secrets of this user, as commands open them: with the store that was chosen, and a person to ask for passphrases.
import { UsageError } from '../../base/errors.ts';
import { Secret } from '../../base/secret.ts';
import { openSecrets, requireKept, type Secrets } from '../../secrets/open.ts';
import type { SecretStore } from '../../secrets/port.ts';
import type { AskPassphrase } from '../../secrets/vault.ts';
import type { SecretStoreKind, Settings } from '../../settings/settings.ts';
import { changeSettings } from '../servers/change-settings.ts';
import type { Host } from '../host.ts';

/** Opens nothing yet, asks nobody yet. */
export function secretsOf(settings: Settings, host: Host): Promise<Secrets> {
  return open(settings.secretStore.value, settings, host);
}

/** The store where secrets are kept that are set with pchain. Where none was chosen yet, a person is asked once and
 *  the answer is written to the settings file.
 *  @throws UsageError when none was chosen and nobody can be asked */
export async function keptSecrets(settings: Settings, host: Host): Promise<SecretStore> {
  const secrets = await secretsOf(settings, host);
  if (secrets.kept !== undefined || !host.terminal.canAsk) return requireKept(secrets);
  const choice = await chooseStore(settings, host);
  return requireKept(await open(choice, settings, host));
}

/** What this command has opened: a second opening would ask for the passphrase again, and take another second. */
const opened = new WeakMap<Host, Map<string, Promise<Secrets>>>();

function open(choice: SecretStoreKind | undefined, settings: Settings, host: Host): Promise<Secrets> {
  const known = opened.get(host) ?? new Map<string, Promise<Secrets>>();
  opened.set(host, known);
  const key = `${choice ?? 'none'} ${settings.locations.dataDirectory}`;
  const secrets = known.get(key) ?? openAnew(choice, settings, host);
  known.set(key, secrets);
  return secrets;
}

function openAnew(choice: SecretStoreKind | undefined, settings: Settings, host: Host): Promise<Secrets> {
  return openSecrets({
    env: host.env,
    choice,
    dataDirectory: settings.locations.dataDirectory,
    clock: host.clock,
    node: host.program[0],
    system: host.platform.split(' ')[0] ?? '',
    passphrase: passphraseOf(host),
  });
}

async function chooseStore(settings: Settings, host: Host): Promise<SecretStoreKind> {
  const { terminal } = host;
  terminal.alert('Where should pchain keep your secrets? This is asked once.');
  terminal.alert('  keychain  the keychain of this system, unlocked with your session');
  terminal.alert('  vault     an encrypted file with a passphrase, for machines without a keychain');
  const answer = (await terminal.ask('keychain or vault: '))?.trim().toLowerCase();
  if (answer !== 'keychain' && answer !== 'vault') {
    throw new UsageError('nothing was chosen, so nothing was kept', {
      hint: 'answer `keychain` or `vault`, or use `pchain config set secrets …`',
    });
  }
  const path = await changeSettings(['secrets'], answer, settings);
  terminal.say(`\`secrets: ${answer}\` is kept in ${path}`);
  return answer;
}

/** PCHAIN_VAULT_PASSPHRASE, or a person. */
function passphraseOf(host: Host): AskPassphrase {
  const given = host.env['PCHAIN_VAULT_PASSPHRASE'];
  if (given !== undefined && given !== '') {
    const passphrase = new Secret(given);
    return (why) => Promise.resolve(why === 'again' ? undefined : passphrase);
  }
  return async (why) => {
    const { terminal } = host;
    if (!terminal.canAsk) {
      throw new UsageError('the vault needs its passphrase, and nobody can be asked for it here', {
        hint: 'set PCHAIN_VAULT_PASSPHRASE',
      });
    }
    if (why === 'again') terminal.alert('that passphrase does not open the vault');
    const asked = why === 'create' ? 'passphrase for the new vault: ' : 'passphrase of the vault: ';
    const typed = await terminal.askHidden(asked);
    if (why !== 'create' || typed === undefined) return typed;
    const repeated = await terminal.askHidden('the same again: ');
    if (repeated?.reveal() === typed.reveal()) return typed;
    throw new UsageError('the two passphrases differ', { hint: 'nothing was kept; try again' });
  };
}
