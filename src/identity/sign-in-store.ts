// What a sign-in leaves behind, kept in the user's secret store under a name that no secret of the user can have.
//   signin:https://host:25443/atlas  {"v":1,"issuer":"https://iam/","id_token":"…","refresh_token":"…", …}
import * as v from 'valibot';
import { Secret } from '../base/secret.ts';
import type { SecretStore } from '../secrets/port.ts';
import type { Tokens } from './oidc/tokens.ts';

export interface SignIn extends Tokens {
  /** Who signed the tokens. A server that names another provider later does not get them. */
  readonly issuer: string;
  /** When these tokens arrived, milliseconds since 1970. */
  readonly receivedMs: number;
  /** When a renewal began that is not known to have ended: its tokens may be lost. `undefined`: none. */
  readonly renewalBegunMs: number | undefined;
}

const shape = v.object({
  v: v.literal(1),
  issuer: v.string(),
  id_token: v.pipe(v.string(), v.nonEmpty()),
  refresh_token: v.nullable(v.string()),
  expires_ms: v.number(),
  refresh_expires_ms: v.nullable(v.number()),
  received_ms: v.number(),
  renewal_begun_ms: v.nullable(v.number()),
});

export interface SignInStore {
  /** Which kind of store this is, for messages. */
  readonly kind: SecretStore['kind'];
  /** `undefined`: nobody signed in, or what is there is not of our making. */
  read(): Promise<SignIn | undefined>;
  write(signIn: SignIn): Promise<void>;
  /** @returns whether there was anything */
  forget(): Promise<boolean>;
}

/** Where the sign-in to one server is kept.
 *  @param origin `https://host:port`
 *  @param vo without a role: a role is chosen with every request, not when signing in */
export function signInStore(store: SecretStore, origin: string, vo: string): SignInStore {
  const name = `signin:${origin}/${vo}`;
  return {
    kind: store.kind,
    async read() {
      const secret = await store.get(name);
      return secret === undefined ? undefined : parseSignIn(secret.reveal());
    },
    write: (signIn) => store.set({ name, kind: 'value' }, new Secret(formatSignIn(signIn))),
    forget: async () => (await store.delete([name])).length > 0,
  };
}

function formatSignIn(signIn: SignIn): string {
  const record: v.InferOutput<typeof shape> = {
    v: 1,
    issuer: signIn.issuer,
    id_token: signIn.idToken.reveal(),
    refresh_token: signIn.refreshToken?.reveal() ?? null,
    expires_ms: signIn.expiresMs,
    refresh_expires_ms: signIn.refreshExpiresMs ?? null,
    received_ms: signIn.receivedMs,
    renewal_begun_ms: signIn.renewalBegunMs ?? null,
  };
  return JSON.stringify(record);
}

function parseSignIn(text: string): SignIn | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = v.safeParse(shape, value);
  if (!parsed.success) return undefined;
  const record = parsed.output;
  return {
    issuer: record.issuer,
    idToken: new Secret(record.id_token),
    refreshToken: record.refresh_token === null ? undefined : new Secret(record.refresh_token),
    expiresMs: record.expires_ms,
    refreshExpiresMs: record.refresh_expires_ms ?? undefined,
    receivedMs: record.received_ms,
    renewalBegunMs: record.renewal_begun_ms ?? undefined,
  };
}
