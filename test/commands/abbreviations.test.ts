import { expect, it } from 'vitest';
import { expandAbbreviations } from '../../src/commands/abbreviations.ts';

const options = [
  '--cwl',
  '--outDS',
  '--output',
  '--noSubmit',
  '--vo',
  '--voms',
  '--verbose',
  '--timeout',
  '--server',
];
const written = (...words: string[]): readonly string[] => expandAbbreviations(words, options);

it('writes out options of the official client that are cut short', () => {
  expect(written('--cw', 'w.cwl', '--outD', 'user.a.b', '--noSub')).toEqual([
    ...['--cwl', 'w.cwl', '--outDS', 'user.a.b', '--noSubmit'],
  ]);
  expect(written('--outD=user.a.b')).toEqual(['--outDS=user.a.b']);
});

it('prefers what the official client would take it for', () => {
  expect(written('--out', 'user.a.b')).toEqual(['--outDS', 'user.a.b']);
});

it('leaves whole options, values and what it does not know alone', () => {
  const words = ['--vo', '--ou', '--frobnicate', '-v', 'plain', '--', '--cw'];
  expect(written(...words)).toEqual(['--vo', '--outDS', '--frobnicate', '-v', 'plain', '--', '--cw']);
});

it('says what may be meant when it is not clear', () => {
  expect(() => expandAbbreviations(['--s'], ['--server', '--strict'])).toThrow(
    '`--s` may mean `--server` or `--strict`',
  );
});
