// What an option table is made of, and the few words the tables are written in.

/** `null` is Python's `None`: the option was not given and has no default. */
export type OptionValue = string | number | boolean | null | readonly string[];

export interface OptionSpec {
  /** As typed, dashes included; the first is the name that messages use. */
  readonly flags: readonly string[];
  /** The name of the value in the parsed result; mostly the long flag without dashes (`--exec` is `jobParams`). */
  readonly dest: string;
  /** `flag`: takes no value; `one`: takes exactly one. */
  readonly arity: 'flag' | 'one';
  readonly valueType: 'str' | 'int';
  readonly default: OptionValue;
  /** What a flag sets. */
  readonly const: boolean | undefined;
  readonly choices: readonly (string | number)[] | undefined;
  /** True when every use adds to a list; otherwise the last use wins. */
  readonly repeated: boolean;
  /** True when the program's help does not show it. */
  readonly hidden: boolean;
  /** The heading of the program's help under which it stands. */
  readonly group: string;
}

export interface OptionTable {
  readonly program: 'prun' | 'phpo';
  readonly options: readonly OptionSpec[];
  readonly byFlag: ReadonlyMap<string, OptionSpec>;
  readonly byDest: ReadonlyMap<string, OptionSpec>;
  /** Flags of former versions, refused today. */
  readonly removed: ReadonlySet<string>;
}

interface SpecExtras {
  readonly dest?: string;
  readonly default?: boolean;
  readonly choices?: readonly (string | number)[];
  readonly hidden?: boolean;
}

type Ungrouped = Omit<OptionSpec, 'group'>;

export function optionTable(
  program: OptionTable['program'],
  removed: readonly string[],
  options: readonly OptionSpec[],
): OptionTable {
  return {
    program,
    options,
    byFlag: new Map(options.flatMap((option) => option.flags.map((name) => [name, option]))),
    byDest: new Map(options.map((option) => [option.dest, option])),
    removed: new Set(removed),
  };
}

export function inGroup(group: string, options: readonly Ungrouped[]): OptionSpec[] {
  return options.map((option) => ({ ...option, group }));
}

/** A flag that sets true. `flags`: names separated by blanks. */
export function flag(flags: string, extras: SpecExtras = {}): Ungrouped {
  return spec(flags, extras, { arity: 'flag', default: extras.default ?? false, const: true });
}

/** A flag that sets false what is true by default. */
export function unsetFlag(flags: string, extras: SpecExtras = {}): Ungrouped {
  return spec(flags, extras, { arity: 'flag', default: true, const: false });
}

/** An option with a text value; its default need not be one (`--nGBPerJob` is -1 until given). */
export function text(
  flags: string,
  defaultValue: string | number | null,
  extras: SpecExtras = {},
): Ungrouped {
  return spec(flags, extras, { default: defaultValue });
}

/** An option with a whole number. */
export function integer(flags: string, defaultValue: number | null, extras: SpecExtras = {}): Ungrouped {
  return spec(flags, extras, { valueType: 'int', default: defaultValue });
}

/** An option that may be given several times; its value is the list of all. */
export function repeated(flags: string, extras: SpecExtras = {}): Ungrouped {
  return spec(flags, extras, { default: [], repeated: true });
}

function spec(
  flags: string,
  extras: SpecExtras,
  parts: Partial<Ungrouped> & Pick<Ungrouped, 'default'>,
): Ungrouped {
  const names = flags.split(' ');
  return {
    flags: names,
    dest: extras.dest ?? (names[0] ?? '').replace(/^-+/, ''),
    arity: 'one',
    valueType: 'str',
    const: undefined,
    choices: extras.choices,
    repeated: false,
    hidden: extras.hidden ?? false,
    ...parts,
  };
}
