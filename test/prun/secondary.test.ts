import { describe, expect, it } from 'vitest';
import { parseSecondary } from '../../src/prun/secondary.ts';

const messages = (value: string) =>
  parseSecondary(value).problems.map(({ kind, message }) => `${kind}: ${message}`);

describe('secondary datasets', () => {
  it('are read field by field', () => {
    expect(parseSecondary('IN2:2:user.a.x/,BG#0#mc:mc.y^mc:mc.z/#*.root#5#list.txt')).toEqual({
      streams: [
        {
          stream: 'IN2',
          nFilesPerJob: 2,
          dataset: 'user.a.x/',
          match: '',
          nSkip: 0,
          fileList: '',
          start: 0,
          end: 15,
        },
        {
          stream: 'BG',
          nFilesPerJob: 0,
          dataset: 'mc:mc.y,mc:mc.z/',
          match: '*.root',
          nSkip: 5,
          fileList: 'list.txt',
          start: 16,
          end: 55,
        },
      ],
      problems: [],
    });
  });

  it('may be none', () => expect(parseSecondary('')).toEqual({ streams: [], problems: [] }));

  it.each([
    ['IN2:2', ['format: `IN2:2` in `--secondaryDSs` is not `stream:nFiles:dataset[:match[:nSkip]]`']],
    [
      'a:1:b:c:1:d:e',
      ['format: `a:1:b:c:1:d:e` in `--secondaryDSs` is not `stream:nFiles:dataset[:match[:nSkip]]`'],
    ],
    ['IN2:1:x,', ['format: `` in `--secondaryDSs` is not `stream:nFiles:dataset[:match[:nSkip]]`']],
    ['IN2:two:x', ['number: `two` in `--secondaryDSs` is not a whole number']],
    ['IN2:1:x:m:y', ['number: `y` in `--secondaryDSs` is not a whole number']],
    [
      'IN2:1:mc16:mc16.123.x',
      ['scope: `mc16` is read as the dataset and `mc16.123.x` as a filter; write `IN2#1#mc16:mc16.123.x`'],
    ],
    [
      'IN2:1:x,IN2:1:x',
      [
        'repeated-stream: the stream `IN2` is used twice in `--secondaryDSs`',
        'repeated-dataset: the dataset `x` is listed twice in `--secondaryDSs`; only the last one counts',
      ],
    ],
  ])('%s has problems', (value, expected) => expect(messages(value)).toEqual(expected));

  it('that cannot be read have their place, and do not hide the others', () => {
    const { streams, problems } = parseSecondary('IN2:1:x,bad,IN3:1:y');
    expect(streams.map(({ stream }) => stream)).toEqual(['IN2', 'IN3']);
    expect(problems.map(({ start, end }) => [start, end])).toEqual([[8, 11]]);
  });
});
