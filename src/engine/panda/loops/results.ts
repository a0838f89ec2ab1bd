// `results.json`: what the junction of a loop decided. Pure.
import { LocalError } from '../../../base/errors.ts';
import type { Value } from '../../../workflow/model.ts';

/** Name of the file that a junction leaves. */
export const resultsFile = 'results.json';

export interface JunctionResults {
  readonly toContinue: boolean;
  /** New values of parameters, by name without `param_`. */
  readonly values: Readonly<Record<string, Value>>;
}

/** Reads the text of the file.
 *  @throws LocalError where it is nothing that a decision can be taken from */
export function parseResults(text: string): JunctionResults {
  const parsed = jsonOf(text);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw fault(`must be a JSON object, not ${kindOf(parsed)}`);
  const { to_continue: toContinue = false, ...values } = parsed as Record<string, Value>;
  if (typeof toContinue !== 'boolean')
    throw fault(`has \`to_continue\` as ${kindOf(toContinue)}; it must be \`true\` or \`false\``);
  return { toContinue, values };
}

/** What is odd about results without making them useless, each in a sentence: names that no parameter has, and values of
 *  another kind than before.
 *  @param current the parameters of the loop by name, as they were in this iteration */
export function oddities(
  results: JunctionResults,
  current: Readonly<Record<string, Value>>,
): readonly string[] {
  const names = Object.keys(current);
  return Object.entries(results.values).flatMap(([name, value]) => {
    if (!Object.hasOwn(current, name)) {
      const known = names.length === 0 ? 'it has none' : names.map((one) => `\`${one}\``).join(', ');
      return [
        `\`${name}\` in \`${resultsFile}\` is no parameter of the loop (${known}), so it changed nothing`,
      ];
    }
    const before = current[name] ?? null;
    if (before === null || kindOf(before) === kindOf(value)) return [];
    return [`\`${name}\` in \`${resultsFile}\` is ${kindOf(value)}; it was ${kindOf(before)} before`];
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (/\b(?:NaN|Infinity)\b/.test(text)) throw fault('is no JSON: it has `NaN` or `Infinity`', cause);
    if (text.trim() === '') throw fault('is empty', cause);
    throw fault(`is no JSON: ${shortened(text)}`, cause);
  }
}

function fault(what: string, cause?: unknown): LocalError {
  return new LocalError(`the junction's \`${resultsFile}\` ${what}`, { cause });
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return `\`${line.length > 80 ? `${line.slice(0, 79)}…` : line}\``;
}

function kindOf(value: unknown): string {
  if (value === null) return '`null`';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return 'a text';
    case 'number':
      return 'a number';
    case 'boolean':
      return '`true` or `false`';
    default:
      return 'an object';
  }
}
