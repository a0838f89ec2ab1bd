// What must never travel with a request: anything that would let its reader act as the user.
// Names are compared in lower case, because some file systems do not tell the cases apart.
import { Buffer } from 'node:buffer';
import type { LeftOutReason } from './left-out.ts';

const versionControl = new Set([
  '.git',
  '.hg',
  '.svn',
  '.bzr',
  '.jj',
  '.fossil',
  '_darcs',
  '.pijul',
  'cvs',
  '.sl',
]);

/** Directories of programs that keep keys, tokens or sessions in them. */
const privateDirectories = new Set([
  ...[
    '.pathena',
    '.panda',
    '.pchain',
    '.pbook',
    '.globus',
    '.rucio',
    '.reana',
    '.arc',
    '.voms',
    '.dirac',
    '.krb5',
  ],
  ...[
    '.ssh',
    '.gnupg',
    '.pki',
    '.password-store',
    '.keychain',
    '.local/share/keyrings',
    '.gnome2/keyrings',
    '.secrets',
  ],
  ...[
    '.aws',
    '.azure',
    '.gcloud',
    '.oci',
    '.kube',
    '.docker',
    '.terraform.d',
    '.vault',
    '.subversion',
    '.mc',
    '.minio',
  ],
  ...['.mozilla', '.thunderbird', '.local/share/pchain', '.local/state/pchain', '.local/share/pbook'],
  ...[
    'pchain',
    'pbook',
    'panda',
    'pathena',
    'rucio',
    'reana',
    'gcloud',
    'gh',
    'glab',
    'git',
    'op',
    'oci',
    'rclone',
  ].map((program) => `.config/${program}`),
  ...['sops', 'containers', 'helm', 'doctl', 'hub', 'chromium', 'google-chrome', 'keepassxc'].map(
    (program) => `.config/${program}`,
  ),
]);

const privateNames = new Set([
  ...[
    '.token',
    '.netrc',
    '_netrc',
    '.git-credentials',
    '.pgpass',
    '.my.cnf',
    '.pypirc',
    '.npmrc',
    '.dockercfg',
  ],
  ...[
    '.boto',
    '.s3cfg',
    '.vault-token',
    '.htpasswd',
    '.rclone.conf',
    'rclone.conf',
    '.xauthority',
    '.iceauthority',
  ],
  ...[
    'usercert.pem',
    'userkey.pem',
    'usercred.p12',
    'hostkey.pem',
    'robotkey.pem',
    '.smbcredentials',
    '.fetchmailrc',
  ],
  ...['id_rsa', 'id_dsa', 'id_ecdsa', 'id_ecdsa_sk', 'id_ed25519', 'id_ed25519_sk', '.erlang.cookie'],
  ...[
    '.history',
    '.bash_history',
    '.zsh_history',
    '.python_history',
    '.psql_history',
    '.mysql_history',
    '.node_repl_history',
  ],
]);

const privatePatterns: readonly RegExp[] = [
  /^\.env/, // `.env`, `.env.production`, `.envrc`
  /^\.token[-_.]/,
  /^x509(?:up)?_u/,
  /^krb5cc/,
  /\.(?:key|keytab|p12|pfx|ppk|jks|keystore|kdbx?|pkcs12)$/,
];

const caches = new Set([
  ...[
    'node_modules',
    '__pycache__',
    '.pytest_cache',
    '.mypy_cache',
    '.ruff_cache',
    '.hypothesis',
    '.tox',
    '.nox',
    '.venv',
  ],
  ...['.ipynb_checkpoints', '.cache', '.snakemake', '.eggs', '.npm', '.gradle'],
]);

/** Why a path must stay at home because of its name alone, or `undefined`.
 *  @param path relative to the packed directory, `/` between parts; every part of it counts */
