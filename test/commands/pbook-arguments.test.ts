// What the commands of pbook make of their arguments, in batch and at the prompt.
import { describe, expect, it } from 'vitest';
import { readTyped } from '../../src/commands/pbook/call-syntax.ts';
import { argumentsOfWords, bind, type PbookCommand } from '../../src/commands/pbook/command.ts';
import { commandNamed, pbookCommands } from '../../src/commands/pbook/commands.ts';
import { batchForm } from '../../src/commands/pbook/help.ts';
import type { GivenArguments } from '../../src/commands/pbook/given.ts';
import { describeWithShared, sharedJson } from '../rigs/shared.ts';

function known(name: string): PbookCommand {
  const command = commandNamed(name);
  if (command === undefined) throw new Error(`there is no command ${name}`);
  return command;
}

/** What is given of the parameters of a command; those that are left out are left out here, too. */
function valuesOf(name: string, given: GivenArguments): Readonly<Record<string, unknown>> {
  const all = bind(name, known(name).parameters, given);
  const empty = bind(name, optionalOnly(known(name)), { positional: [], named: [] });
  return Object.fromEntries(
    Object.entries(all).filter(
      ([key, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(empty[key]),
    ),
  );
}

function optionalOnly(command: PbookCommand): PbookCommand['parameters'] {
  return Object.fromEntries(Object.entries(command.parameters).filter(([, { isRequired }]) => !isRequired));
}

function typed(line: string): Readonly<Record<string, unknown>> {
  const read = readTyped(line);
  if (read.is !== 'call') throw new Error(`\`${line}\` is no call: ${JSON.stringify(read)}`);
  return valuesOf(read.command, read.given);
}

function batch(line: string): Readonly<Record<string, unknown>> {
  const [name = '', ...words] = line.split(' ');
  return valuesOf(
    name,
    argumentsOfWords(
      known(name),
      words.map((text) => ({ text, at: undefined })),
    ),
  );
}

describe('arguments', () => {
  it.each([
    ['show 123 format=long', { some_ids: [123], format: 'long' }],
    ['show 123 --format=long', { some_ids: [123], format: 'long' }],
    ['show 123 --format long', { some_ids: [123], format: 'long' }],
    ['show run', { some_ids: 'run' }],
    ['show 1,2,1', { some_ids: [1, 2] }],
    ['show days=None limit=5', { days: { days: undefined, isGiven: true }, limit: 5 }],
    ['show status=done,failed', { status: ['done', 'failed'] }],
    ['show None', {}],
    ['kill all', { taskIDs: 'all' }],
    ['finish 1 True', { taskIDs: [1], soft: true }],
    ['finish 1 --soft', { taskIDs: [1], soft: true }],
    ['finish 1 --no-soft', { taskIDs: [1] }],
    ['retry 1 nFilesPerJob=10 excludedSite=A,B', { taskIDs: [1], nFilesPerJob: '10', excludedSite: 'A,B' }],
    // A secret is a text, whatever it looks like.
    ['set_secret K abc==', { key: 'K', value: 'abc==' }],
    ['set_secret K a,b', { key: 'K', value: 'a,b' }],
    ['set_secret K 123', { key: 'K', value: '123' }],
    ['set_secret K True', { key: 'K', value: 'True' }],
    ['set_secret K None', { key: 'K', value: 'None' }],
    ['set_secret K user=alice', { key: 'K', value: 'user=alice' }],
    ['set_secret K --dashes', { key: 'K', value: '--dashes' }],
    ['set_secret K value=a=b', { key: 'K', value: 'a=b' }],
    ['set_secret K f.pem is_file=True', { key: 'K', value: 'f.pem', is_file: true }],
  ])('`%s` is read in batch', (line, expected) => {
    expect(batch(line)).toEqual(expected);
  });

  it.each([
    ['show fromat=long', '`show` has no parameter `fromat`'],
    ['show --constructor', '`show` has no parameter `constructor`'],
    ['show --no-constructor', '`show` has no parameter `no`'],
    ['show abc', '`some_ids` must be the id of a task or a request'],
    ['show 1 format=wide', '`format` must be one of `standard`, `long`, `plain`, `json`, not `wide`'],
    ['show limit=0', '`limit` must be a number above 0, not `0`'],
    ['kill', '`taskIDs` is not given'],
    ['kill 1 2', '`kill` takes at most 1: taskIDs'],
    ['kill -1', 'must be the id of a task'],
    ['finish 1 soft=maybe', '`soft` must be `True` or `False`, not `maybe`'],
    ['finish 1 soft=True soft=False', '`soft` is given twice'],
    ['finish 1 --soft=', '`soft` must be'],
    ['retry 1 newOpts=x', '`newOpts` must be a dictionary'],
    ['delete_all_secrets now', '`delete_all_secrets` takes no arguments'],
    ['set_secret', '`key` is not given'],
    ['show --format', '`--format` needs a value'],
  ])('`%s` is refused', (line, message) => {
    expect(() => batch(line)).toThrow(message);
  });

  it('that do not fit are not repeated where they may be secret', () => {
    expect(() => typed("set_secret('K', ['hush'])")).toThrow(/^`value` must be a text$/);
  });
});

describe('the help', () => {
  const examples = pbookCommands.flatMap(({ name, examples: calls }) =>
    calls.map((call) => [name, call] as const),
  );

  it.each(examples)('of %s shows `%s`, which is a call, and in batch means the same', (name, call) => {
    const read = typed(call.replace(/^\w+/, name));
    // A dictionary at the prompt is several arguments in batch.
    const { newOpts, ...rest } = read;
    const entries = newOpts instanceof Map ? (Object.fromEntries(newOpts) as object) : {};
    expect(batch(batchForm(name, call))).toEqual({ ...rest, ...entries });
  });
});

interface Documented {
  readonly commands: readonly {
    readonly name: string;
    readonly listed_in_help: boolean;
    readonly arguments: readonly {
      readonly name: string;
      readonly kind: string;
      readonly default?: string | number | boolean | null;
    }[];
    readonly keyword_arguments_of_core?: readonly {
      readonly name: string;
      readonly default: string | number | boolean | null;
    }[];
    readonly allowed_option_names?: readonly string[];
  }[];
}

describeWithShared('the commands of the official client', () => {
  it('are all there, with the same parameters in the same order and the same values when left out', () => {
    const { commands } = sharedJson('facts', 'options', 'pbook-commands.json') as Documented;
    for (const { name, arguments: declared, ...more } of commands) {
      // Of both programs, help belongs to the program itself.
      if (name === 'help') continue;
      const command = known(name);
      const plain = declared.filter(({ kind }) => kind === 'arg');
      const wanted = [...plain, ...(more.keyword_arguments_of_core ?? [])].filter(
        // `showl` has a format of its own.
        (parameter) => !(name === 'showl' && parameter.name === 'format'),
      );
      const ours = Object.entries(command.parameters);
      expect(ours.filter(([, { isNamed }]) => !isNamed).map(([key]) => key)).toEqual(
        wanted.map((one) => one.name),
      );
      const options = more.allowed_option_names ?? [];
      expect(
        ours
          .filter(([, { isNamed }]) => isNamed)
          .map(([key]) => key)
          .toSorted(),
      ).toEqual(options.toSorted());
      for (const one of wanted) {
        const fallback = command.parameters[one.name]?.fallback;
        if (fallback === undefined || one.default === null || one.default === undefined) continue;
        expect(fallback.toLowerCase(), `${name} ${one.name}`).toBe(String(one.default));
      }
      expect(command.isHidden === true, name).toBe(!more.listed_in_help);
    }
  });
});
