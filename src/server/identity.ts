// The token and port of the embedded server, kept from one start to the next: payloads that outlive an engine must still
// reach the one that comes after it.
import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Secret } from '../base/secret.ts';

export interface EngineIdentity {
  readonly token: Secret;
  /** The port of the last start. */
  readonly port: number | undefined;
}

/** Whom the token names: PanDA's clients read their user's name out of it. */
export interface TokenOwner {
  /** The display name, `Alice Example`. */
  readonly userName: string;
  /** The short name in dataset names, `alice`. */
  readonly nickname: string;
}

/** Reads the identity, or makes one; a file that cannot be understood, or whose token names somebody else, is replaced. */
export function readIdentity(dataDirectory: string, owner: TokenOwner): EngineIdentity {
  try {
    const stored = JSON.parse(readFileSync(identityPath(dataDirectory), 'utf8')) as Record<string, unknown>;
    const { token, port } = stored;
    if (typeof token === 'string' && token.startsWith(`${unsigned(owner)}.`)) {
      return { token: new Secret(token), port: typeof port === 'number' ? port : undefined };
    }
  } catch {
    // None yet.
  }
  const fresh = { token: newToken(owner), port: undefined };
  keepIdentity(dataDirectory, fresh);
  return fresh;
}

export function keepIdentity(dataDirectory: string, identity: EngineIdentity): void {
  const path = identityPath(dataDirectory);
  writeFileSync(`${path}.part`, JSON.stringify({ token: identity.token.reveal(), port: identity.port }), {
    mode: 0o600,
  });
  renameSync(`${path}.part`, path);
}

/** A token in the form of an ID token. What makes it unguessable is the signature, made with a key that nobody keeps; the server
 *  compares the whole. It says nothing of an end: it is as good as the directory that it lies in. */
function newToken(owner: TokenOwner): Secret {
  const text = unsigned(owner);
  const signature = createHmac('sha256', randomBytes(32)).update(text).digest('base64url');
  return new Secret(`${text}.${signature}`);
}

function unsigned({ userName, nickname }: TokenOwner): string {
  const header = { alg: 'HS256', typ: 'JWT' };
  const claims = { iss: 'pchain', name: userName, preferred_username: nickname, groups: ['local'] };
  return [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
}

/** The port, when it is free right now; `undefined` lets the system choose. */
export function freePort(port: number | undefined): Promise<number | undefined> {
  if (port === undefined) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(undefined));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(port)));
  });
}

function identityPath(dataDirectory: string): string {
  return join(dataDirectory, 'identity.json');
}
