// A value of the settings with the place it came from, and the places a single value is read from.
import { given, type Environment } from './locations.ts';
import type { SettingsFile } from './settings-file.ts';

export type Source =
  | { readonly kind: 'flag'; readonly name: string }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string; readonly line: number }
  | { readonly kind: 'default' };

export interface Setting<Value> {
  readonly value: Value;
  readonly source: Source;
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

/** From the environment; `undefined`: it says nothing. */
export function variable(env: Environment, name: string): Setting<string> | undefined {
  const value = given(env, name);
  return value === undefined ? undefined : { value, source: { kind: 'environment', name } };
}

/** From the top of the settings file; `undefined`: it says nothing. */
export function fileSetting(
  file: SettingsFile | undefined,
  key: 'nickname' | 'reana_server_url' | 'containers',
): Setting<string> | undefined {
  const value = file?.content[key];
  if (file === undefined || value === undefined) return undefined;
  return { value, source: { kind: 'file', path: file.path, line: file.lineOf([key]) } };
}
