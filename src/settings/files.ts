// The files that settings name, read from disk.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalError, messageOf, systemCode } from '../base/errors.ts';
import { sourceText } from './source.ts';
import type { Setting } from './source.ts';

/** The text of a small file; `undefined` when there is none.
 *  @throws LocalError when it is there but cannot be read */
export async function readTextIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT' || systemCode(cause) === 'ENOTDIR') return undefined;
    throw new LocalError(`cannot read \`${path}\`: ${messageOf(cause)}`, { cause });
  }
}

/** The PEM texts of the authorities that settings name beside the usual ones.
 *  @throws LocalError when one of them cannot be read or holds no certificate */
export async function readAuthorities(places: {
  readonly files: readonly Setting<string>[];
  readonly directory: string | undefined;
}): Promise<readonly string[]> {
  const files = places.files.map(async ({ value, source }) => {
    const text = await readTextIfThere(value);
    if (text?.includes(certificateMark) === true) return text;
    const fault = text === undefined ? 'does not exist' : 'holds no certificate';
    throw new LocalError(`\`${value}\`, which ${sourceText(source)} names, ${fault}`);
  });
  const directory = places.directory === undefined ? [] : await readCertificates(places.directory);
  return [...(await Promise.all(files)), ...directory];
}

const certificateMark = '-----BEGIN CERTIFICATE-----';

/** The PEM texts of a folder of authorities, X509_CERT_DIR, in the order of their names.
 *  @throws LocalError when it cannot be read or holds no certificate, since a wrong folder would otherwise
 *    look like an untrusted server */
export async function readCertificates(directory: string): Promise<readonly string[]> {
  let names: readonly string[];
  try {
    names = (await readdir(directory)).sort();
  } catch (cause) {
    throw new LocalError(`cannot read the certificates in \`${directory}\`: ${messageOf(cause)}`, { cause });
  }
  // The same authority lies there under its name and under a hash; each text is taken once.
  const texts = new Set<string>();
  for (const name of names) {
    if (!/\.(pem|crt|cer|\d+)$/i.test(name)) continue;
    const text = await readTextIfThere(join(directory, name));
    if (text?.includes(certificateMark) === true) texts.add(text);
  }
  if (texts.size === 0) throw new LocalError(`there is no certificate in \`${directory}\``);
  return [...texts];
}
