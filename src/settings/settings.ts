// The settings of one run: flags, then environment, then the settings file, then defaults; each value knows its source.
import { dirname, isAbsolute, resolve } from 'node:path';
import { closest } from '../base/closest.ts';
import { UsageError } from '../base/errors.ts';
import type { Profile } from './file-shape.ts';
import { containerWords, readContainerWord, type ContainerSetting } from './containers.ts';
import { given, locations, type Environment, type Locations } from './locations.ts';
import { parseSettingsFile, type SettingsFile } from './settings-file.ts';

export type Source =
  | { readonly kind: 'flag'; readonly name: string }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string; readonly line: number }
  | { readonly kind: 'default' };

export interface Setting<Value> {
  readonly value: Value;
  readonly source: Source;
}

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

/** `local`: the embedded server of this machine. `profile`: its name, when a profile was chosen. */
export type ServerChoice =
  { readonly kind: 'local' } | { readonly kind: 'remote'; readonly profile: string | undefined };

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
  const choice = chooseServer(flags, env, file);
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
    containers: containers(flags, env, file),
    datasets: datasets(input, file),
  };
}

/** Where a value came from, in words: `--server`, `$PANDA_URL_SSL`, `/home/a/.config/pchain/settings.yaml:4`, `default`. */
export function sourceText(source: Source): string {
  switch (source.kind) {
    case 'flag':
      return source.name;
    case 'environment':
      return `$${source.name}`;
    case 'file':
      return `${source.path}:${source.line}`;
    case 'default':
      return 'default';
  }
}

interface ChosenServer extends Setting<ServerChoice> {
  /** The address, when one was typed. */
  readonly address: Setting<string> | undefined;
}

function chooseServer(flags: SettingFlags, env: Environment, file: SettingsFile | undefined): ChosenServer {
  const profiles = Object.keys(file?.content.profiles ?? {});
  const typed: Setting<string> | undefined =
    flags.server === undefined
      ? variable(env, 'PCHAIN_SERVER')
      : { value: flags.server.trim(), source: { kind: 'flag', name: '--server' } };
  if (typed !== undefined) return namedServer(typed, profiles);

  const configured = ['PANDA_URL_SSL', 'PANDA_URL'].find((name) => given(env, name) !== undefined);
  if (configured !== undefined) {
    const source: Source = { kind: 'environment', name: configured };
    return { value: { kind: 'remote', profile: undefined }, source, address: undefined };
  }
  if (file?.content.server !== undefined) {
    const source: Source = { kind: 'file', path: file.path, line: file.lineOf(['server']) };
    return namedServer({ value: file.content.server, source }, profiles);
  }
  const [only, ...others] = profiles;
  if (file === undefined || only === undefined) {
    return { value: { kind: 'local' }, source: { kind: 'default' }, address: undefined };
  }
  const line = file.lineOf(['profiles']);
  if (others.length > 0) {
    throw new UsageError(
      `\`${file.path}:${line}\`: there are several profiles, and \`server\` names none of them`,
      {
        hint: `add \`server: ${only}\`, or \`server: local\``,
      },
    );
  }
  const source: Source = { kind: 'file', path: file.path, line };
  return { value: { kind: 'remote', profile: only }, source, address: undefined };
}

