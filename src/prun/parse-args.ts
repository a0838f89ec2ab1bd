// Arguments of prun and phpo, read as Python's argparse reads them, with every problem reported instead of the first.
import { closest } from '../base/closest.ts';
import { oncePerText } from '../base/once-per-text.ts';
import { GivenOptions, type OptionValues } from './option-values.ts';
import { forceStagedSecondary, type OptionSpec, type OptionTable, type OptionValue } from './options.ts';
import { cutShellWords, type ShellSplit, type ShellWord } from './shell-words.ts';

export type ArgumentProblemKind =
  | 'unknown-option'
  | 'ambiguous-option'
  | 'missing-value'
  | 'bad-value'
  | 'unexpected-argument'
  | 'removed-option';

/** Why the program would refuse the arguments. `start` and `end` are offsets in the text the words come from. */
export interface ArgumentProblem {
  readonly kind: ArgumentProblemKind;
  readonly start: number;
  readonly end: number;
  readonly message: string;
  /** The option, spelt out where its beginning was enough, without `=value`; `undefined` for a stray argument. */
  readonly option: string | undefined;
  /** An allowed flag that looks like the one typed. */
  readonly nearest?: string | undefined;
}

export type { OptionValues } from './option-values.ts';

export interface ParsedArguments {
  /** A value for every `dest` of the table; the default where none was given. */
  readonly values: OptionValues;
  /** Every `dest` that was given, with the place of the value that counts: its word, or the whole word of `--name=value` and
   *  of a flag. */
  readonly given: ReadonlyMap<string, { readonly start: number; readonly end: number }>;
  readonly problems: readonly ArgumentProblem[];
}

/** Reads words by a table: `--a b`, `--a=b`, unambiguous beginnings of long options, joined short flags, last use wins. */
export function parseArguments(table: OptionTable, words: readonly ShellWord[]): ParsedArguments {
  return new Reading(table, words).result();
}

/** A command line as its words, and what the program makes of them. */
export interface ArgumentText {
  readonly split: ShellSplit;
  /** Of the words that could be cut. */
  readonly parsed: ParsedArguments;
}

/** Cuts a command line and reads its words by a table. */
export function argumentsIn(table: OptionTable, text: string): ArgumentText {
  let read = readers.get(table);
  if (read === undefined) {
    read = oncePerText((line) => {
      const split = cutShellWords(line);
      return { split, parsed: parseArguments(table, split.words) };
    }, mostLines);
    readers.set(table, read);
  }
  return read(text);
}

/** As many as a large workflow has steps: what the resolver has read, the rules ask for again when all is resolved. */
const mostLines = 20_000;

const readers = new WeakMap<OptionTable, (text: string) => ArgumentText>();

