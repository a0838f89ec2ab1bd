// Where pchain keeps things on this machine.
import { isAbsolute, join, resolve } from 'node:path';
import { UsageError } from '../base/errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Locations {
  /** The settings file; it need not exist. */
  readonly configFile: string;
  /** Ledger, and the store of the embedded server. */
  readonly dataDirectory: string;
  /** What can be made again. */
  readonly cacheDirectory: string;
  /** `$PANDA_CONFIG_ROOT`: the folder that other PanDA clients share, with the `.token` of a sign-in. */
  readonly pandaConfigRoot: string;
}

/** The folders of a user: absolute paths, none of which is created here.
 *  @throws UsageError when PCHAIN_HOME is not an absolute path
 *  @see XDG Base Directory Specification 0.8: relative values are ignored */
export function locations(env: Environment, homeDirectory: string): Locations {
  const pchainHome = given(env, 'PCHAIN_HOME');
  if (pchainHome !== undefined && !isAbsolute(pchainHome)) {
    throw new UsageError(`PCHAIN_HOME must be an absolute path, not \`${pchainHome}\``);
  }
  const base = (name: string, fallback: string): string => {
    const value = given(env, name);
    return value !== undefined && isAbsolute(value) ? value : join(homeDirectory, fallback);
  };
  return {
    configFile: join(base('XDG_CONFIG_HOME', '.config'), 'pchain', 'settings.yaml'),
    dataDirectory: pchainHome ?? join(base('XDG_DATA_HOME', '.local/share'), 'pchain'),
    cacheDirectory: join(base('XDG_CACHE_HOME', '.cache'), 'pchain'),
    // Made absolute at once: a relative one would mean another folder after a change of directory.
    pandaConfigRoot: resolve(given(env, 'PANDA_CONFIG_ROOT') ?? join(homeDirectory, '.pathena')),
  };
}

/** The value of a variable; an empty one counts as not set. */
export function given(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === undefined || value === '' ? undefined : value;
}