function namedServer(typed: Setting<string>, profiles: readonly string[]): ChosenServer {
  const { value, source } = typed;
  if (value === 'local') return { value: { kind: 'local' }, source, address: undefined };
  if (profiles.includes(value))
    return { value: { kind: 'remote', profile: value }, source, address: undefined };
  if (/^https?:/i.test(value)) {
    return {
      value: { kind: 'remote', profile: undefined },
      source,
      address: { value: serverUrl(value, source), source },
    };
  }
  const near = closest(value, [...profiles, 'local']);
  throw new UsageError(`${sourceText(source)}: there is no profile \`${value}\``, {
    hint:
      near === undefined
        ? 'give `local`, an address, or the name of a profile in the settings file'
        : `did you mean \`${near}\`?`,
  });
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

function fileSetting(
  file: SettingsFile | undefined,
  key: 'nickname' | 'reana_server_url' | 'containers',
): Setting<string> | undefined {
  const value = file?.content[key];
  if (file === undefined || value === undefined) return undefined;
  return { value, source: { kind: 'file', path: file.path, line: file.lineOf([key]) } };
}

function variable(env: Environment, name: string): Setting<string> | undefined {
  const value = given(env, name);
  return value === undefined ? undefined : { value, source: { kind: 'environment', name } };
}

function urlVariable(env: Environment, name: string): Setting<string> | undefined {
  const found = variable(env, name);
  return found === undefined ? undefined : { ...found, value: serverUrl(found.value, found.source) };
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

/** A count from 1: `--name`, `$PCHAIN_NAME`, or the key in the settings file. */
function wholeNumber(
  { flag, name, key, most }: NumberSetting,
  env: Environment,
  file: SettingsFile | undefined,
): Setting<number> | undefined {
  const typed: Setting<string | number> | undefined =
    flag === undefined
      ? variable(env, `PCHAIN_${name.toUpperCase().replaceAll('-', '_')}`)
      : { value: flag, source: { kind: 'flag', name: `--${name}` } };
  if (typed !== undefined) {
    const count = Number(typed.value);
    if (!Number.isInteger(count) || count < 1 || count > most) {
      throw new UsageError(
        `${sourceText(typed.source)} must be a whole number from 1 to ${most}, not \`${typed.value}\``,
      );
    }
    return { value: count, source: typed.source };
  }
  const value = file?.content[key];
  if (file === undefined || value === undefined) return undefined;
  return { value, source: { kind: 'file', path: file.path, line: file.lineOf([key]) } };
}

interface NumberSetting {
  readonly flag: string | number | undefined;
  readonly name: string;
  readonly key: 'parallel_jobs' | 'max_iterations';
  readonly most: number;
}

function containers(
  flags: SettingFlags,
  env: Environment,
  file: SettingsFile | undefined,
): Setting<ContainerSetting> {
  const typed: Setting<string> | undefined =
    flags.containers === undefined
      ? variable(env, 'PCHAIN_CONTAINERS')
      : { value: flags.containers, source: { kind: 'flag', name: '--containers' } };
  const chosen = typed ?? fileSetting(file, 'containers');
  if (chosen === undefined)
    return { value: { mode: 'auto', engine: undefined }, source: { kind: 'default' } };
  const value = readContainerWord(chosen.value);
  if (value !== undefined) return { value, source: chosen.source };
  const known = containerWords.map((word) => `\`${word}\``).join(', ');
  throw new UsageError(`${sourceText(chosen.source)} must be one of ${known}, not \`${chosen.value}\``);
}

function datasets(
  input: SettingsInput,
  file: SettingsFile | undefined,
): ReadonlyMap<string, Setting<readonly string[]>> {
  const found = new Map<string, Setting<readonly string[]>>();
  const base = dirname(file?.path ?? '/');
  for (const [name, paths] of Object.entries(file?.content.datasets ?? {})) {
    const listed = typeof paths === 'string' ? [paths] : paths;
    found.set(name, {
      value: listed.map((path) => absolutePath(path, base, input.homeDirectory)),
      source: { kind: 'file', path: file?.path ?? '', line: file?.lineOf(['datasets', name]) ?? 1 },
    });
  }
  for (const [name, paths] of Object.entries(input.flags.datasets ?? {})) {
    found.set(name, {
      value: paths.map((path) => absolutePath(path, input.workingDirectory, input.homeDirectory)),
      source: { kind: 'flag', name: '--dataset' },
    });
  }
  return found;
}

function absolutePath(path: string, base: string, homeDirectory: string): string {
  if (path === '~' || path.startsWith('~/')) return resolve(homeDirectory, `.${path.slice(1)}`);
  return isAbsolute(path) ? path : resolve(base, path);
}

/** An address without trailing `/`. Credentials and queries would turn up in logs, so there are none. */
function serverUrl(value: string, source: Source): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const plain =
    url !== undefined && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (url === undefined || !plain || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new UsageError(
      `${sourceText(source)} must be an address like \`https://host:25443/server/panda\`, without password or query`,
    );
  }
  return url.href.replace(/\/+$/, '');
}

/** PanDA answers below `/server/panda`; an address that stops at the host means that. */
function withPath(setting: Setting<string | undefined>): Setting<string | undefined> {
  if (setting.value === undefined) return setting;
  const url = new URL(setting.value);
  const path = url.pathname.replace(/\/+$/, '');
  return { ...setting, value: `${url.origin}${path === '' ? '/server/panda' : path}` };
}

function trimmed(setting: Setting<string | undefined>): Setting<string | undefined> {
  return setting.value === undefined ? setting : { ...setting, value: setting.value.replace(/\/+$/, '') };
}

function pick<Value>(...candidates: readonly (Setting<Value> | undefined)[]): Setting<Value> | undefined {
  return candidates.find((candidate) => candidate !== undefined && candidate.value !== undefined);
}
