// JSONPaths of Yadage: `select`, `sub[*].merge`, `a,b`. Only the forms that name stages and outputs are understood; the
// others are known to be paths, and no more is said of them. @see jsonpath-rw 1.4, its lexer and grammar

export type PathSegment =
  | { readonly kind: 'fields'; readonly names: readonly string[] }
  | { readonly kind: 'anyField' }
  | { readonly kind: 'items'; readonly index: number | undefined };

export type JsonPath =
  | { readonly kind: 'plain'; readonly segments: readonly PathSegment[] }
  /** A path of a form that is not followed here. */
  | { readonly kind: 'other' }
  /** No path at all: the program that reads it stops. */
  | { readonly kind: 'faulty' };

const token =
  /\s*(?:([A-Za-z_@][\w@-]*)|(-?\d+)|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(`[^`]*`|\.\.|[*.[\]()$,:|&]))/y;

interface Token {
  readonly kind: 'name' | 'number' | 'mark';
  readonly text: string;
}

/** Reads a path. */
export function parseJsonPath(text: string): JsonPath {
  const tokens = tokensOf(text);
  if (tokens === undefined || tokens.length === 0) return { kind: 'faulty' };
  if (tokens.some(({ kind, text: mark }) => kind === 'mark' && /^[`(|&]|^\.\.$/.test(mark)))
    return { kind: 'other' };
  if (tokens.some((one) => one.kind === 'name' && one.text === 'where')) return { kind: 'other' };
  return segmentsOf(tokens) ?? { kind: 'faulty' };
}

function tokensOf(text: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.trimEnd().length) {
    const match = token.exec(text);
    if (match === null) return undefined;
    const [, name, number, single, double, mark] = match;
    const quoted = single ?? double;
    if (quoted !== undefined) tokens.push({ kind: 'name', text: quoted.replace(/\\(.)/g, '$1') });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else tokens.push({ kind: 'mark', text: mark ?? '' });
  }
  return tokens;
}

function segmentsOf(tokens: readonly Token[]): JsonPath | undefined {
  const segments: PathSegment[] = [];
  let at = 0;
  const is = (mark: string, offset = 0): boolean => {
    const next = tokens[at + offset];
    return next?.kind === 'mark' && next.text === mark;
  };
  if (is('$')) at++;
  let needsPart = at === 0;
  while (at < tokens.length) {
    if (is('.') && !needsPart) {
      at++;
      needsPart = true;
      continue;
    }
    if (is('[')) {
      const inside = tokens[at + 1];
      if (is('*', 1) && is(']', 2)) segments.push({ kind: 'items', index: undefined });
      else if (inside?.kind === 'number' && is(']', 2))
        segments.push({ kind: 'items', index: Number(inside.text) });
      // Slices and fields in brackets.
      else return tokens.slice(at).some((one) => one.text === ']') ? { kind: 'other' } : undefined;
      at += 3;
    } else if (needsPart && is('*')) {
      segments.push({ kind: 'anyField' });
      at++;
    } else if (needsPart && tokens[at]?.kind === 'name') {
      const names = [tokens[at]?.text ?? ''];
      at++;
      while (is(',') && tokens[at + 1]?.kind === 'name') {
        names.push(tokens[at + 1]?.text ?? '');
        at += 2;
      }
      segments.push({ kind: 'fields', names });
    } else return undefined;
    needsPart = false;
  }
  return needsPart ? undefined : { kind: 'plain', segments };
}
