// The user's secrets over API v1 `creds`: sealed in the engine's database, given to jobs that ask
// with `--useSecrets`. PanDA's protocol gives the values back to their owner; the token stands before it.
import { Secret } from '../../base/secret.ts';
import type { ServerParts } from '../parts.ts';
import { required, text, texts, type Parameter } from './arguments.ts';
import { method, type Method } from './method.ts';
import { failed, succeeded, type Outcome } from './outcome.ts';

/** The largest value in characters; the limit of PanDA's client. */
const valueLimit = 1000 * 1024;

/** A text or `null`, which must be given: `null` is how PanDA says "delete". */
const textOrNull: Parameter<string | null> & { readonly required: true } = required({
  ...text,
  read: (value) => (value === null ? null : text.read(value)),
});

export const credsMethods: Readonly<Record<string, Method>> = {
  set_user_secrets: method('POST', { key: textOrNull, value: textOrNull }, ({ key, value }, parts) =>
    setSecret(key, value, parts),
  ),
  get_user_secrets: method('GET', { keys: texts }, ({ keys }, parts) => getSecrets(keys, parts)),
};

function setSecret(key: string | null, value: string | null, { engine }: ServerParts): Outcome {
  if (key === null) {
    for (const name of engine.secretNames()) engine.deleteSecret(name);
    return succeeded(null, 'OK');
  }
  if (value === null) {
    engine.deleteSecret(key);
    return succeeded(null, 'OK');
  }
  if (key === '' || key.length > 256 || /\p{Cc}/u.test(key)) {
    return failed('The key must have 1 to 256 characters and no control characters');
  }
  if (value.length > valueLimit) return failed('The value length exceeds the limit (1000 kB)');
  engine.setSecret(key, new Secret(value));
  return succeeded(null, 'OK');
}

/** The data is JSON text of its own inside the answer's JSON. */
function getSecrets(keys: readonly string[] | undefined, { engine }: ServerParts): Outcome {
  const wanted = engine.secretNames().filter((name) => keys === undefined || keys.includes(name));
  const values = wanted.flatMap((name) => {
    const secret = engine.secret(name);
    return secret === undefined ? [] : [[name, secret.reveal()] as const];
  });
  return succeeded(JSON.stringify(Object.fromEntries(values)));
}
