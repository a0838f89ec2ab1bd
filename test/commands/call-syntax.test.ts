import { describe, expect, it } from 'vitest';
import { readTyped } from '../../src/commands/pbook/call-syntax.ts';

const call = (line: string): unknown => {
  const typed = readTyped(line);
  if (typed.is !== 'call') return typed;
  const { positional, named } = typed.given;
  return [
    typed.command,
    positional.map(({ value }) => value),
    Object.fromEntries(named.map(({ name, value }) => [name, value])),
  ];
};

describe('a line at the prompt', () => {
  it.each([
    ["set_secret('K','V')", ['set_secret', ['K', 'V'], {}]],
    ['set_secret("K", "a=b,c", is_file=True)', ['set_secret', ['K', 'a=b,c'], { is_file: 'True' }]],
    ['  list_secrets( full = True )  # all', ['list_secrets', [], { full: 'True' }]],
    ['kill([1, 2,])', ['kill', [['1', '2']], {}]],
    ['kill((1, 2))', ['kill', [['1', '2']], {}]],
    ["show(123, format='long')", ['show', ['123'], { format: 'long' }]],
    ['show()', ['show', [], {}]],
    ['show(days=None)', ['show', [], { days: null }]],
    ['help(show)', ['help', ['show'], {}]],
    [String.raw`set_secret('it\'s', "a\\b\n\d")`, ['set_secret', ["it's", 'a\\b\n\\d'], {}]],
    ["set_secret('K', None)", ['set_secret', ['K', null], {}]],
    [
      "retry(7, newOpts={'nFilesPerJob': 10, 'excludedSite': ['A', 'B'],})",
      [
        'retry',
        ['7'],
        {
          newOpts: new Map<string, unknown>([
            ['nFilesPerJob', '10'],
            ['excludedSite', ['A', 'B']],
          ]),
        },
      ],
    ],
  ])('%s is a call', (line, expected) => {
    expect(call(line)).toEqual(expected);
  });

  it.each([
    ['list_secrets full=True', ['list_secrets', 'full=True']],
    ['secrets list', ['secrets', 'list']],
    ["set_secret K 'a b'", ['set_secret', 'K', 'a b']],
  ])('%s is words of batch', (line, words) => {
    const typed = readTyped(line);
    expect(typed.is === 'words' && typed.words.map(({ text }) => text)).toEqual(words);
  });

  it.each(['', '   ', '# a remark'])('`%s` is nothing', (line) => {
    expect(readTyped(line)).toEqual({ is: 'nothing' });
  });

  // The place is where the caret stands.
  it.each([
    ["set_secret('K', open('x').read())", 16, 'nothing is evaluated'],
    ["set_secret('K', 1 + 1)", 18, 'a comma or `)` is missing here; nothing is evaluated'],
    ["set_secret('K'", 14, 'the line ends before the call does'],
    ["set_secret('K", 11, 'a quote is opened here and never closed'],
    ['show() or kill(1)', 7, '`or kill(1)` stands behind the call'],
    ['kill([1, x])', 9, "`x` needs quotes, `'x'`, if it is a text; nothing is evaluated"],
    ['retry(1, newOpts={1 2})', 20, '`:` is missing here'],
    ["show(format='long', 123)", 20, 'stands behind one with a name'],
    [`kill(${'['.repeat(100_000)}`, 25, 'nested too deeply'],
    ["set_secret K 'V", 13, 'never closed'],
  ])('%s is refused', (line, at, message) => {
    expect(readTyped(line)).toEqual({ is: 'fault', at, message: expect.stringContaining(message) as string });
  });
});
