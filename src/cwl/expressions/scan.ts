// Finds `$(...)` and `${...}` in a text: nested brackets, quotes, comments and regular expressions of JavaScript inside are
// passed over, and so are the escapes `\$(` and `\${`.
// Source: CWL v1.0-v1.2, sections "Parameter references" and "Expressions"; v1.0 and v1.1 skip whatever follows a
// backslash, which finds the same starts.

/** A part of a text that is evaluated. Offsets are those of the text, `end` exclusive. */
export interface ExpressionPart {
  /** `reference`: `$(...)`, one value. `body`: `${...}`, the body of a function. */
  readonly kind: 'reference' | 'body';
  /** Where the `$` stands. */
  readonly start: number;
  /** Behind the closing bracket; the end of the text when there is none. */
  readonly end: number;
  /** What keeps the part from being closed: an opened bracket, quote or comment. `undefined` when it is closed. */
  readonly unclosed: Opened | undefined;
}

export interface Opened {
  readonly what: 'bracket' | 'quote' | 'comment';
  readonly at: number;
}

/** Whether anything in a text is evaluated. */
export function containsExpression(text: string): boolean {
  return nextStart(text, 0) !== undefined;
}

/** All parts, in their order. One that is not closed is the last. */
export function expressionParts(text: string): readonly ExpressionPart[] {
  const parts: ExpressionPart[] = [];
  let from = 0;
  for (;;) {
    const start = nextStart(text, from);
    if (start === undefined) return parts;
    const kind = text.charAt(start + 1) === '(' ? 'reference' : 'body';
    const inside = closingBracket(text, start + 1);
    const end = inside.end ?? text.length;
    parts.push({ kind, start, end, unclosed: inside.unclosed });
    if (inside.end === undefined) return parts;
    from = end;
  }
}

/** The next `$(` or `${` that no backslash takes its meaning from. */
function nextStart(text: string, from: number): number | undefined {
  for (let at = from; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '\\') at++;
    else if (char === '$' && (text.charAt(at + 1) === '(' || text.charAt(at + 1) === '{')) return at;
  }
  return undefined;
}

interface Closing {
  /** Behind the closing bracket; `undefined` when there is none. */
  readonly end?: number;
  readonly unclosed: Opened | undefined;
}

const closers: Readonly<Record<string, string>> = { '(': ')', '{': '}', '[': ']' };

/** Goes through JavaScript up to the bracket that closes the one at `open`. */
function closingBracket(text: string, open: number): Closing {
  const outer = text.charAt(open);
  // The brackets and template texts that are open.
  const stack = [{ at: open, opener: outer }];
  // How many of them keep the closing bracket of the whole for themselves.
  let claims = 0;
  const push = (at: number, opener: string): void => {
    stack.push({ at, opener });
    if (opener === outer || opener === '`') claims++;
  };
  const pop = (): void => {
    const opener = stack.pop()?.opener;
    if (opener === outer || opener === '`') claims--;
  };
  let at = open + 1;
  while (at < text.length) {
    const char = text.charAt(at);
    const opener = stack.at(-1)?.opener ?? outer;
    if (opener === '`') {
      if (char === '\\') at++;
      else if (char === '`') pop();
      else if (char === '$' && text.charAt(at + 1) === '{') push(++at, '{');
      at++;
    } else if (char === '"' || char === "'") {
      const end = endOfQuote(text, at);
      if (end === undefined) return { unclosed: { what: 'quote', at } };
      at = end;
    } else if (char === '/') {
      const end = endOfSlash(text, at, open);
      if (end === undefined) return { unclosed: { what: 'comment', at } };
      at = end;
    } else {
      // `$(a[1)`: the last bracket ends the whole although another one is open; that is a fault of the JavaScript, and
      // reported when it is read.
      if (char === closers[outer] && claims === 0) return { end: at + 1, unclosed: undefined };
      if (char === '`' || closers[char] !== undefined) push(at, char);
      else if (char === closers[opener]) pop();
      at++;
    }
  }
  const last = stack.at(-1) ?? { at: open, opener: outer };
  return { unclosed: { what: last.opener === '`' ? 'quote' : 'bracket', at: last.at } };
}

/** Behind the closing quote of a text on one line; `undefined` when there is none. */
function endOfQuote(text: string, open: number): number | undefined {
  const quote = text.charAt(open);
  for (let at = open + 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '\\') at++;
    else if (char === quote) return at + 1;
    else if (char === '\n') return undefined;
  }
  return undefined;
}

/** Behind a comment, a regular expression, or the sign of a division; `undefined` for a comment without an end. */
function endOfSlash(text: string, at: number, open: number): number | undefined {
  const next = text.charAt(at + 1);
  if (next === '/') {
    const end = text.indexOf('\n', at);
    return end === -1 ? text.length : end;
  }
  if (next === '*') {
    const end = text.indexOf('*/', at + 2);
    return end === -1 ? undefined : end + 2;
  }
  return isValueBefore(text, at, open) ? at + 1 : (endOfPattern(text, at) ?? at + 1);
}

/** Whether a value ends before this place, so that a slash divides it. */
function isValueBefore(text: string, at: number, open: number): boolean {
  let last = at - 1;
  while (last > open && /\s/.test(text.charAt(last))) last--;
  if (last <= open || !/[\w$)\]}"'`]/.test(text.charAt(last))) return false;
  // One letter more than the longest of the words, so that the end of a longer name is none of them.
  const word = /[\w$]+$/.exec(text.slice(Math.max(open + 1, last - 6), last + 1))?.[0];
  return word === undefined || !/^(?:return|typeof|case|in|of|delete|void|throw|new|else|do)$/.test(word);
}

/** Behind a regular expression; `undefined` when the line ends first. */
function endOfPattern(text: string, open: number): number | undefined {
  let isInClass = false;
  for (let at = open + 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '\n') return undefined;
    if (char === '\\') at++;
    else if (char === '[') isInClass = true;
    else if (char === ']') isInClass = false;
    else if (char === '/' && !isInClass) return at + 1;
  }
  return undefined;
}
