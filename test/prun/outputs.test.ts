import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datasetName, outputProblems, parseOutputs, typeOfPattern } from '../../src/prun/outputs.ts';

const file = (pattern: string, extra = {}) => ({
  pattern,
  kind: 'file',
  type: pattern,
  datasetSuffix: pattern,
  lfnSuffix: pattern,
  ...extra,
});

describe('outputs', () => {
  it.each([
    ['', []],
    ['seed.txt', [file('seed.txt')]],
    ['a.root, b.pool', [file('a.root'), file('b.pool')]],
    [
      'x*.txt',
      [
        {
          pattern: 'x*.txt',
          kind: 'wildcard',
          type: 'xXYZ.txt.tgz',
          datasetSuffix: 'xXYZ.txt.tgz',
          lfnSuffix: 'xXYZ.txt.tgz',
        },
      ],
    ],
    ['HIST:h.root', [file('h.root', { datasetSuffix: 'HIST' })]],
    [
      'regex|a.*\\.root,regex|b.*,N_T:regex|c.*,regex|d',
      [
        { pattern: 'regex|a.*\\.root', kind: 'regex', type: '0', datasetSuffix: '0', lfnSuffix: '' },
        { pattern: 'regex|b.*', kind: 'regex', type: '1', datasetSuffix: '1', lfnSuffix: '' },
        { pattern: 'regex|c.*', kind: 'regex', type: 'T', datasetSuffix: 'N_T', lfnSuffix: '' },
        { pattern: 'regex|d', kind: 'regex', type: '2', datasetSuffix: '2', lfnSuffix: '' },
      ],
    ],
    ['a,,b,', [file('a'), file('b')]],
  ])('%j are read', (value, specs) => expect(parseOutputs(value)).toEqual(specs));

  it('go to datasets named after their type', () => {
    expect(datasetName('user.alice.x_000_top', 'seed.txt')).toBe('user.alice.x_000_top_seed.txt/');
    expect(typeOfPattern('a*b*')).toBe('aXYZbXYZ.tgz');
  });

  it.each([
    ['', []],
    ['a.txt,H:b.txt,regex|.*[0-9]$', []],
    ['a.txt,', [[6, 6, 'an output without a name: a comma too many in `--outputs`']]],
    ['A:b:c', [[0, 5, '`A:b:c` has more than one colon; an output is `file` or `suffix:file`']]],
    ['A:', [[0, 2, '`A:` names no file after the colon']]],
    ['A:x,A:y', [[4, 7, 'the dataset suffix `A` is used twice in `--outputs`']]],
    [
      'out/x.txt',
      [[0, 9, 'the output `out/x.txt` contains `/`; outputs lie in the working directory of the job']],
    ],
    ['a.txt,x[1].txt', [[6, 14, 'the output `x[1].txt` contains `[`, which no file name may have']]],
  ])('problems of %j', (value, problems) => {
    expect(outputProblems(value).map(({ start, end, message }) => [start, end, message])).toEqual(problems);
  });

  it('never lose a name, whatever the value', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', '*', ':', ',', ' ', 'regex|', '_', '.')), (pieces) => {
        const value = pieces.join('');
        const names = value.split(',').filter((part) => part.trim() !== '');
        expect(parseOutputs(value)).toHaveLength(names.length);
      }),
    );
  });
});
