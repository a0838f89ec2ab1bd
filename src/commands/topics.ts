// Pages of `pchain help <topic>`.
import { exitCodeMeanings } from '../base/exit-code.ts';

export const topics: Readonly<Record<string, () => string>> = {
  'exit-codes': () =>
    exitCodeMeanings.map(([code, meaning]) => `${String(code).padStart(4)}  ${meaning}`).join('\n'),
  environment: () => variables.map(([name, meaning]) => `${name.padEnd(24)}  ${meaning}`).join('\n'),
};

const variables: readonly (readonly [string, string])[] = [
  ['PCHAIN_HOME', 'data directory: ledger, and the store of the embedded server'],
  ['PCHAIN_SERVER', 'as --server: local, a profile, or an address'],
  ['PCHAIN_JOBS', 'as --jobs: jobs at the same time on this machine'],
  ['PCHAIN_MAX_ITERATIONS', 'as --max-iterations: iterations that a loop may have on this machine'],
  ['PCHAIN_CONTAINERS', 'as --containers: never, auto, require, or apptainer, podman or docker'],
  ['PCHAIN_SECRET_<NAME>', 'the secret <NAME>, for jobs with --useSecrets'],
  ['PCHAIN_SECRET_FILE_<NAME>', 'the same, from a file'],
  ['PCHAIN_SECRETS', 'where secrets are kept: keychain or vault'],
  ['PCHAIN_VAULT_PASSPHRASE', 'passphrase of the vault; asked for when not set'],
  ['PANDA_URL_SSL', 'address of the PanDA server; when set, workflows go there'],
  ['PANDACACHE_URL', 'where sandboxes are uploaded'],
  ['PANDA_AUTH', 'oidc, x509 or x509_no_grid; not set: oidc where an organisation or a token is, else x509'],
  ['PANDA_AUTH_VO', 'virtual organisation, with oidc'],
  ['PANDA_AUTH_ID_TOKEN', 'identity token; also OIDC_AUTH_ID_TOKEN, OIDC_AUTH_TOKEN_FILE'],
  ['PANDA_CONFIG_ROOT', 'folder with the sign-in of the official client, ~/.pathena when not set'],
  ['PANDA_NICKNAME', 'nickname in dataset names'],
  ['PANDA_NICKNAME_REPLACE', '/pattern/replacement/ for the nickname of a token'],
  ['X509_USER_PROXY', 'grid certificate with its key, /tmp/x509up_u<number of the user> when not set'],
  ['PANDA_VERIFY_HOST', 'off: certificates of servers are not verified'],
  [
    'X509_CERT_DIR',
    'authorities trusted beside the usual ones, /etc/grid-security/certificates when not set',
  ],
  ['SSL_CERT_FILE', 'the same, in one file'],
  ['REANA_SERVER_URL', 'address of the REANA server; not set: the embedded one'],
  ['REANA_ACCESS_TOKEN', 'token of REANA'],
  ['CI, NO_COLOR, FORCE_COLOR', 'plain lines; no colours; colours'],
];
