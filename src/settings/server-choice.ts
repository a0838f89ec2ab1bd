// Which server is meant: this machine, a profile of the settings file, or an address; and what an address may be.
import { closest } from '../base/closest.ts';
import { UsageError } from '../base/errors.ts';
import { given, type Environment } from './locations.ts';
import type { SettingsFile } from './settings-file.ts';
import { sourceText, variable, type Setting, type Source } from './source.ts';

/** `local`: the embedded server of this machine. `profile`: its name, when a profile was chosen. */
export type ServerChoice =
  { readonly kind: 'local' } | { readonly kind: 'remote'; readonly profile: string | undefined };

interface ChosenServer extends Setting<ServerChoice> {
  /** The address, when one was typed. */
  readonly address: Setting<string> | undefined;
}

/** @param flag as typed after `--server`
 *  @throws UsageError for a name that no profile has, for a bad address, and where several profiles could be meant */
export function chooseServer(
  flag: string | undefined,
  env: Environment,
  file: SettingsFile | undefined,
): ChosenServer {
  const profiles = Object.keys(file?.content.profiles ?? {});
  const typed: Setting<string> | undefined =
    flag === undefined
      ? variable(env, 'PCHAIN_SERVER')
      : { value: flag.trim(), source: { kind: 'flag', name: '--server' } };
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

export function urlVariable(env: Environment, name: string): Setting<string> | undefined {
  const found = variable(env, name);
  return found === undefined ? undefined : { ...found, value: serverUrl(found.value, found.source) };
}

/** An address without trailing `/`. Credentials and queries would turn up in logs, so there are none. */
function serverUrl(value: string, source: Source): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const plain =
    url !== undefined && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (url === undefined || !plain || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    const example = /reana/i.test(sourceText(source))
      ? 'https://reana.cern.ch'
      : 'https://host:25443/server/panda';
    throw new UsageError(
      `${sourceText(source)} must be an address like \`${example}\`, without password or query`,
    );
  }
  return url.href.replace(/\/+$/, '');
}

/** PanDA answers below `/server/panda`; an address that stops at the host means that. */
export function withPath(setting: Setting<string | undefined>): Setting<string | undefined> {
  if (setting.value === undefined) return setting;
  const url = new URL(setting.value);
  const path = url.pathname.replace(/\/+$/, '');
  return { ...setting, value: `${url.origin}${path === '' ? '/server/panda' : path}` };
}
