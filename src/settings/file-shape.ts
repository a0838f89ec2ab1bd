// The form of the settings file. Messages say what a value must be, as the end of `… must be`.
import * as v from 'valibot';
import { containerWords } from './containers.ts';

const text = v.pipe(v.string('a text'), v.trim(), v.nonEmpty('a text that is not empty'));
const url = v.pipe(
  v.string('an address'),
  v.trim(),
  v.regex(
    /^https?:\/\/[^\s/@?#]+(\/[^\s?#]*)?$/,
    'an address like `https://host:25443/server/panda`, without a password',
  ),
);
function countUpTo(most: number): v.GenericSchema<number> {
  return v.pipe(
    v.number('a whole number from 1'),
    v.integer('a whole number from 1'),
    v.minValue(1, 'a whole number from 1'),
    v.maxValue(most, `at most ${most}`),
  );
}

const yesOrNo = v.boolean('`true` or `false`');

const authKinds = ['oidc', 'x509', 'x509_no_grid'] as const;

const profile = v.strictObject(
  {
    /** PanDA over TLS; PANDA_URL_SSL. */
    panda_url_ssl: v.optional(url),
    /** PANDA_URL; only used where panda_url_ssl is missing. */
    panda_url: v.optional(url),
    /** Where sandboxes go; PANDACACHE_URL. */
    pandacache_url: v.optional(url),
    auth: v.optional(v.picklist(authKinds, 'one of `oidc`, `x509`, `x509_no_grid`')),
    /** `vo` or `vo:role`; PANDA_AUTH_VO. */
    auth_vo: v.optional(text),
    nickname: v.optional(text),
    /** False trusts any server; PANDA_VERIFY_HOST. */
    verify_host: v.optional(yesOrNo),
    /** Folder of PEM certificates; X509_CERT_DIR. */
    certificate_directory: v.optional(text),
    reana_server_url: v.optional(url),
  },
  'a mapping',
);

/** What `settings.yaml` may say. */
export const settingsFileShape = v.strictObject(
  {
    /** `local`, the name of a profile, or an address. */
    server: v.optional(text),
    nickname: v.optional(text),
    reana_server_url: v.optional(url),
    /** Where secrets are kept; PCHAIN_SECRETS. */
    secrets: v.optional(v.picklist(['keychain', 'vault'], 'one of `keychain`, `vault`')),
    /** Jobs that run at the same time on this machine. */
    parallel_jobs: v.optional(countUpTo(4096)),
    /** Iterations that a loop may have on this machine. */
    max_iterations: v.optional(countUpTo(1_000_000)),
    /** How steps with an image run on this machine; PCHAIN_CONTAINERS. */
    containers: v.optional(
      v.picklist(containerWords, `one of ${containerWords.map((word) => `\`${word}\``).join(', ')}`),
    ),
    /** Dataset names that mean files on this machine; paths are relative to the settings file. */
    datasets: v.optional(
      v.record(
        v.string(),
        v.union([text, v.pipe(v.array(text), v.nonEmpty())], 'a path or a list of paths'),
        'a mapping of dataset names to paths',
      ),
    ),
    profiles: v.optional(v.record(v.string(), profile, 'a mapping of names to profiles')),
  },
  'a mapping',
);

export type SettingsFileContent = v.InferOutput<typeof settingsFileShape>;
export type Profile = v.InferOutput<typeof profile>;

export const profileKeys: readonly string[] = Object.keys(profile.entries);
export const settingsFileKeys: readonly string[] = Object.keys(settingsFileShape.entries);
