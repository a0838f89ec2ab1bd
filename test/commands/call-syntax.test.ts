import { describe, expect, it } from 'vitest';
import { readTyped } from '../../src/commands/pbook/call-syntax.ts';

const call = (line: string): unknown => {
  const typed = readTyped(line);
  return typed.is === 'call' ? [typed.command, [...typed.values], Object.fromEntries(typed.named)] : typed;
};

describe('a line at the prompt', () => {
  it.each([
    ["set_secret('K','V')", ['set_secret', ['K', 'V'], {}]],
    ['set_secret("K", "a=b,c", is_file=True)', ['set_secret', ['K', 'a=b,c'], { is_file: 'True' }]],
    ['  list_secrets( full = True )  # all', ['list_secrets', [], { full: 'True' }]],
    ['kill([1, 2,])', ['kill', ['1,2'], {}]],
    ["show(123, format='long')", ['show', ['123'], { format: 'long' }]],
    ['show()', ['show', [], {}]],
    ['help(show)', ['help', ['show'], {}]],
    [String.raw`set_secret('it\'s', "a\\b\n\d")`, ['set_secret', ["it's", 'a\\b\n\\d'], {}]],
    ["set_secret('K', None)", ['set_secret', ['K', ''], {}]],
  ])('%s is a call', (line, expected) => {
    expect(call(line)).toEqual(expected);
  });

  it.each([
    ['list_secrets full=True', ['list_secrets', 'full=True']],
    ['secrets list', ['secrets', 'list']],
    ["set_secret K 'a b'", ['set_secret', 'K', 'a b']],
  ])('%s is words of batch', (line, words) => {
    expect(readTyped(line)).toEqual({ is: 'words', words });
  });

  it.each(['', '   ', '# a remark'])('`%s` is nothing', (line) => {
    expect(readTyped(line)).toEqual({ is: 'nothing' });
  });

  it.each([
    ["set_secret('K', open('x').read())", 'nothing is evaluated'],
    ["set_secret('K', 1 + 1)", 'nothing is evaluated'],
    ["set_secret('K'", 'the line ends before the call does'],
    ["set_secret('K", 'the line ends before the call does'],
    ['show() or kill(1)', 'stands behind the call'],
    ['kill([1, x])', 'nothing is evaluated'],
    ["set_secret K 'V", 'never closed'],
  ])('%s is refused', (line, message) => {
    expect(readTyped(line)).toEqual({ is: 'fault', message: expect.stringContaining(message) as string });
  });
});
