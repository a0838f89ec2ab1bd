// The settings of one run: flags, then environment, then the settings file, then defaults; each value knows its source.
import { UsageError } from '../base/errors.ts';
import type { ContainerSetting } from './containers.ts';
import { containers, datasets, wholeNumber } from './engine-settings.ts';
import type { Profile } from './file-shape.ts';
import { given, locations, type Environment, type Locations } from './locations.ts';
import { chooseServer, urlVariable, withPath, type ServerChoice } from './server-choice.ts';
import { parseSettingsFile, type SettingsFile } from './settings-file.ts';
import { fileSetting, variable, type Setting } from './source.ts';

/** What the command line may set; `undefined`: not given. */
export interface SettingFlags {
  /** `--server`: `local`, the name of a profile, or an address. */
  readonly server?: string | undefined;
  /** `--jobs` */
  readonly jobs?: string | number | undefined;
  readonly maxIterations?: string | number | undefined;
  /** `--containers` */
  readonly containers?: string | undefined;
  /** `--dataset NAME=PATH`, by name; paths as typed. */
  readonly datasets?: Readonly<Record<string, readonly string[]>> | undefined;
}

export type AuthKind = 'oidc' | 'x509' | 'x509_no_grid';

/** Where secrets are kept that are set with pchain. */
export type SecretStoreKind = 'keychain' | 'vault';

export interface Settings {
  readonly locations: Locations;
  readonly server: Setting<ServerChoice>;
  /** Legacy methods are below it, `https://host:25443/server/panda`; without trailing `/`. `undefined`: local. */
  readonly pandaUrlSsl: Setting<string | undefined>;
  readonly pandaUrl: Setting<string | undefined>;
  /** Where sandboxes are uploaded and jobs fetch them; as `pandaUrlSsl` where nothing else is said. */
  readonly pandaCacheUrl: Setting<string | undefined>;
  readonly auth: Setting<AuthKind>;
  /** `vo` or `vo:role`, sent as `Origin`. */
  readonly authVo: Setting<string | undefined>;
  readonly nickname: Setting<string | undefined>;
  readonly verifyHost: Setting<boolean>;
  /** Folder of PEM certificates that are trusted beside the usual ones. */
  readonly certificateDirectory: Setting<string | undefined>;
  /** PEM files whose authorities are trusted as well: SSL_CERT_FILE, and what Node is told. */
  readonly certificateFiles: readonly Setting<string>[];
  readonly reanaServerUrl: Setting<string | undefined>;
  /** `undefined`: not chosen yet. */
  readonly secretStore: Setting<SecretStoreKind | undefined>;
  /** Jobs at the same time on this machine, from 1; `undefined`: as many as it has cores. */
  readonly parallelJobs: Setting<number | undefined>;
  /** Iterations that a loop may have on this machine, from 1; `undefined`: as many as the engine allows. */
  readonly maxIterations: Setting<number | undefined>;
  /** How steps with an image run on this machine. */
  readonly containers: Setting<ContainerSetting>;
  /** Dataset names that mean files here: absolute paths, patterns not expanded. */
  readonly datasets: ReadonlyMap<string, Setting<readonly string[]>>;
}

export interface SettingsInput {
  readonly flags: SettingFlags;
  readonly env: Environment;
  readonly homeDirectory: string;
  /** For relative paths that were typed. */
  readonly workingDirectory: string;
  /** The text of the settings file; `undefined` when there is none. */
  readonly readFile: (path: string) => Promise<string | undefined>;
}

/** Puts the settings together.
 *  @throws UsageError for a value that cannot be what its setting needs, with its source in the message */
