// Secrets of REANA as its jobs see them: variables, and private files that are there only while jobs of the run are.
import { Buffer } from 'node:buffer';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../../base/errors.ts';
import { Secret } from '../../../base/secret.ts';
import { printable } from '../../../base/text.ts';
import type { ReanaSecret } from '../../api.ts';
import type { SealedValues } from '../../store/sealed-values.ts';
import { isSecretName } from './secret-name.ts';

export class RunSecrets {
  readonly #secrets = new Map<string, ReanaSecret>();
  readonly #sealed: SealedValues | undefined;

  /** @param sealed keeps them beyond the end of this process; without it they live in memory only */
  constructor(sealed?: SealedValues) {
    for (const [name, { value, note }] of sealed?.all() ?? [])
      this.set(name, { type: note === 'file' ? 'file' : 'env', value });
    this.#sealed = sealed;
  }

  /** @throws UsageError for names that could not be a variable or a file */
  set(name: string, secret: ReanaSecret): void {
    if (!isSecretName(name)) {
      throw new UsageError(
        `secret name \`${printable(name)}\` may hold letters, digits, \`.\`, \`_\` and \`-\` only`,
      );
    }
    // The plain value is wrapped once, so that it is masked in whatever a command prints.
    new Secret(Buffer.from(secret.value.reveal(), 'base64').toString('utf8'));
    this.#secrets.set(name, secret);
    this.#sealed?.set(name, { value: secret.value, note: secret.type });
  }

  all(): ReadonlyMap<string, ReanaSecret> {
    return this.#secrets;
  }

  delete(name: string): boolean {
    this.#sealed?.delete(name);
    return this.#secrets.delete(name);
  }

  /** Where values live in memory only, a run waits after a restart until the secrets it was started with are there again:
   *  running without them would fail in a way nobody understands. */
  missing(names: readonly string[]): readonly string[] {
    return names.filter((name) => !this.#secrets.has(name));
  }

  /** The variables of a job; writes the files.
   *  @param directory for the files; created when there are any, and then named by `REANA_SECRETS_DIRECTORY` */
  place(names: readonly string[], directory: string): Readonly<Record<string, string>> {
    const environment: Record<string, string> = {};
    const files: [string, Buffer][] = [];
    for (const name of names) {
      const secret = this.#secrets.get(name);
      if (secret === undefined) continue;
      const value = Buffer.from(secret.value.reveal(), 'base64');
      if (secret.type === 'file') files.push([name, value]);
      else environment[name] = value.toString('utf8');
    }
    if (files.length === 0) return environment;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (const [name, value] of files) writeFileSync(join(directory, name), value, { mode: 0o600 });
    return { ...environment, REANA_SECRETS_DIRECTORY: directory };
  }
}

export function removeSecretFiles(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}
