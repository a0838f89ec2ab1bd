// REANA's patterns for names in a workspace: `*` and `?` within a name, `**` over directories, `[a-z]`, `[!a]`, `[[:digit:]]`,
// and `\` before a character that stands for itself. Dots are characters like others. Braces, `|` and a `!` in front are, too.
// Patterns come from outside, so none may take long: only the last of several wildcards is ever tried again.

/** One part of a pattern: any number of items, or one that fits. */
type Part<Item> = 'many' | ((item: Item) => boolean);

/** @param pattern with `/` between names
 *  @returns tells whether a name relative to the workspace fits */
export function globOf(pattern: string): (name: string) => boolean {
  const segments = pattern.split('/').filter((segment) => segment !== '');
  const parts = segments.flatMap((segment, index): readonly Part<string>[] => {
    if (segment !== '**') return [segmentTest(segment)];
    // At the end it stands for what is below, not for the directory itself.
    return index === segments.length - 1 ? ['many', () => true] : ['many'];
  });
  return (name) => fits(parts, name.split('/'));
}

/** True for a name in which no character has a meaning of its own. */
export const isPlainName = (name: string): boolean => !/[*?[\\]/.test(name);

function segmentTest(segment: string): (name: string) => boolean {
  if (isPlainName(segment)) return (name) => name === segment;
  const parts = [...partsOf(Array.from(segment))];
  return (name) => fits(parts, Array.from(name));
}

function* partsOf(characters: readonly string[]): Generator<Part<string>> {
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at];
    if (character === '*') yield 'many';
    else if (character === '?') yield () => true;
    else if (character === '\\') {
      const next = characters[++at];
      if (next !== undefined) yield (item) => item === next;
    } else {
      const set = character === '[' ? setAt(characters, at) : undefined;
      yield set?.test ?? ((item) => item === character);
      at = set?.lastAt ?? at;
    }
  }
}

interface CharacterSet {
  readonly test: (character: string) => boolean;
  /** Where its `]` stands. */
  readonly lastAt: number;
}

/** The set that begins at a `[`; `undefined` when it has no end, so that the `[` stands for itself. */
function setAt(characters: readonly string[], openAt: number): CharacterSet | undefined {
  const isOpposite = ['!', '^'].includes(characters[openAt + 1] ?? '');
  const firstAt = openAt + (isOpposite ? 2 : 1);
  const tests: ((character: string) => boolean)[] = [];
  for (let at = firstAt; at < characters.length; at++) {
    // A bracket that comes first is one of the characters.
    if (characters[at] === ']' && at > firstAt) {
      const test = (character: string): boolean => tests.some((one) => one(character)) !== isOpposite;
      return { test, lastAt: at };
    }
    const named = /^\[:([a-z]+):\]/.exec(characters.slice(at, at + 12).join(''));
    const kind = namedKinds[named?.[1] ?? ''];
    if (named !== null && kind !== undefined) {
      tests.push((character) => kind.test(character));
      at += named[0].length - 1;
      continue;
    }
    if (characters[at] === '\\' && at + 1 < characters.length) at++;
    const low = characters[at] ?? '';
    const isRange = characters[at + 1] === '-' && ![']', undefined].includes(characters[at + 2]);
    const high = isRange ? (characters[at + 2] ?? low) : low;
    if (isRange) at += 2;
    tests.push((character) => codeOf(low) <= codeOf(character) && codeOf(character) <= codeOf(high));
  }
  return undefined;
}

const codeOf = (character: string): number => character.codePointAt(0) ?? 0;

const namedKinds: Readonly<Record<string, RegExp>> = {
  alnum: /[a-z0-9]/i,
  alpha: /[a-z]/i,
  blank: /[ \t]/,
  digit: /[0-9]/,
  lower: /[a-z]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t\r\n\v\f]/,
  upper: /[A-Z]/,
  word: /\w/,
  xdigit: /[0-9a-f]/i,
};

function fits<Item>(parts: readonly Part<Item>[], items: readonly Item[]): boolean {
  let [part, item] = [0, 0];
  let again: { readonly part: number; item: number } | undefined;
  while (item < items.length) {
    const wanted = parts[part];
    const found = items[item] as Item;
    if (wanted === 'many') {
      again = { part: ++part, item };
    } else if (wanted?.(found) === true) {
      part++;
      item++;
    } else if (again !== undefined) {
      part = again.part;
      item = ++again.item;
    } else {
      return false;
    }
  }
  while (parts[part] === 'many') part++;
  return part === parts.length;
}