export async function readSettings(input: SettingsInput): Promise<Settings> {
  const { flags, env } = input;
  const places = locations(env, input.homeDirectory);
  const text = await input.readFile(places.configFile);
  const file = text === undefined ? undefined : await parseSettingsFile(text, places.configFile);
  const choice = chooseServer(flags.server, env, file);
  const profileName = choice.value.kind === 'remote' ? choice.value.profile : undefined;
  const profile = profileName === undefined ? undefined : file?.content.profiles?.[profileName];

  // Addresses that belong together stay together: a server chosen by name is not mixed with variables that
  // describe another one, or a sandbox and a token would end up there.
  const named =
    choice.source.kind === 'flag' ||
    (choice.source.kind === 'environment' && choice.source.name === 'PCHAIN_SERVER');
  const urlEnv: Environment = named || choice.value.kind === 'local' ? {} : env;
  const layers = { file, profileName, profile };
  const fromProfile = <Key extends keyof Profile>(key: Key) => profileSetting(layers, key);
  const absent: Setting<undefined> = { value: undefined, source: { kind: 'default' } };

  const pandaUrl = pick(urlVariable(urlEnv, 'PANDA_URL'), fromProfile('panda_url')) ?? absent;
  const pandaUrlSsl =
    choice.value.kind === 'local'
      ? absent
      : (pick(choice.address, urlVariable(urlEnv, 'PANDA_URL_SSL'), fromProfile('panda_url_ssl'), pandaUrl) ??
        absent);
  if (choice.value.kind === 'remote' && pandaUrlSsl.value === undefined) {
    throw new UsageError(`the profile \`${profileName ?? ''}\` has no \`panda_url_ssl\``);
  }
  const authVo =
    (named ? fromProfile('auth_vo') : undefined) ??
    pick(variable(env, 'PANDA_AUTH_VO'), variable(env, 'OIDC_AUTH_VO'), fromProfile('auth_vo')) ??
    absent;
  const topLevel = (key: 'nickname' | 'reana_server_url') => fileSetting(file, key);
  const verify = variable(env, 'PANDA_VERIFY_HOST');
  return {
    locations: places,
    server: { value: choice.value, source: choice.source },
    pandaUrl,
    pandaUrlSsl: withPath(pandaUrlSsl),
    pandaCacheUrl: withPath(
      pick(urlVariable(urlEnv, 'PANDACACHE_URL'), fromProfile('pandacache_url'), pandaUrlSsl) ?? absent,
    ),
    auth: pick(authVariable(env), fromProfile('auth')) ?? {
      value: usualAuth(env, authVo.value, pandaUrlSsl.value),
      source: { kind: 'default' },
    },
    authVo,
    nickname: pick(variable(env, 'PANDA_NICKNAME'), fromProfile('nickname'), topLevel('nickname')) ?? absent,
    verifyHost: (verify === undefined
      ? undefined
      : { ...verify, value: verify.value.toLowerCase() !== 'off' }) ??
      fromProfile('verify_host') ?? { value: true, source: { kind: 'default' } },
    certificateDirectory:
      pick(variable(env, 'X509_CERT_DIR'), fromProfile('certificate_directory')) ?? absent,
    certificateFiles: ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'].flatMap((name) => variable(env, name) ?? []),
    reanaServerUrl: trimmed(
      pick(
        urlVariable(env, 'REANA_SERVER_URL'),
        fromProfile('reana_server_url'),
        topLevel('reana_server_url'),
      ) ?? absent,
    ),
    secretStore: secretStore(env, file) ?? absent,
    parallelJobs:
      wholeNumber({ flag: flags.jobs, name: 'jobs', key: 'parallel_jobs', most: 4096 }, env, file) ?? absent,
    maxIterations:
      wholeNumber(
        { flag: flags.maxIterations, name: 'max-iterations', key: 'max_iterations', most: 1_000_000 },
        env,
        file,
      ) ?? absent,
    containers: containers(flags.containers, env, file),
    datasets: datasets({ ...input, given: flags.datasets }, file),
  };
}

interface ProfileLayer {
  readonly file: SettingsFile | undefined;
  readonly profileName: string | undefined;
  readonly profile: Profile | undefined;
}

function profileSetting<Key extends keyof Profile>(
  layer: ProfileLayer,
  key: Key,
): Setting<NonNullable<Profile[Key]>> | undefined {
  const value = layer.profile?.[key];
  if (value === undefined || layer.file === undefined || layer.profileName === undefined) return undefined;
  const line = layer.file.lineOf(['profiles', layer.profileName, key]);
  return { value, source: { kind: 'file', path: layer.file.path, line } };
}

/** Where PANDA_AUTH says nothing, the official client shows a certificate. Whoever set an organisation or a token, which
 *  only mean something with OIDC, is not made to say it twice; and a certificate needs a secure connection. */
function usualAuth(env: Environment, authVo: string | undefined, url: string | undefined): AuthKind {
  const hasToken = ['PANDA_AUTH_ID_TOKEN', 'OIDC_AUTH_TOKEN_FILE', 'OIDC_AUTH_ID_TOKEN'].some(
    (name) => given(env, name) !== undefined,
  );
  const isSecure = url?.startsWith('https:') === true;
  return authVo === undefined && !hasToken && isSecure ? 'x509' : 'oidc';
}

function authVariable(env: Environment): Setting<AuthKind> | undefined {
  const found = variable(env, 'PANDA_AUTH');
  if (found === undefined) return undefined;
  if (found.value === 'oidc' || found.value === 'x509' || found.value === 'x509_no_grid') {
    return { value: found.value, source: found.source };
  }
  throw new UsageError(
    `$PANDA_AUTH must be one of \`oidc\`, \`x509\`, \`x509_no_grid\`, not \`${found.value}\``,
  );
}

function secretStore(env: Environment, file: SettingsFile | undefined): Setting<SecretStoreKind> | undefined {
  const typed = variable(env, 'PCHAIN_SECRETS');
  if (typed !== undefined) {
    const { value, source } = typed;
    if (value === 'keychain' || value === 'vault') return { value, source };
    throw new UsageError(`$PCHAIN_SECRETS must be one of \`keychain\`, \`vault\`, not \`${value}\``);
  }
  const value = file?.content.secrets;
  if (file === undefined || value === undefined) return undefined;
  return { value, source: { kind: 'file', path: file.path, line: file.lineOf(['secrets']) } };
}

function trimmed(setting: Setting<string | undefined>): Setting<string | undefined> {
  return setting.value === undefined ? setting : { ...setting, value: setting.value.replace(/\/+$/, '') };
}

function pick<Value>(...candidates: readonly (Setting<Value> | undefined)[]): Setting<Value> | undefined {
  return candidates.find((candidate) => candidate !== undefined && candidate.value !== undefined);
}