/** The value of a text option; `undefined` when it is absent, `None` or empty: the programs treat them alike. */
export function textOf(values: OptionValues, dest: string): string | undefined {
  const value = values.get(dest);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The value of a number option; `undefined` when it is `None`. */
export function numberOf(values: OptionValues, dest: string): number | undefined {
  const value = values.get(dest);
  return typeof value === 'number' ? value : undefined;
}

/** Whether a flag is on. */
export function flagOf(values: OptionValues, dest: string): boolean {
  return values.get(dest) === true;
}

type Role =
  | { readonly is: 'plain' }
  | { readonly is: 'separator' }
  | {
      readonly is: 'option';
      readonly spec: OptionSpec;
      readonly typed: string;
      readonly attached: string | undefined;
    }
  | { readonly is: 'refused'; readonly problem: ArgumentProblem };

class Reading {
  readonly #table: OptionTable;
  readonly #words: readonly ShellWord[];
  readonly #roles: readonly Role[];
  readonly #values: GivenOptions;
  readonly #given = new Map<string, ShellWord>();
  readonly #problems: ArgumentProblem[] = [];

  constructor(table: OptionTable, words: readonly ShellWord[]) {
    this.#table = table;
    this.#words = words;
    this.#values = new GivenOptions(table);
    const separator = words.findIndex((word) => word.text === '--');
    this.#roles = words.map((word, index) => {
      if (separator !== -1 && index > separator) return { is: 'plain' };
      return index === separator ? { is: 'separator' } : roleOf(table, word);
    });
  }

  result(): ParsedArguments {
    let index = 0;
    while (index < this.#words.length) index = this.#take(index);
    return { values: this.#values, given: this.#given, problems: this.#problems };
  }

  /** Handles what starts at `index`; gives the index after it. */
  #take(index: number): number {
    const role = this.#roles[index];
    const word = this.#words[index];
    if (role === undefined || word === undefined) return index + 1;
    if (role.is === 'option') return this.#takeOption(index, word, role.spec, role.typed, role.attached);
    if (role.is === 'refused') {
      this.#problems.push(role.problem);
      // A plain word after it is most likely its value: one mistake, one problem.
      const hasValue = !word.text.includes('=') && this.#roles[index + 1]?.is === 'plain';
      return index + (hasValue ? 2 : 1);
    }
    this.#problems.push({
      kind: 'unexpected-argument',
      start: word.start,
      end: word.end,
      message: `unexpected argument \`${word.text}\`; \`${this.#table.program}\` takes options only`,
      option: undefined,
    });
    return index + 1;
  }

  #takeOption(
    index: number,
    word: ShellWord,
    spec: OptionSpec,
    typed: string,
    attached: string | undefined,
  ): number {
    if (spec.arity === 'flag') {
      this.#set(spec, spec.const ?? true, word);
      if (attached !== undefined) this.#takeJoinedFlags(word, typed, attached);
      return index + 1;
    }
    if (attached !== undefined) {
      this.#setText(spec, typed, attached, word);
      return index + 1;
    }
    const next = this.#words[index + 1];
    if (next === undefined || this.#roles[index + 1]?.is !== 'plain') {
      const looksLikeValue = next !== undefined && /^-[\d.]/.test(next.text);
      this.#problems.push({
        kind: 'missing-value',
        start: word.start,
        end: word.end,
        message: looksLikeValue
          ? `\`${typed}\` needs a value; write \`${typed}=${next.text}\` for one that starts with a dash`
          : `\`${typed}\` needs a value`,
        option: typed,
      });
      return index + 1;
    }
    this.#setText(spec, typed, next.text, next);
    return index + 2;
  }

  /** `-vy`: after a short flag, further short flags in the same word. */
  #takeJoinedFlags(word: ShellWord, typed: string, attached: string): void {
    let rest = attached;
    const isShort = !typed.startsWith('--') && !word.text.includes('=');
    while (isShort && rest !== '') {
      const name = `-${rest.charAt(0)}`;
      const spec = this.#table.byFlag.get(name);
      if (spec === undefined) break;
      rest = rest.slice(1);
      if (spec.arity === 'one') {
        this.#setText(spec, name, rest, word);
        return;
      }
      this.#set(spec, spec.const ?? true, word);
      if (rest === '') return;
    }
    this.#problems.push({
      kind: 'bad-value',
      start: word.start,
      end: word.end,
      message: `\`${typed}\` takes no value, but is given \`${attached}\``,
      option: typed,
    });
  }

  #setText(spec: OptionSpec, typed: string, text: string, place: ShellWord): void {
    const read = readValue(spec, text);
    if ('fault' in read) {
      this.#problems.push({
        kind: 'bad-value',
        start: place.start,
        end: place.end,
        message: `\`${typed}\` ${read.fault}, not \`${text}\``,
        option: typed,
      });
      return;
    }
    const before = this.#values.get(spec.dest);
    const list = typeof before === 'object' && before !== null ? before : [];
    this.#set(spec, spec.repeated ? [...list, String(read.value)] : read.value, place);
  }

  #set(spec: OptionSpec, value: OptionValue, place: ShellWord): void {
    this.#values.set(spec.dest, value);
    this.#given.set(spec.dest, place);
  }
}

