// Options that come from a JSON file in the sandbox (`--loadJson`). They win over the command line, whatever the help says.
import type { ReadText } from '../base/read-text.ts';
import type { OptionTable, OptionValue } from './options.ts';
import { textOf, wholeNumber, type OptionValues } from './parse-args.ts';
import { isList, pythonText, type PlainObject, type PlainValue } from './plain-value.ts';

export interface LoadedOptions {
  readonly values: OptionValues;
  /** How they are appended to the command line that the task remembers: ` --maxPoints=10 --steeringExec='…'`. */
  readonly cliText: string;
  readonly problems: readonly string[];
}

/** The values with those of the `--loadJson` file over them. A text that is a number counts as one. Names the table does not
 *  know are ignored by phpo and stop prun. Source: panda-client 2.0.2. */
export function loadOptions(
  table: OptionTable,
  values: OptionValues,
  readText: ReadText | undefined,
): LoadedOptions {
  const path = textOf(values, 'loadJson');
  if (path === undefined) return { values, cliText: '', problems: [] };
  const read = readJson(path, 'loadJson', readText);
  if ('fault' in read) return { values, cliText: '', problems: [read.fault] };
  if (typeof read.value !== 'object' || read.value === null || isList(read.value)) {
    return { values, cliText: '', problems: [`\`${path}\` holds no JSON object`] };
  }
  return overlay(table, values, read.value, path);
}

/** Reads a JSON file that an option names. */
export function readJson(
  path: string,
  option: string,
  readText: ReadText | undefined,
): { readonly value: PlainValue } | { readonly fault: string } {
  const text = readNamed(path, option, readText);
  if ('fault' in text) return text;
  try {
    // JSON.parse gives nothing else than plain values.
    return { value: JSON.parse(text.text) as PlainValue };
  } catch {
    return { fault: `\`${path}\`, which \`--${option}\` names, is not valid JSON` };
  }
}

/** Reads a text file that an option names. */
export function readNamed(
  path: string,
  option: string,
  readText: ReadText | undefined,
): { readonly text: string } | { readonly fault: string } {
  const read = readText?.(path);
  if (read === undefined)
    return { fault: `\`--${option}\` names \`${path}\`, but there is no sandbox to read it from` };
  return read.ok
    ? { text: read.text }
    : { fault: `\`--${option}\` names \`${path}\`, which is ${read.reason}` };
}

function overlay(table: OptionTable, values: OptionValues, json: PlainObject, path: string): LoadedOptions {
  const merged = new Map(values);
  const problems: string[] = [];
  let cliText = '';
  for (const [name, raw] of Object.entries(json)) {
    const dest = table.program === 'prun' && name === 'exec' ? 'jobParams' : name;
    if (!table.byDest.has(dest)) {
      if (table.program === 'prun')
        problems.push(`\`${path}\` sets \`${name}\`, which \`prun\` does not know`);
      continue;
    }
    const value = typeof raw === 'string' ? (wholeNumber(raw) ?? raw) : raw;
    merged.set(dest, optionValue(value));
    if (value === true) cliText += ` --${name}`;
    else cliText += typeof value === 'string' ? ` --${name}='${value}'` : ` --${name}=${pythonText(value)}`;
  }
  return { values: merged, cliText, problems };
}

function optionValue(value: PlainValue): OptionValue {
  if (typeof value !== 'object' || value === null) return value;
  return isList(value) ? value.map(pythonText) : pythonText(value);
}
