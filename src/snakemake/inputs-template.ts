// A skeleton of the configuration of a Snakefile: every name that it looks up, with the values that are there.
import { posix } from 'node:path';
import type { ReadText } from '../base/read-text.ts';
import { Findings } from '../base/finding.ts';
import { entryOf, readTree, toValue, type TreeValue } from '../source/tree.ts';
import { readString } from './strings.ts';
import { tokenize } from './tokens.ts';

/** JSON text; what has no value yet is an empty text. */
export function configTemplate(file: string, readText: ReadText): string {
  const answer = readText(file);
  const text = answer.ok ? answer.text : '';
  const known = new Map(
    configFiles(text).flatMap((name) => valuesIn(posix.join(posix.dirname(file), name), readText)),
  );
  const names = [
    ...new Set([...text.matchAll(/\bconfig\s*\[\s*(["'])([^"'\r\n]+)\1/g)].map((match) => match[2] ?? '')),
  ];
  return `${JSON.stringify(Object.fromEntries(names.map((name) => [name, known.get(name) ?? ''])), null, 2)}\n`;
}

/** The files that `configfile` names. */
function configFiles(text: string): readonly string[] {
  const { tokens } = tokenize(text);
  return tokens.flatMap((token, index) => {
    const value = tokens[index + 2];
    if (token.text !== 'configfile' || tokens[index + 1]?.text !== ':' || value?.kind !== 'string') return [];
    const [only] = readString(text, value.start, value.end).pieces;
    return only?.kind === 'text' ? [only.text] : [];
  });
}

function valuesIn(path: string, readText: ReadText): readonly (readonly [string, TreeValue])[] {
  const answer = readText(path);
  const root = answer.ok ? readTree(path, answer.text, new Findings()) : undefined;
  if (root?.kind !== 'map') return [];
  return Object.keys(toValue(root) as object).flatMap((name) => {
    const entry = entryOf(root, name);
    return entry === undefined ? [] : [[name, toValue(entry.value)] as const];
  });
}