/** What argparse makes of one word before it looks at its neighbours (`_parse_optional`, `_get_option_tuples`). */
function roleOf(table: OptionTable, word: ShellWord): Role {
  const { text } = word;
  if (!text.startsWith('-')) return plain;
  const exact = table.byFlag.get(text);
  if (exact !== undefined) return { is: 'option', spec: exact, typed: text, attached: undefined };
  if (text === '-') return { is: 'plain' };
  const equals = text.indexOf('=');
  const name = equals === -1 ? text : text.slice(0, equals);
  const value = equals === -1 ? undefined : text.slice(equals + 1);
  const assigned = value === undefined ? undefined : table.byFlag.get(name);
  if (assigned !== undefined) return { is: 'option', spec: assigned, typed: name, attached: value };
  if (table.removed.has(name)) return { is: 'refused', problem: removedOption(table, word, name) };
  const matches = text.startsWith('--') ? beginningWith(table, name) : [];
  const only = matches[0];
  if (only !== undefined && matches.length === 1) {
    return { is: 'option', spec: only[1], typed: only[0], attached: value };
  }
  if (matches.length > 1) return { is: 'refused', problem: ambiguousOption(word, name, matches) };
  const short = text.startsWith('--') ? undefined : table.byFlag.get(text.slice(0, 2));
  if (short !== undefined)
    return { is: 'option', spec: short, typed: text.slice(0, 2), attached: text.slice(2) };
  if (text.includes(' ')) return { is: 'plain' };
  return { is: 'refused', problem: unknownOption(table, word, name) };
}

const plain: Role = { is: 'plain' };

function beginningWith(table: OptionTable, beginning: string): [string, OptionSpec][] {
  return [...table.byFlag].filter(([name]) => name.startsWith(beginning));
}

function removedOption(table: OptionTable, word: ShellWord, name: string): ArgumentProblem {
  const message =
    name === forceStagedSecondary
      ? `\`${name}\` is not for the arguments of a step: the server adds it to a junction itself`
      : `\`${name}\` was removed from \`${table.program}\``;
  return { kind: 'removed-option', start: word.start, end: word.end, message, option: name };
}

function ambiguousOption(
  word: ShellWord,
  name: string,
  matches: readonly [string, OptionSpec][],
): ArgumentProblem {
  const names = matches.map(([match]) => `\`${match}\``).join(', ');
  return {
    kind: 'ambiguous-option',
    start: word.start,
    end: word.end,
    message: `\`${name}\` may mean ${names}`,
    option: name,
  };
}

function unknownOption(table: OptionTable, word: ShellWord, name: string): ArgumentProblem {
  return {
    kind: 'unknown-option',
    start: word.start,
    end: word.end,
    message: `\`${table.program}\` has no option \`${name}\``,
    option: name,
    nearest: closest(name, shownFlags(table)),
  };
}

function shownFlags(table: OptionTable): string[] {
  return table.options.filter((option) => !option.hidden).flatMap((option) => option.flags);
}

function readValue(spec: OptionSpec, text: string): { value: string | number } | { fault: string } {
  const value = spec.valueType === 'int' ? wholeNumber(text) : text;
  if (value === undefined) return { fault: 'needs a whole number' };
  if (spec.choices !== undefined && !spec.choices.includes(value)) {
    return { fault: `is one of ${spec.choices.map((choice) => `\`${choice}\``).join(', ')}` };
  }
  return { value };
}

/** As Python's `int()` reads it, within the numbers that survive JSON. */
export function wholeNumber(text: string): number | undefined {
  const trimmed = text.trim();
  if (!/^[+-]?\d+(_\d+)*$/.test(trimmed)) return undefined;
  const value = Number(trimmed.replaceAll('_', ''));
  return Number.isSafeInteger(value) ? value : undefined;
}
