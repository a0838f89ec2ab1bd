import { expect, test } from 'vitest';
import {
  columnsOf,
  isContinuousIntegration,
  showsColor,
  showsLinks,
  showsUnicode,
} from '../../src/terminal/abilities.ts';

type Environment = Readonly<Record<string, string>>;

test.each<[string, boolean | undefined, Environment, boolean, boolean]>([
  ['a terminal has colour', undefined, { TERM: 'xterm' }, true, true],
  ['a terminal without TERM has colour', undefined, {}, true, true],
  ['a pipe has none', undefined, { TERM: 'xterm' }, false, false],
  ['a dumb terminal has none', undefined, { TERM: 'dumb' }, true, false],
  ['NO_COLOR takes it away', undefined, { NO_COLOR: '1' }, true, false],
  ['an empty NO_COLOR counts nothing', undefined, { NO_COLOR: '' }, true, true],
  ['NO_COLOR=0 is not empty', undefined, { NO_COLOR: '0' }, true, false],
  ['FORCE_COLOR gives it to a pipe', undefined, { FORCE_COLOR: '1' }, false, true],
  ['FORCE_COLOR gives it to a dumb terminal', undefined, { FORCE_COLOR: '3', TERM: 'dumb' }, true, true],
  ['FORCE_COLOR=0 takes it away', undefined, { FORCE_COLOR: '0' }, true, false],
  ['FORCE_COLOR=false takes it away', undefined, { FORCE_COLOR: 'false' }, true, false],
  ['an empty FORCE_COLOR counts nothing', undefined, { FORCE_COLOR: '' }, false, false],
  ['NO_COLOR wins over FORCE_COLOR', undefined, { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
  ['--color wins over NO_COLOR', true, { NO_COLOR: '1' }, false, true],
  ['--no-color wins over FORCE_COLOR', false, { FORCE_COLOR: '1' }, true, false],
])('%s', (_, flag, env, isTty, expected) => {
  expect(showsColor(flag, env, isTty)).toBe(expected);
});

test.each<[Environment, boolean]>([
  [{ LANG: 'en_US.UTF-8' }, true],
  [{ LANG: 'C.utf8' }, true],
  [{ LANG: 'C' }, false],
  [{ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, false],
  [{ LC_ALL: '', LC_CTYPE: 'de_CH.UTF-8', LANG: 'C' }, true],
  [{}, false],
  [{ WT_SESSION: 'x' }, true],
  [{ TERM_PROGRAM: 'vscode' }, true],
])('the locale %o decides about Unicode', (env, expected) => {
  expect(showsUnicode(env)).toBe(expected);
});

test.each<[Environment, boolean, boolean]>([
  [{ TERM_PROGRAM: 'iTerm.app' }, true, true],
  [{ TERM_PROGRAM: 'iTerm.app' }, false, false],
  [{ TERM_PROGRAM: 'iTerm.app', CI: 'true' }, true, false],
  [{ TERM_PROGRAM: 'iTerm.app', TMUX: '/tmp/x' }, true, false],
  [{ VTE_VERSION: '6003' }, true, true],
  [{ VTE_VERSION: '4800' }, true, false],
  [{ TERM: 'xterm-kitty' }, true, true],
  [{ TERM: 'xterm' }, true, false],
  [{ FORCE_HYPERLINK: '1' }, false, true],
  [{ FORCE_HYPERLINK: '0', TERM_PROGRAM: 'WezTerm' }, true, false],
])('links in %o, terminal %s: %s', (env, isTty, expected) => {
  expect(showsLinks(env, isTty)).toBe(expected);
});

test('CI counts unless it is empty, 0 or false', () => {
  const values = ['true', '1', 'woodpecker', '', '0', 'false'].map((value) =>
    isContinuousIntegration({ CI: value }),
  );
  expect([...values, isContinuousIntegration({})]).toEqual([true, true, true, false, false, false, false]);
});

test('the width comes from the stream, then from COLUMNS, then from what is usual', () => {
  expect(columnsOf(132, { COLUMNS: '40' }, true)).toBe(132);
  expect(columnsOf(0, { COLUMNS: '40' }, true)).toBe(40);
  expect(columnsOf(undefined, { COLUMNS: 'wide' }, true)).toBe(80);
  expect(columnsOf(undefined, {}, false)).toBe(100);
});
