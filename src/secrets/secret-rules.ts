// What a secret must look like so that PanDA, REANA and a job can take it.
import { UsageError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import type { SecretName } from './port.ts';

/** Longest value in characters as sent (for a file: its base64): what PanDA keeps, 1000 kB. */
export const longestSecretCharacters = 1000 * 1024;

/** A value becomes a variable of the job, a file a file of its directory.
 *  @throws UsageError for a name that could not be one */
export function requireSecretName({ name, kind }: SecretName): void {
  const shown = printable(name).slice(0, 60);
  if (kind === 'value' && !/^[A-Za-z_][A-Za-z0-9_]{0,252}$/.test(name)) {
    throw new UsageError(
      `\`${shown}\` cannot be the name of a value: jobs see it as an environment variable`,
      {
        hint: 'use letters, digits and `_`; or give it as a file with `--file`',
      },
    );
  }
  const isFileName = /^[A-Za-z0-9._-]{1,253}$/.test(name) && name !== '.' && name !== '..';
  if (kind === 'file' && (!isFileName || name.startsWith('___file___'))) {
    throw new UsageError(`\`${shown}\` cannot be the name of a file in a job`, {
      hint: 'use letters, digits, `.`, `_` and `-`',
    });
  }
}

/** @param value the text, or for a file the base64 of its bytes
 *  @throws UsageError for a value that some place could not keep as it is */
export function requireSecretValue({ name, kind }: SecretName, value: string): void {
  if (value === '') throw new UsageError(`the value of \`${name}\` is empty`);
  if (value.length > longestSecretCharacters) {
    const sent = kind === 'file' ? 'characters in base64' : 'characters';
    throw new UsageError(
      `\`${name}\` is too large for a secret: ${value.length} ${sent}, and PanDA keeps at most ${longestSecretCharacters}`,
    );
  }
  if (kind === 'value' && value.includes('\u0000')) {
    throw new UsageError(`the value of \`${name}\` has a zero byte, which no environment variable can hold`, {
      hint: 'give it as a file: `--kind file`',
    });
  }
}
