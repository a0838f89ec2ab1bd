// Changes one setting in the text of a settings file; comments and everything else stay as they are.
import type { Document } from 'yaml';
import { UsageError } from '../base/errors.ts';
import { parseSettingsFile } from './settings-file.ts';

/** @param keys the path of the setting: `secrets`, or `profiles`, its name, and a key
 *  @param value as typed; `undefined` takes the setting out
 *  @returns the new text; the old one when there was nothing to take out
 *  @throws UsageError when the file is wrong as it is, or would be with this value */
export async function changedSettings(
  text: string,
  path: string,
  change: { readonly keys: readonly string[]; readonly value: string | undefined },
): Promise<string> {
  await parseSettingsFile(text, path);
  const yaml = await import('yaml');
  const attempt = async (scalar: string | number | boolean | undefined): Promise<string> => {
    const document: Document = yaml.parseDocument(text);
    if (scalar === undefined) document.deleteIn(change.keys);
    // An empty file has no mapping to put it into.
    else if (document.contents === null) document.contents = new yaml.Document({}).contents;
    if (scalar !== undefined) document.setIn(change.keys, scalar);
    const isEmpty = yaml.isMap(document.contents) && document.contents.items.length === 0;
    const changed = isEmpty ? '' : document.toString();
    await parseSettingsFile(changed, path);
    return changed;
  };
  const { value } = change;
  if (value === undefined) {
    return yaml.parseDocument(text).hasIn(change.keys) ? attempt(undefined) : text;
  }
  const scalar = scalarOf(value);
  // A nickname may be a number, and a number of jobs is one: the form of the setting decides.
  return scalar === value ? attempt(value) : attempt(scalar).catch(() => attempt(value));
}

/** What a person means who types it: numbers and yes or no as themselves, anything else as text. */
function scalarOf(value: string): string | number | boolean {
  if (value === 'true' || value === 'false') return value === 'true';
  return /^\d{1,9}$/.test(value) ? Number(value) : value;
}

/** The keys of a dotted name: `profiles.cern.panda_url_ssl`.
 *  @throws UsageError when it is none */
export function settingKeys(name: string): readonly string[] {
  const keys = name.split('.');
  if (keys.some((key) => key === '')) throw new UsageError(`\`${name}\` is not the name of a setting`);
  return keys;
}
