// What a token says about its owner. Read, not verified: the server does that.
import * as v from 'valibot';
import { UsageError, messageOf } from '../base/errors.ts';
import type { Secret } from '../base/secret.ts';
import { printable } from '../base/text.ts';

export interface Claims {
  /** Full name. */
  readonly name: string | undefined;
  readonly preferredUsername: string | undefined;
  readonly groups: readonly string[];
  /** When it expires, milliseconds since 1970; `undefined`: it does not say. */
  readonly expiresMs: number | undefined;
}

const shape = v.object({
  name: v.fallback(v.optional(v.string()), undefined),
  preferred_username: v.fallback(v.optional(v.string()), undefined),
  groups: v.fallback(v.optional(v.array(v.string()), []), []),
  exp: v.fallback(v.optional(v.number()), undefined),
});

/** The claims of a JWT; `undefined` when the token is not one.
 *  @see RFC 7519 */
export function readClaims(token: Secret): Claims | undefined {
  const [, payload, signature, ...more] = token.reveal().split('.');
  if (payload === undefined || signature === undefined || more.length > 0) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  const parsed = v.safeParse(shape, value);
  if (!parsed.success) return undefined;
  const { name, preferred_username: user, groups, exp } = parsed.output;
  return {
    name: name === undefined ? undefined : printable(name),
    preferredUsername: user === undefined ? undefined : printable(user),
    groups,
    expiresMs: exp === undefined ? undefined : exp * 1000,
  };
}

/** The nickname in dataset names, `user.<nickname>.`: `preferred_username` after PANDA_NICKNAME_REPLACE.
 *  @param replace `<separator>pattern<separator>replacement<separator>`, for example `/\./_/`
 *  @returns `undefined` when the token does not name a user
 *  @throws UsageError when `replace` is not of that form */
export function nicknameOf(claims: Claims, replace: string | undefined): string | undefined {
  const user = claims.preferredUsername;
  if (user === undefined || user === '' || replace === undefined || replace === '')
    return user === '' ? undefined : user;
  const [before, pattern, replacement, after, ...more] = replace.split(replace.charAt(0));
  if (
    before !== '' ||
    after !== '' ||
    more.length > 0 ||
    pattern === undefined ||
    replacement === undefined
  ) {
    throw new UsageError(
      `PANDA_NICKNAME_REPLACE must look like \`/pattern/replacement/\`, not \`${replace}\``,
    );
  }
  try {
    return user.replace(new RegExp(pattern, 'g'), replacement.replaceAll('$', '$$$$'));
  } catch (cause) {
    throw new UsageError(`PANDA_NICKNAME_REPLACE has a bad pattern: ${messageOf(cause)}`, { cause });
  }
}
