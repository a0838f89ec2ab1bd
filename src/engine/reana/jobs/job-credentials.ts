// Kerberos, VOMS proxies and Rucio for a job: its secrets must be there, and become what programs look for.
import { LocalError } from '../../../base/errors.ts';
import { missingSecrets } from '../../../reanaspec/credentials.ts';
import type { Credential } from '../conductor.ts';
import { findProgram } from './find-program.ts';

export interface CredentialSetup {
  /** Bash text that comes before the job, on the machine itself; empty: nothing is to be done. */
  readonly before: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** @param wanted what the step asks for
 *  @param secretNames of the run
 *  @param directory of its secret files
 *  @param path where programs are looked for
 *  @throws LocalError naming the secret or the program that is missing */
export function setUpCredentials(
  wanted: readonly Credential[],
  secretNames: readonly string[],
  directory: string,
  path: string | undefined,
): CredentialSetup {
  const known = new Set(secretNames);
  for (const kind of wanted) {
    const missing = missingSecrets(kind, known);
    if (missing.length === 0) continue;
    const names = missing.map((name) => `\`${name}\``).join(', ');
    throw new LocalError(`\`${kind}\` needs the secrets ${names}`, {
      hint: 'add them before the run is started',
    });
  }
  const parts = wanted.map((kind) => setups[kind]({ known, directory, path }));
  return {
    before: parts.map((part) => part.before).join(''),
    environment: Object.assign(
      {},
      ...parts.map((part) => part.environment),
    ) as CredentialSetup['environment'],
  };
}

interface Place {
  readonly known: ReadonlySet<string>;
  readonly directory: string;
  readonly path: string | undefined;
}

const setups: Readonly<Record<Credential, (place: Place) => CredentialSetup>> = {
  kerberos({ directory, path }) {
    requireProgram('kinit', 'kerberos', path);
    return {
      before: `kinit -k -t "$REANA_SECRETS_DIRECTORY/$CERN_KEYTAB" "$CERN_USER@CERN.CH" || exit 1\n`,
      environment: { KRB5CCNAME: `FILE:${directory}/krb5cc` },
    };
  },
  voms_proxy({ known, directory, path }) {
    // A proxy that is there already is only named.
    if (known.has('VOMSPROXY_FILE')) {
      return {
        before: 'X509_USER_PROXY="$REANA_SECRETS_DIRECTORY/$VOMSPROXY_FILE"\n',
        environment: { X509_USER_PROXY: '' },
      };
    }
    requireProgram('voms-proxy-init', 'voms_proxy', path);
    const proxy = `${directory}/x509up_proxy`;
    return {
      // REANA keeps the passphrase in base64, inside of the secret's own.
      before:
        'printf %s "$VOMSPROXY_PASS" | base64 -d | voms-proxy-init --voms "$VONAME" --pwstdin' +
        ' --cert "$REANA_SECRETS_DIRECTORY/usercert.pem" --key "$REANA_SECRETS_DIRECTORY/userkey.pem"' +
        ' --out "$X509_USER_PROXY" || exit 1\n',
      environment: { X509_USER_PROXY: proxy },
    };
  },
  rucio: () => ({
    before: 'RUCIO_ACCOUNT="$RUCIO_USERNAME"\n',
    environment: { RUCIO_ACCOUNT: '', RUCIO_AUTH_TYPE: 'x509_proxy' },
  }),
};

function requireProgram(name: string, kind: Credential, path: string | undefined): void {
  if (findProgram(name, path) === undefined)
    throw new LocalError(`\`${kind}\` needs the program \`${name}\`, which is not installed here`);
}
