// The token for REANA: of the environment, else of the secret store.
import { AuthError } from '../../base/errors.ts';
import { Secret } from '../../base/secret.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Host } from '../host.ts';
import { secretsOf } from './secrets.ts';

export interface ReanaToken {
  readonly token: Secret;
  /** Where it came from, for messages: `$REANA_ACCESS_TOKEN`, `the keychain`. */
  readonly from: string;
}

const name = 'REANA_ACCESS_TOKEN';

/** @returns `undefined` when there is none
 *  @throws LocalError or AuthError when the store that may have it cannot be opened */
export async function findReanaToken(settings: Settings, host: Host): Promise<ReanaToken | undefined> {
  const secrets = await secretsOf(settings, host);
  for (const store of [secrets.environment, ...(secrets.kept === undefined ? [] : [secrets.kept])]) {
    const found = (await store.get(name))?.reveal().trim();
    if (found === undefined || found === '') continue;
    const from = store.kind === 'environment' ? `$${name}` : `the ${store.kind}`;
    return { token: new Secret(found), from };
  }
  return undefined;
}

/** @throws AuthError when there is none; as `findReanaToken` */
export async function reanaToken(settings: Settings, host: Host): Promise<ReanaToken> {
  const found = await findReanaToken(settings, host);
  if (found !== undefined) return found;
  throw new AuthError('there is no token for REANA', {
    hint: `\`pbook secrets set ${name}\` keeps one, or set ${name}; in a workflow, give the step \`--useSecrets\``,
  });
}
