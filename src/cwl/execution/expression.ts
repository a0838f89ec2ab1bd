// Values of expressions: parameter references are looked up here, everything else is given to JavaScript.
// Source: CWL v1.2, sections "Parameter references" and "Expressions".
import type { Value } from '../../workflow/model.ts';
import { expressionParts } from '../expressions/scan.ts';
import { readReference } from '../expressions/reference.ts';
import type { CwlVersion } from '../fields.ts';
import { CwlFault } from './fault.ts';
import { jsonText } from './json-text.ts';
import type { EvaluateJavaScript } from './ports.ts';
import { isList, isRecord, withoutFloats } from './values.ts';
import type { Values } from './values.ts';

/** What expressions may be. */
export interface ExpressionRules {
  readonly version: CwlVersion;
  /** The scripts of an `InlineJavascriptRequirement`; `undefined`: there is none, so nothing but references. */
  readonly library: readonly string[] | undefined;
  readonly evaluate: EvaluateJavaScript;
}

/** What expressions see. */
export interface Scope {
  readonly inputs: Values;
  readonly self: Value;
  readonly runtime: Values;
}

/** The value of a field that may be an expression: a text without expressions is itself, a text that is one expression is
 *  its value, otherwise values are put into the text. Lists and objects are returned as they are.
 *  @throws CwlFault when a name in it stands for nothing, or its JavaScript fails */
export function evaluate(written: Value, scope: Scope, rules: ExpressionRules): Value {
  return evaluateWhole(typeof written === 'string' ? written.trim() : written, written, scope, rules);
}

/** As `evaluate`, but blanks around an expression are part of the text: `$(x)` and a line break give a text. */
export function evaluateExactly(written: Value, scope: Scope, rules: ExpressionRules): Value {
  return evaluateWhole(written, written, scope, rules);
}

function evaluateWhole(text: Value, written: Value, scope: Scope, rules: ExpressionRules): Value {
  if (typeof text !== 'string' || !/\$[({]/.test(text)) return written;
  const parts = expressionParts(text);
  const [first] = parts;
  if (first !== undefined && parts.length === 1 && first.start === 0 && first.end === text.length) {
    return valueOf(text, scope, rules);
  }
  let result = '';
  let from = 0;
  for (const part of parts) {
    if (part.unclosed !== undefined) throw new CwlFault(`\`${text}\` has a bracket that is not closed`);
    result += unescaped(text.slice(from, part.start), rules.version);
    result += insertedText(valueOf(text.slice(part.start, part.end), scope, rules));
    from = part.end;
  }
  return result + unescaped(text.slice(from), rules.version);
}

/** As `evaluate`, for fields that must be a text in the end. */
export function evaluateText(written: Value, what: string, scope: Scope, rules: ExpressionRules): string {
  const value = evaluate(written, scope, rules);
  if (typeof value === 'string') return value;
  throw new CwlFault(`${what} must be a text, not ${JSON.stringify(value)}`);
}

/** One expression with its `$` and brackets. */
function valueOf(expression: string, scope: Scope, rules: ExpressionRules): Value {
  if (expression.startsWith('$(')) {
    const { reference } = readReference(expression, 2, expression.length - 1);
    // What is none of the three names may be one that the library of the document defines.
    if (reference !== undefined && (rules.library === undefined || isOurs(reference.root)))
      return lookUp(expression, reference.root, reference.path, scope);
  }
  if (rules.library === undefined) {
    throw new CwlFault(
      `\`${expression}\` is JavaScript, which needs \`InlineJavascriptRequirement\` in \`requirements\``,
    );
  }
  const inside = expression.slice(2, -1);
  const code = expression.startsWith('$(') ? `(${inside}\n)` : `(function(){${inside}\n})()`;
  return rules.evaluate(rules.library, code, {
    inputs: withoutFloats(scope.inputs),
    self: withoutFloats(scope.self),
    runtime: scope.runtime,
  });
}

const isOurs = (root: string): boolean => ['inputs', 'self', 'runtime', 'null'].includes(root);

function lookUp(
  expression: string,
  root: string,
  path: readonly { readonly name: string | number }[],
  scope: Scope,
): Value {
  if (root === 'null' && path.length === 0) return null;
  const roots: Values = { inputs: scope.inputs, self: scope.self, runtime: scope.runtime };
  if (!Object.hasOwn(roots, root)) throw new CwlFault(`\`${expression}\`: there is no \`${root}\``);
  let value: Value = roots[root] ?? null;
  path.forEach(({ name }, position) => {
    const isLast = position === path.length - 1;
    if (isList(value) && name === 'length' && isLast) value = value.length;
    else if (isList(value) && typeof name === 'number' && name < value.length) value = value[name] ?? null;
    else if (isRecord(value) && Object.hasOwn(value, String(name))) value = value[String(name)] ?? null;
    else throw new CwlFault(`\`${expression}\`: there is no \`${name}\` in it`);
  });
  return value;
}

function insertedText(value: Value): string {
  return typeof value === 'string' ? value : jsonText(value);
}

// v1.2 takes a backslash away only before what it keeps from being an expression, and before another one; older
// versions take every backslash away.
function unescaped(text: string, version: CwlVersion): string {
  if (version === 'v1.2') return text.replace(/\\(\\|\$(?=[({]))/g, '$1');
  return text.replace(/\\([^])/g, '$1');
}
