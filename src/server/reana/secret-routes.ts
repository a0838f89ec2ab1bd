// REANA's own secrets: names are shown, values never.
import { Buffer } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { membersOf } from '../../base/members.ts';
import { Secret } from '../../base/secret.ts';
import type { ReanaEngine, ReanaSecret } from '../../engine/api.ts';
import { isSecretName } from '../../engine/reana/jobs/secret-name.ts';
import { isTrue } from './query.ts';
import type { Query } from './query.ts';
import { WireError } from './wire-error.ts';

/** Adds the routes of secrets, with and without the trailing slash. */
export function registerSecretRoutes(app: FastifyInstance, engine: ReanaEngine): void {
  for (const path of ['/api/secrets', '/api/secrets/']) {
    app.get(path, () => [...engine.reanaSecrets()].map(([name, secret]) => ({ name, type: secret.type })));

    app.post<{ Querystring: Query }>(path, async (request, reply) => {
      const secrets = readSecrets(request.body);
      const overwrite = isTrue(request.query, 'overwrite');
      const existing = secrets.find(([name]) => engine.reanaSecrets().has(name));
      if (existing !== undefined && !overwrite) {
        throw new WireError(
          409,
          `Operation cancelled. Secret ${existing[0]} already exists. If you want change it use overwrite`,
        );
      }
      for (const [name, secret] of secrets) engine.setReanaSecret(name, secret);
      await reply.code(201).send({ message: 'Secret(s) successfully added.' });
    });

    app.delete(path, async (request, reply) => {
      const names = Array.isArray(request.body)
        ? request.body.filter((name) => typeof name === 'string')
        : [];
      const missing = names.filter((name) => !engine.reanaSecrets().has(name));
      if (missing.length > 0) return reply.code(404).send(missing);
      for (const name of names) engine.deleteReanaSecret(name);
      return reply.send(names);
    });
  }
}

function readSecrets(body: unknown): readonly (readonly [string, ReanaSecret])[] {
  return Object.entries(membersOf(body)).map(([name, given]) => {
    const { type, value } = membersOf(given);
    if (!isSecretName(name)) throw new WireError(400, `Secret name ${name} is not valid.`);
    if ((type !== 'env' && type !== 'file') || typeof value !== 'string') {
      throw new WireError(400, `Secret ${name} needs a type, env or file, and a value in base64.`);
    }
    if (type === 'env' && Buffer.from(value, 'base64').includes(0)) {
      throw new WireError(
        400,
        `secret \`${name}\` holds a zero character, which no variable can; send it as a file`,
      );
    }
    return [name, { type, value: new Secret(value) }] as const;
  });
}
