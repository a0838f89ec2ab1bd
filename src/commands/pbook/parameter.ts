// Parameters of pbook's commands: what each takes, what it means when it is left out, and how it is read.
import { UsageError } from '../../base/errors.ts';
import type { Given } from './given.ts';

/** What a parameter takes. */
export interface Kind<Value> {
  /** For people, behind "must be": `a number`. */
  readonly wants: string;
  /** All values that there are; empty where they cannot be listed. */
  readonly choices: readonly string[];
  /** Any word is a value of it, also one that holds `=` or says `None`. */
  readonly isText: boolean;
  /** Given by its name alone in batch: `--soft`. */
  readonly isTruth: boolean;
  /** `undefined`: it does not fit. */
  readonly read: (given: Exclude<Given, null>) => Value | undefined;
}

export interface Parameter<Value> {
  readonly kind: Kind<unknown>;
  readonly help: string;
  readonly isRequired: boolean;
  /** Only as `name=value`. */
  readonly isNamed: boolean;
  /** What it is when it is left out, as people write it; `undefined`: nothing. */
  readonly fallback: string | undefined;
  /** @throws UsageError for what does not fit; it never repeats a text, which may be a secret */
  readonly read: (given: Given | undefined, name: string) => Value;
}

export function required<Value>(kind: Kind<Value>, help: string): Parameter<Value> {
  const read = (given: Given | undefined, name: string): Value => {
    if (given === undefined || given === null || given === '')
      throw new UsageError(`\`${name}\` is not given: ${help}`);
    return fitting(kind, given, name);
  };
  return { kind, help, isRequired: true, isNamed: false, fallback: undefined, read };
}

/** `undefined` when it is left out, or `None`. */
export function optional<Value>(kind: Kind<Value>, help: string): Parameter<Value | undefined> {
  const read = (given: Given | undefined, name: string): Value | undefined =>
    given === undefined || given === null ? undefined : fitting(kind, given, name);
  return { kind, help, isRequired: false, isNamed: false, fallback: undefined, read };
}

/** @param fallback what is read when it is left out, or `None` */
export function defaulting<Value>(kind: Kind<Value>, fallback: string, help: string): Parameter<Value> {
  const read = (given: Given | undefined, name: string): Value => fitting(kind, given ?? fallback, name);
  return { kind, help, isRequired: false, isNamed: false, fallback, read };
}

export interface Window {
  /** `undefined`: whenever it was. */
  readonly days: number | undefined;
  readonly isGiven: boolean;
}

/** How many days to look back; `None`: all of them. */
export function daysBack(fallback: number, help: string): Parameter<Window> {
  const read = (given: Given | undefined, name: string): Window =>
    given === undefined
      ? { days: fallback, isGiven: false }
      : { days: given === null ? undefined : fitting(number, given, name), isGiven: true };
  return { kind: number, help, isRequired: false, isNamed: false, fallback: String(fallback), read };
}

export function named<Value>(parameter: Parameter<Value>): Parameter<Value> {
  return { ...parameter, isNamed: true };
}

function fitting<Value>(kind: Kind<Value>, given: Exclude<Given, null>, name: string): Value {
  const value = kind.read(given);
  if (value !== undefined) return value;
  const shown = typeof given === 'string' && !kind.isText ? `, not \`${given}\`` : '';
  throw new UsageError(`\`${name}\` must be ${kind.wants}${shown}`);
}

function kind<Value>(
  wants: string,
  read: Kind<Value>['read'],
  more: Partial<Pick<Kind<Value>, 'choices' | 'isText' | 'isTruth'>> = {},
): Kind<Value> {
  return { wants, read, choices: [], isText: false, isTruth: false, ...more };
}

/** Exactly what was written, whatever it looks like. */
export const text = kind<string>('a text', (given) => (typeof given === 'string' ? given : undefined), {
  isText: true,
});

/** A name that somebody else gave, like that of a task. */
export const word = kind<string>('a text', (given) =>
  typeof given === 'string' && given !== '' ? given : undefined,
);

export const truth = kind<boolean>(
  '`True` or `False`',
  (given) => {
    if (typeof given !== 'string' || !/^(?:true|false)$/i.test(given)) return undefined;
    return given.toLowerCase() === 'true';
  },
  { choices: ['True', 'False'], isTruth: true },
);

export const number = kind<number>('a number above 0', (given) =>
  typeof given === 'string' && /^\d{1,9}$/.test(given) && Number(given) > 0 ? Number(given) : undefined,
);

/** Ids of tasks or requests, each once; `all`, `run` and the like where a command knows such words. */
export function ids<const Names extends readonly string[]>(
  ...names: Names
): Kind<readonly number[] | Names[number]> {
  const others = names.map((name) => ` or \`${name}\``).join('');
  return kind<readonly number[] | Names[number]>(
    `the id of a task or a request, several with commas between${others}`,
    (given) => {
      const found = names.find((name) => name === given);
      return found ?? numbers(given);
    },
    { choices: names },
  );
}

function numbers(given: Exclude<Given, null>): readonly number[] | undefined {
  const items = typeof given === 'string' ? given.split(',') : Array.isArray(given) ? given : [];
  const read = items.map((item: unknown) =>
    typeof item === 'string' && /^\s*\d{1,15}\s*$/.test(item) ? Number(item) : Number.NaN,
  );
  return read.length === 0 || read.some(Number.isNaN) ? undefined : [...new Set(read)];
}

/** One id. */
export const id = kind<number>('an id, which is a number', (given) => {
  const read = numbers(given);
  return read?.length === 1 ? read[0] : undefined;
});

export function oneOf<const Name extends string>(...names: readonly Name[]): Kind<Name> {
  const wants = `one of ${names.map((name) => `\`${name}\``).join(', ')}`;
  return kind<Name>(wants, (given) => names.find((name) => name === given), { choices: names });
}

/** One or several words: a list, or a text with commas or `|` between them. */
export const words = kind<readonly string[]>('a word, several with commas between', (given) => {
  const items: readonly unknown[] =
    typeof given === 'string' ? given.split(/[,|]/) : Array.isArray(given) ? given : [];
  const read = items.map((item) => (typeof item === 'string' ? item.trim() : ''));
  return read.length === 0 || read.includes('') ? undefined : read;
});

/** A value as it was written, or a list of such. */
export const valueOrList = kind<string | readonly string[]>('a value', (given) => {
  if (typeof given === 'string') return given;
  if (!Array.isArray(given)) return undefined;
  const items: readonly unknown[] = given;
  const read = items.filter((item) => typeof item === 'string');
  return read.length === items.length ? read : undefined;
});

/** A dictionary: `{'nFilesPerJob': 10}`. */
export const dictionary = kind<ReadonlyMap<string, Given>>(
  "a dictionary like `{'nFilesPerJob': 10}`, which can be given at the prompt only",
  (given) => (given instanceof Map ? (given as ReadonlyMap<string, Given>) : undefined),
);
