// What the doctor says of the place where secrets are kept.
import { PchainError } from '../../base/errors.ts';
import { sourceText } from '../../settings/source.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Host } from '../host.ts';
import { secretsOf } from '../credentials/secrets.ts';
import { fine, warning } from './check.ts';
import type { DoctorCheck } from './check.ts';

/** Opens the store, unless that would mean asking a person for a passphrase. */
export async function storeCheck(settings: Settings, host: Host): Promise<DoctorCheck> {
  const [id, title] = ['secret-store', 'secrets'] as const;
  const { kept } = await secretsOf(settings, host);
  if (kept === undefined) {
    return warning(
      id,
      title,
      'it is not decided yet where secrets are kept, so nobody can sign in with `pchain login`',
      '`pchain config set secrets keychain` (of this system), or `… vault` (a file that a passphrase opens)',
    );
  }
  const why = `${kept.kind}, as ${sourceText(settings.secretStore.source)} says`;
  if (kept.kind === 'vault' && (host.env['PCHAIN_VAULT_PASSPHRASE'] ?? '') === '') {
    return fine(id, title, `${why}; it is opened with a passphrase when something of it is needed`, 'info');
  }
  try {
    const entries = await kept.list();
    return fine(id, title, `${why}; it opens, and holds ${entries.length} entries`);
  } catch (thrown) {
    if (!(thrown instanceof PchainError)) throw thrown;
    return warning(id, title, `${why}; ${thrown.message}`, thrown.hint);
  }
}

/** Whether the keychain of the system could be used where it is not the store; `undefined`: it is. */
export async function keychainCheck(settings: Settings, host: Host): Promise<DoctorCheck | undefined> {
  if (settings.secretStore.value === 'keychain') return undefined;
  const [id, title] = ['keychain', 'keychain'] as const;
  const asIf: Settings = { ...settings, secretStore: { value: 'keychain', source: { kind: 'default' } } };
  const { kept } = await secretsOf(asIf, host);
  try {
    await kept?.list();
    return fine(id, title, 'there is one, and it opens', 'info');
  } catch (thrown) {
    if (!(thrown instanceof PchainError)) throw thrown;
    return fine(id, title, thrown.message, 'info');
  }
}
