import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { phpoOptions, prunOptions } from '../../src/prun/options.ts';
import { flagOf, numberOf, parseArguments, textOf, wholeNumber } from '../../src/prun/parse-args.ts';
import { asShellWords, quoteShellWord, splitShellWords } from '../../src/prun/shell-words.ts';

const parse = (line: string, table = prunOptions) => parseArguments(table, splitShellWords(line).words);
const problemsOf = (line: string) => parse(line).problems.map(({ kind, message }) => `${kind}: ${message}`);

describe('values', () => {
  it('come from `--a b` and `--a=b`, the last one winning', () => {
    const { values, given, problems } = parse(`--outputs=a.txt --nJobs 3 --outputs b.txt --exec 'echo %IN'`);
    expect(problems).toEqual([]);
    expect([textOf(values, 'outputs'), numberOf(values, 'nJobs'), textOf(values, 'jobParams')]).toEqual([
      'b.txt',
      3,
      'echo %IN',
    ]);
    expect([...given.keys()]).toEqual(['outputs', 'nJobs', 'jobParams']);
  });

  it('are the defaults where nothing was given', () => {
    const { values, given } = parse('');
    expect(given.size).toBe(0);
    expect(values.size).toBe(prunOptions.byDest.size);
    expect([values.get('nFilesPerJob'), values.get('nGBPerJob'), values.get('excludedSite')]).toEqual([
      -1,
      -1,
      [],
    ]);
    expect(textOf(values, 'inDS')).toBeUndefined();
    expect(flagOf(values, 'alrb')).toBe(true);
  });

  it('of a repeated option are collected', () => {
    expect(parse('--excludedSite A,B --excludedSite=C').values.get('excludedSite')).toEqual(['A,B', 'C']);
    expect(prunOptions.byDest.get('excludedSite')?.default).toEqual([]);
  });

  it('follow the alias of an option and unset flags', () => {
    const { values } = parse('--split 4 --nfiles 5 --wrapExecInContainer -v');
    expect([
      values.get('nJobs'),
      values.get('nFiles'),
      values.get('directExecInContainer'),
      values.get('verbose'),
    ]).toEqual([4, 5, false, true]);
  });

  it('may be a word that starts with a dash and has a blank, or is attached', () => {
    expect(textOf(parse(`--exec '-x y'`).values, 'jobParams')).toBe('-x y');
    expect(textOf(parse('--exec=--version').values, 'jobParams')).toBe('--version');
    expect(numberOf(parse('--nEvents=-5').values, 'nEvents')).toBe(-5);
    expect(textOf(parse('--match=').values, 'match')).toBeUndefined();
    expect(parse('--match=').given.has('match')).toBe(true);
  });

  it('have their place in the text', () => {
    const { given } = parse('--nJobs 3 --outputs=a --avoidVP');
    expect([given.get('nJobs'), given.get('outputs'), given.get('avoidVP')]).toMatchObject([
      { start: 8, end: 9 },
      { start: 10, end: 21 },
      { start: 22, end: 31 },
    ]);
  });
});

describe('beginnings of options', () => {
  it('stand for the whole when they fit one only', () => {
    const { values, problems } = parse('--outp a.txt --avoidV --forceSt --nGBPerJ=3');
    expect(problems).toEqual([]);
    expect([textOf(values, 'outputs'), flagOf(values, 'avoidVP'), flagOf(values, 'forceStaged')]).toEqual([
      'a.txt',
      true,
      true,
    ]);
    expect(values.get('nGBPerJob')).toBe('3');
  });

  it('are refused when they fit several', () => {
    expect(problemsOf('--nEventsPer 3')).toEqual([
      'ambiguous-option: `--nEventsPer` may mean `--nEventsPerFile`, `--nEventsPerJob`',
    ]);
  });
});

describe('problems', () => {
  it.each([
    ['--nJob', ['missing-value: `--nJobs` needs a value']],
    ['--nJobs', ['missing-value: `--nJobs` needs a value']],
    ['--nJobs --avoidVP', ['missing-value: `--nJobs` needs a value']],
    [
      '--nEvents -5',
      [
        'missing-value: `--nEvents` needs a value; write `--nEvents=-5` for one that starts with a dash',
        'unknown-option: `prun` has no option `-5`',
      ],
    ],
    ['--nJobs many', ['bad-value: `--nJobs` needs a whole number, not `many`']],
    ['--nJobs 1.5', ['bad-value: `--nJobs` needs a whole number, not `1.5`']],
    ['--nCore 4', ['bad-value: `--nCore` is one of `1`, `8`, not `4`']],
    ['--avoidVP=yes', ['bad-value: `--avoidVP` takes no value, but is given `yes`']],
    ['stray', ['unexpected-argument: unexpected argument `stray`; `prun` takes options only']],
    ['--outptus a.txt', ['unknown-option: `prun` has no option `--outptus`']],
    ['--cloud US', ['removed-option: `--cloud` was removed from `prun`']],
    ['--libDS=x', ['removed-option: `--libDS` was removed from `prun`']],
    [
      '--forceStagedSecondary',
      [
        'removed-option: `--forceStagedSecondary` is not for the arguments of a step: the server adds it to a junction itself',
      ],
    ],
  ])('%s', (line, problems) => expect(problemsOf(line)).toEqual(problems));

  it('are all reported, with the nearest option and their place', () => {
    const { problems } = parse('--nJobs x --outptus a.txt stray');
    expect(problems.map(({ kind, start, end, nearest }) => ({ kind, start, end, nearest }))).toEqual([
      { kind: 'bad-value', start: 8, end: 9, nearest: undefined },
      { kind: 'unknown-option', start: 10, end: 19, nearest: '--outputs' },
      { kind: 'unexpected-argument', start: 26, end: 31, nearest: undefined },
    ]);
  });

  it('never suggest an option that the help hides', () => {
    for (const option of prunOptions.options.filter(({ hidden }) => hidden)) {
      const [name = ''] = option.flags;
      expect(parse(`${name}x`).problems[0]?.nearest).not.toBe(name);
    }
  });

  it('lie inside the text, whatever it is', () => {
    const word = fc.constantFrom(
      '--',
      '-',
      '-v',
      '-vy',
      '-3',
      '-x',
      '--exec',
      '--nJobs',
      '5',
      '-5',
      'é',
      '--n',
      '--a=b',
      '=',
    );
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const length = words.map(quoteShellWord).join(' ').length;
        for (const { start, end } of parseArguments(prunOptions, asShellWords(words)).problems) {
          expect(start).toBeLessThanOrEqual(end);
          expect(end).toBeLessThanOrEqual(length);
        }
      }),
    );
  });
});

describe('phpo', () => {
  it('has its own table', () => {
    const { values, problems } = parse('--maxPoints 20 --steeringExec "run --rm x"', phpoOptions);
    expect(problems).toEqual([]);
    expect([numberOf(values, 'maxPoints'), numberOf(values, 'nPointsPerIteration')]).toEqual([20, 2]);
    expect(parse('--outputs a', phpoOptions).problems[0]?.message).toBe('`phpo` has no option `--outputs`');
  });
});

describe('whole numbers', () => {
  it.each([
    ['5', 5],
    [' +5 ', 5],
    ['1_000', 1000],
    ['-3', -3],
    ['', undefined],
    ['5.0', undefined],
    ['0x10', undefined],
    ['1__0', undefined],
    ['99999999999999999999', undefined],
  ])('%j is %j', (text, value) => expect(wholeNumber(text)).toBe(value));
});