export function privateByName(path: string): LeftOutReason | undefined {
  const parts = path.toLowerCase().split('/');
  for (const [index, part] of parts.entries()) {
    if (versionControl.has(part)) return 'version-control';
    if (privateDepth(parts.slice(0, index + 1)) > 0) return 'private-place';
    if (caches.has(part)) return 'cache';
    // A job that found them would take the runs for its own.
    if (/^\.pchain-(?:reana|download)-./.test(part)) return 'own-notes';
  }
  const name = parts.at(-1) ?? '';
  if (spellings(name).some((spelling) => isPrivateName(spelling))) return 'private-name';
  if (/^(?:jobo|sources)\..*\.(?:tar|tgz)/.test(name)) return 'earlier-archive';
  if (/\.(?:tar\.gz|tgz|tar)\.part-[0-9a-f]{12}$/.test(name)) return 'earlier-archive';
  if (/\.py[co]$/.test(name)) return 'cache';
  return undefined;
}

/** The end of a directory's path, or of one above it, that is a place for keys and tokens: `.ssh`, `.config/gh`;
 *  `undefined` when there is none. */
export function privatePlaceIn(directory: string): string | undefined {
  const parts = directory.split(/[\\/]/);
  for (let end = 1; end <= parts.length; end++) {
    const count = privateDepth(parts.slice(0, end));
    if (count > 0) return parts.slice(end - count, end).join('/');
  }
  return undefined;
}

/** How many of the last parts make a private directory; 0 when none do. */
function privateDepth(parts: readonly string[]): number {
  const depths = [1, 2, 3].filter((count) => count <= parts.length);
  return depths.find((count) => privateDirectories.has(parts.slice(-count).join('/').toLowerCase())) ?? 0;
}

function isPrivateName(name: string): boolean {
  return privateNames.has(name) || privatePatterns.some((pattern) => pattern.test(name));
}

/** The name, and what it was before an editor or a careful user made a copy: `id_rsa.bak`, `.userkey.pem.swp`, `.netrc~`. */
function spellings(name: string): readonly string[] {
  const original = name.replace(/(?:~|\.(?:bak|backup|old|orig|save|copy|tmp|\d+))+$/, '');
  const swapped = /^\.(.+)\.sw[a-z]$/.exec(name)?.[1];
  return [name, original, ...(swapped === undefined ? [] : [swapped])];
}

const keyMark = /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|^PuTTY-User-Key-File-/;
const jsonToken = /"(?:id_token|refresh_token)"\s*:\s*"[^"]|"access_token"\s*:\s*"[^"]{16}/;
const bareToken = /^\s*eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*\s*$/;
const npmToken = /^\s*\/\/.*:_(?:authToken|auth|password)\s*=/m;

// A token file is small; in anything larger the words are data.
const largestTokenFileBytes = 1 << 20;
// Longer than any mark that could lie across two chunks.
const overlapBytes = 64;

/** Looks for private keys and tokens in a file that arrives in chunks of any size. */
export class SecretScan {
  #carried: Buffer = Buffer.alloc(0);
  readonly #small: Buffer[] = [];
  #sizeBytes = 0;
  #found = false;

  add(chunk: Buffer): void {
    if (this.#found) return;
    const joined = this.#carried.length === 0 ? chunk : Buffer.concat([this.#carried, chunk]);
    // `indexOf` on bytes is many times faster than the pattern, and most files hold no mark at all.
    if (joined.includes('PRIVATE KEY') || (this.#sizeBytes === 0 && joined.includes('PuTTY-User'))) {
      this.#found = keyMark.test(joined.toString('latin1'));
    }
    this.#carried = Buffer.from(joined.subarray(-overlapBytes));
    this.#sizeBytes += chunk.length;
    if (this.#sizeBytes <= largestTokenFileBytes) this.#small.push(chunk);
    else this.#small.length = 0;
  }

  /** The answer once the whole file has been added. */
  get holdsSecret(): boolean {
    if (this.#found) return true;
    if (this.#small.length === 0) return false;
    const bytes = Buffer.concat(this.#small);
    if (!bytes.includes('_token') && !bytes.includes('eyJ') && !bytes.includes(':_')) return false;
    const text = bytes.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, '');
    return (/^\s*[[{]/.test(text) && jsonToken.test(text)) || bareToken.test(text) || npmToken.test(text);
  }
}
