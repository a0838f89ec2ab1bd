// What a command of pbook is. Each is declared once; batch, prompt, help and completion are made from that.
import { closest } from '../../base/closest.ts';
import { UsageError } from '../../base/errors.ts';
import type { ExitCode } from '../../base/exit-code.ts';
import type { Host } from '../host.ts';
import type { GivenArguments, GivenValue, NamedValue, Word } from './given.ts';
import type { Parameter } from './parameter.ts';

/** In the order in which they are given without names. */
export type Parameters = Readonly<Record<string, Parameter<unknown>>>;

export type ValuesOf<Declared extends Parameters> = {
  readonly [Name in keyof Declared]: Declared[Name] extends Parameter<infer Value> ? Value : never;
};

/** How a command was called. */
export interface Call {
  readonly host: Host;
  /** Options with dashes: `server`, `yes`, `json`. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Other users of this machine can read the arguments. */
  readonly isOnCommandLine: boolean;
  /** Told of ids that were shown, for completion. */
  readonly onIds: (ids: readonly number[]) => void;
}

export type Group = 'Tasks' | 'Jobs and files' | 'Workflows' | 'Secrets' | 'Signing in';

interface About {
  readonly name: string;
  readonly group: Group;
  /** One line. */
  readonly summary: string;
  /** What more there is to say; lines as they are shown. */
  readonly notes?: string;
  /** Calls as they are typed at the prompt. */
  readonly examples: readonly string[];
  /** Options of the command line alone. */
  readonly flags?: Readonly<Record<string, string>>;
  /** A line with it may hold a secret. */
  readonly mayHoldSecret?: boolean;
  /** Another name of one that is listed. */
  readonly isHidden?: boolean;
}

export interface PbookCommand extends About {
  readonly parameters: Parameters;
  /** Reads the arguments, and gives what runs with them.
   *  @throws ArgumentFault for arguments that do not fit */
  readonly prepare: (given: GivenArguments) => (call: Call) => Promise<ExitCode>;
}

/** Declares a command. What it does is loaded when it runs. */
export function command<const Declared extends Parameters>(
  about: About & {
    readonly parameters: Declared;
    readonly run: (values: ValuesOf<Declared>, call: Call) => Promise<ExitCode>;
  },
): PbookCommand {
  const { run, ...rest } = about;
  return {
    ...rest,
    prepare: (given) => {
      const values = bind(rest.name, rest.parameters, given) as ValuesOf<Declared>;
      return (call) => run(values, call);
    },
  };
}

/** Arguments that do not fit, and where the one stands that does not. */
export class ArgumentFault extends UsageError {
  readonly at: number | undefined;

  constructor(message: string, at: number | undefined, hint?: string) {
    super(message, { hint });
    this.at = at;
  }
}

/** Puts what was given to the parameters of a command, and reads it.
 *  @throws ArgumentFault for what does not fit */
export function bind(
  name: string,
  parameters: Parameters,
  { positional, named }: GivenArguments,
): Readonly<Record<string, unknown>> {
  const given = new Map<string, GivenValue>();
  for (const value of named) {
    if (!Object.hasOwn(parameters, value.name)) throw unknownParameter(name, parameters, value);
    if (given.has(value.name)) throw new ArgumentFault(`\`${value.name}\` is given twice`, value.at);
    given.set(value.name, value);
  }
  const open = Object.keys(parameters).filter((key) => !given.has(key) && parameters[key]?.isNamed !== true);
  for (const [index, value] of positional.entries()) {
    const key = open[index];
    if (key === undefined) throw tooMany(name, parameters, value);
    given.set(key, value);
  }
  return Object.fromEntries(
    Object.entries(parameters).map(([key, parameter]) => [key, readOne(key, parameter, given.get(key))]),
  );
}

function readOne(name: string, parameter: Parameter<unknown>, given: GivenValue | undefined): unknown {
  try {
    return parameter.read(given?.value, name);
  } catch (thrown) {
    if (!(thrown instanceof UsageError)) throw thrown;
    throw new ArgumentFault(thrown.message, given?.at, thrown.hint);
  }
}

function unknownParameter(
  command: string,
  parameters: Parameters,
  { name, at }: Pick<NamedValue, 'name' | 'at'>,
): ArgumentFault {
  const names = Object.keys(parameters);
  const near = closest(name, names);
  const hint =
    near === undefined
      ? names.length === 0
        ? undefined
        : `it has ${names.join(', ')}`
      : `did you mean \`${near}\`?`;
  return new ArgumentFault(`\`${command}\` has no parameter \`${name}\``, at, hint);
}

function tooMany(command: string, parameters: Parameters, { at }: GivenValue): ArgumentFault {
  const names = Object.keys(parameters).filter((key) => parameters[key]?.isNamed !== true);
  const most = names.length === 0 ? 'no arguments' : `at most ${names.length}: ${names.join(', ')}`;
  const hint = /ids$/i.test(names[0] ?? '')
    ? `several ids are one argument, with commas between: \`${command} 123,456\``
    : undefined;
  return new ArgumentFault(`\`${command}\` takes ${most}`, at, hint);
}

/** Arguments from the words of batch: `VALUE`, `name=VALUE`, `--name=VALUE`, `--name VALUE`, `--flag` and `--no-flag`. Only a
 *  parameter's own name makes a word one with a name: a secret may hold `=`, as base64 does.
 *  @throws UsageError for a name that there is not */
export function argumentsOfWords(
  { name: command, parameters }: PbookCommand,
  words: readonly Word[],
): GivenArguments {
  const positional: GivenValue[] = [];
  const named: NamedValue[] = [];
  const queue = [...words];
  const open = (): Parameter<unknown> | undefined =>
    Object.entries(parameters).filter(
      ([key, { isNamed }]) => !isNamed && !named.some(({ name }) => name === key),
    )[positional.length]?.[1];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    const { text, at } = word;
    const [, dashes = '', key = '', equals, value = ''] =
      /^(-{0,2})([A-Za-z_]\w*)(=)?([^]*)$/.exec(text) ?? [];
    const parameter = parameterOf(parameters, key);
    if (parameter !== undefined && equals !== undefined) {
      named.push({ name: key, value: orNone(value, parameter), at });
    } else if (parameter !== undefined && dashes === '--' && value === '') {
      const next = parameter.kind.isTruth ? 'True' : queue.shift()?.text;
      if (next === undefined) throw new ArgumentFault(`\`${text}\` needs a value`, at);
      named.push({ name: key, value: orNone(next, parameter), at });
    } else if (parameterOf(parameters, negated(text))?.kind.isTruth === true) {
      named.push({ name: negated(text), value: 'False', at });
    } else {
      const next = open();
      // What looks like a name in front of a value is one, except where any text is a value.
      if (next?.kind.isText !== true && (equals !== undefined || dashes !== ''))
        throw unknownParameter(command, parameters, { name: key, at });
      positional.push({ value: orNone(text, next), at });
    }
  }
  return { positional, named };
}

function parameterOf(parameters: Parameters, name: string): Parameter<unknown> | undefined {
  return Object.hasOwn(parameters, name) ? parameters[name] : undefined;
}

function negated(text: string): string {
  return /^--no-(.*)$/.exec(text)?.[1] ?? '';
}

/** `None` says that there is no value, except where any text is one. */
function orNone(text: string, parameter: Parameter<unknown> | undefined): string | null {
  const canBeNone = parameter !== undefined && !parameter.isRequired && !parameter.kind.isText;
  return text === 'None' && canBeNone ? null : text;
}
