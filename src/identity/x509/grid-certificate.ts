// The certificate a user shows to a grid server, usually a proxy: where it lies, what is in it, what is wrong with it.
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { AuthError, LocalError, messageOf, systemCode } from '../../base/errors.ts';
import { Secret } from '../../base/secret.ts';
import { printable } from '../../base/text.ts';
import type { VomsAttributes } from './voms.ts';

export interface GridCertificate {
  readonly path: string;
  /** What names the path: `$X509_USER_PROXY`, or `undefined` for the usual place. */
  readonly from: string | undefined;
  /** PEM: the certificate and those that vouch for it. */
  readonly certificates: string;
  readonly privateKey: Secret;
  /** Of the user, without what proxies add: `/DC=org/DC=example/CN=Alice Example`. */
  readonly subject: string;
  readonly isProxy: boolean;
  /** When the whole chain is valid, milliseconds since 1970. */
  readonly startsMs: number;
  readonly expiresMs: number;
  readonly voms: readonly VomsAttributes[];
  /** Somebody else on this machine may read its key. */
  readonly isOpenToOthers: boolean;
}

export interface CertificateSearch {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Number of the user on this machine; `undefined` where users have none. */
  readonly userId: number | undefined;
}

/** Where it lies: `X509_USER_PROXY`, else the place where every grid program puts it. */
export function certificatePlace(search: CertificateSearch): { path: string; from: string | undefined } {
  const named = search.env['X509_USER_PROXY']?.trim();
  if (named !== undefined && named !== '') return { path: named, from: '$X509_USER_PROXY' };
  return { path: `/tmp/x509up_u${search.userId ?? 0}`, from: undefined };
}

/** Reads it; whether it is still good is for `certificateFaults` to say.
 *  @throws AuthError when there is none, LocalError when it cannot be read or used */
export async function readGridCertificate(search: CertificateSearch): Promise<GridCertificate> {
  const { path, from } = certificatePlace(search);
  const { text, mode } = await readCertificateFile(path, from);
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g)];
  const pems = blocks.flatMap(([pem, label]) => (label === 'CERTIFICATE' ? [pem] : []));
  const keyPem = blocks.find(([, label]) => label?.endsWith('PRIVATE KEY') === true)?.[0];
  const chain = pems.map((pem) => parsed(path, pem));
  const [leaf] = chain;
  if (leaf === undefined) throw unusable(path, 'it holds no certificate');
  if (keyPem === undefined) throw unusable(path, 'it holds no private key');
  const privateKey = new Secret(keyPem);
  if (!leaf.checkPrivateKey(readKey(path, keyPem))) {
    throw unusable(path, 'its private key belongs to another certificate');
  }
  // Loaded here: only who has a grid certificate needs a reader for it.
  const [{ isProxy }, { vomsAttributes }] = await Promise.all([import('./proxy.ts'), import('./voms.ts')]);
  try {
    const proxies = chain.filter(isProxy).length;
    return {
      path,
      from,
      certificates: pems.join('\n'),
      privateKey,
      subject: userName(chain, proxies),
      isProxy: proxies > 0,
      startsMs: Math.max(...chain.map(({ validFrom }) => Date.parse(validFrom))),
      expiresMs: Math.min(...chain.map(({ validTo }) => Date.parse(validTo))),
      voms: chain.flatMap((each) => vomsAttributes(each.raw)),
      isOpenToOthers: (mode & 0o077) !== 0,
    };
  } catch (cause) {
    throw unusable(path, messageOf(cause), cause);
  }
}

async function readCertificateFile(
  path: string,
  from: string | undefined,
): Promise<{ readonly text: string; readonly mode: number }> {
  try {
    const { mode, size } = await stat(path);
    if (size > largestFileBytes) throw unusable(path, 'it is far too large');
    return { text: await readFile(path, 'utf8'), mode };
  } catch (cause) {
    if (cause instanceof LocalError) throw cause;
    const named = from === undefined ? '' : `, which ${from} names`;
    if (systemCode(cause) === 'ENOENT' || systemCode(cause) === 'ENOTDIR') {
      const which = `\`${path}\`${named === '' ? '' : `${named},`}`;
      throw new AuthError(`there is no grid certificate: ${which} does not exist`, {
        hint: `${howToMakeProxy}\nwhere the server takes tokens: PANDA_AUTH=oidc, PANDA_AUTH_VO and \`pchain login\``,
        cause,
      });
    }
    const denied = systemCode(cause) === 'EACCES';
    throw new LocalError(
      `cannot read the grid certificate \`${path}\`${named}: ${denied ? 'it belongs to somebody else' : messageOf(cause)}`,
      {
        hint: denied ? 'make one of your own and name it in X509_USER_PROXY' : undefined,
        cause,
      },
    );
  }
}

/** Proxies with many attributes have some 50 kB. */
const largestFileBytes = 2_000_000;

const howToMakeProxy = '`voms-proxy-init -voms VO` makes one; X509_USER_PROXY names one that lies elsewhere';

function parsed(path: string, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw unusable(path, 'a certificate in it is damaged', cause);
  }
}

function readKey(path: string, pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    const encrypted = /ENCRYPTED/.test(pem);
    throw unusable(
      path,
      encrypted ? 'its private key has a passphrase' : 'its private key is damaged',
      cause,
    );
  }
}

function unusable(path: string, why: string, cause?: unknown): LocalError {
  return new LocalError(`the grid certificate \`${path}\` cannot be used: ${why}`, {
    hint: howToMakeProxy,
    cause,
  });
}

/** `/DC=org/CN=Alice`, as grid programs write the user's own name.
 *  @param proxies the first so many of the chain */
function userName(chain: readonly X509Certificate[], proxies: number): string {
  // A chain may stop at a proxy; each added one name.
  const own = chain[proxies]?.subject.split('\n') ?? chain[0]?.subject.split('\n').slice(0, -proxies) ?? [];
  return printable(`/${own.join('/')}`);
}
