// Names of secondary files, from the patterns of a parameter and a file.
// Source: CWL v1.2, "SecondaryFileSchema".
import type { Value } from '../../workflow/model.ts';
import type { CwlVersion } from '../fields.ts';
import { evaluate, type ExpressionRules, type Scope } from './expression.ts';
import { asText, isRecord, listOf, nameOf, type Item } from './values.ts';

export interface WantedFile {
  /** A base name; or, from an expression, a whole File or Directory. */
  readonly what: string | Item;
  readonly isRequired: boolean;
}

/** @param side inputs are required when nothing is said, outputs are not: v1.0 leaves that open, and other runners have it so
 *  @param written the `secondaryFiles` of a parameter or field */
export function wantedFiles(
  written: Value | undefined,
  primary: Item,
  side: 'input' | 'output',
  scope: Scope,
  rules: ExpressionRules,
): readonly WantedFile[] {
  const inside: Scope = { ...scope, self: primary };
  return listOf(written).flatMap((entry) => {
    const { pattern, isRequired } = readEntry(entry, side, inside, rules);
    if (/\$[({]/.test(pattern)) {
      return listOf(evaluate(pattern, inside, rules)).flatMap((value): readonly WantedFile[] => {
        if (typeof value === 'string') return [{ what: value, isRequired }];
        return isRecord(value) ? [{ what: value as Item, isRequired }] : [];
      });
    }
    return [{ what: substituted(nameOf(primary), pattern), isRequired }];
  });
}

function readEntry(
  entry: Value,
  side: 'input' | 'output',
  scope: Scope,
  rules: ExpressionRules,
): { readonly pattern: string; readonly isRequired: boolean } {
  const byDefault = side === 'input';
  if (isRecord(entry)) {
    const pattern = asText(entry['pattern']);
    const required = entry['required'];
    const value = required === undefined || required === null ? byDefault : evaluate(required, scope, rules);
    return readText(pattern, value !== false, rules.version);
  }
  return readText(asText(entry), byDefault, rules.version);
}

/** A question mark behind a pattern makes it optional. */
function readText(
  pattern: string,
  isRequired: boolean,
  version: CwlVersion,
): { readonly pattern: string; readonly isRequired: boolean } {
  const isOptional = version !== 'v1.0' && pattern.endsWith('?') && !/\$[({]/.test(pattern);
  return isOptional ? { pattern: pattern.slice(0, -1), isRequired: false } : { pattern, isRequired };
}

/** `.bai` is added to the name; each `^` before it takes one extension away. */
function substituted(name: string, pattern: string): string {
  if (!pattern.startsWith('^')) return name + pattern;
  const dot = name.lastIndexOf('.');
  return substituted(dot <= 0 ? name : name.slice(0, dot), pattern.slice(1));
}
