// ID tokens of an identity provider, as the door lets them in: signed by a key that the provider publishes, made for this client, not
// expired, and of the owner of this server and nobody else.
import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import * as v from 'valibot';

/** The keys of a provider and what its tokens must say. */
export interface TokenRules {
  readonly issuer: string;
  /** One of these must be in `aud`. */
  readonly audiences: readonly string[];
  /** The only user who is let in: `preferred_username`. */
  readonly user: string;
}

export type TokenVerdict =
  | { readonly ok: true }
  /** Why not, in the words of PanDA's server. */
  | { readonly ok: false; readonly why: string };

const headerShape = v.object({ alg: v.string(), kid: v.optional(v.string()) });
const claimsShape = v.object({
  iss: v.string(),
  aud: v.union([v.string(), v.array(v.string())]),
  exp: v.number(),
  nbf: v.optional(v.number()),
  preferred_username: v.optional(v.string()),
});
const keySetShape = v.object({
  keys: v.array(v.looseObject({ kty: v.string(), kid: v.optional(v.string()) })),
});

/** Public keys by their id, from a JSON Web Key Set; keys of other kinds are left out.
 *  @see RFC 7517 */
export function readKeySet(value: unknown): ReadonlyMap<string, KeyObject> {
  const parsed = v.safeParse(keySetShape, value);
  const keys = new Map<string, KeyObject>();
  for (const key of parsed.success ? parsed.output.keys : []) {
    if (key.kty !== 'RSA' && key.kty !== 'EC') continue;
    try {
      keys.set(key.kid ?? '', createPublicKey({ key, format: 'jwk' }));
    } catch {
      // Not a key that can be used.
    }
  }
  return keys;
}

/** Judges a token. Only signatures by public keys count: anything else could be made by whoever knows the keys.
 *  @see RFC 7515, RFC 7519 */
export function judgeToken(
  token: string,
  keys: ReadonlyMap<string, KeyObject>,
  rules: TokenRules,
  nowMs: number,
): TokenVerdict {
  const [head = '', body = '', signature = '', ...more] = token.split('.');
  const header = v.safeParse(headerShape, parsePart(head));
  const claims = v.safeParse(claimsShape, parsePart(body));
  if (signature === '' || more.length > 0 || !header.success || !claims.success)
    return no('Token decode failure. Not enough segments');
  const key = keys.get(header.output.kid ?? '') ?? (keys.size === 1 ? [...keys.values()][0] : undefined);
  const signed = Buffer.from(`${head}.${body}`);
  if (key === undefined || !isSigned(signed, Buffer.from(signature, 'base64url'), header.output.alg, key))
    return no('Invalid token. Signature verification failed');
  const { iss, aud, exp, nbf, preferred_username: user } = claims.output;
  if (exp * 1000 <= nowMs) return no('Invalid token. Signature has expired');
  if (nbf !== undefined && nbf * 1000 > nowMs + clockSkewMs)
    return no('Invalid token. The token is not yet valid (nbf)');
  if (iss !== rules.issuer) return no('Invalid token. Invalid issuer');
  if (![aud].flat().some((one) => rules.audiences.includes(one)))
    return no("Invalid token. Audience doesn't match");
  if (user !== rules.user) return no('this server belongs to another user');
  return { ok: true };
}

const clockSkewMs = 60_000;

function isSigned(signed: Buffer, signature: Buffer, algorithm: string, key: KeyObject): boolean {
  const hash = `sha${algorithm.slice(2)}`;
  try {
    if (/^RS(?:256|384|512)$/.test(algorithm) && key.asymmetricKeyType === 'rsa')
      return verify(hash, signed, key, signature);
    if (/^ES(?:256|384|512)$/.test(algorithm) && key.asymmetricKeyType === 'ec')
      return verify(hash, signed, { key, dsaEncoding: 'ieee-p1363' }, signature);
  } catch {
    // A signature of an impossible form.
  }
  return false;
}

function parsePart(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function no(why: string): TokenVerdict {
  return { ok: false, why };
}
