// The token and port of the embedded server, kept from one start to the next: payloads that outlive an engine must still
// reach the one that comes after it.
import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Secret } from '../base/secret.ts';

export interface EngineIdentity {
  readonly token: Secret;
  /** The port of the last start. */
  readonly port: number | undefined;
}

/** Reads the identity, or makes one; a file that cannot be understood is replaced. */
export function readIdentity(dataDirectory: string): EngineIdentity {
  try {
    const stored = JSON.parse(readFileSync(identityPath(dataDirectory), 'utf8')) as Record<string, unknown>;
    const { token, port } = stored;
    if (typeof token === 'string' && token.length >= 32) {
      return { token: new Secret(token), port: typeof port === 'number' ? port : undefined };
    }
  } catch {
    // None yet.
  }
  const fresh = { token: new Secret(randomBytes(32).toString('base64url')), port: undefined };
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
