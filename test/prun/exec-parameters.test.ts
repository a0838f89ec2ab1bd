import { describe, expect, it } from 'vitest';
import { parseAthenaTag } from '../../src/prun/athena-tag.ts';
import { databaseReleaseOf, execParameters } from '../../src/prun/exec-parameters.ts';

const constant = (value: string) => ({ type: 'constant', value, padding: false });

describe('a payload as job parameters', () => {
  it('is one quoted constant without placeholders', () => {
    expect(execParameters('echo %IN > "é"')).toEqual([constant('echo%20%25IN%20%3E%20%22%C3%A9%22')]);
    expect(execParameters('')).toEqual([constant('')]);
  });

  it('is cut at placeholders, which take along what touches them', () => {
    expect(execParameters('run seed%RNDM:10.txt --max=%MAXEVENTS %FIRSTEVENT=3%')).toEqual([
      constant('run%20'),
      {
        type: 'template',
        value: 'seed${SEQNUMBER}.txt',
        param_type: 'pseudo_input',
        dataset: 'seq_number',
        offset: 10,
        padding: false,
      },
      constant('%20--max%3D'),
      { type: 'template', value: '${MAXEVENTS}', param_type: 'number', padding: false },
      constant('%20'),
      { type: 'template', value: '${FIRSTEVENT}', param_type: 'number', offset: 3, padding: false },
      constant(''),
    ]);
  });

  it('stays a constant where a placeholder is never closed', () => {
    expect(execParameters('${SEQNUMBER')).toEqual([constant('%24%7BSEQNUMBER')]);
  });

  it('is cut in time that grows with its length only', () => {
    const long = 'a'.repeat(300_000);
    expect(execParameters(`${long}%RNDM:1${long}`)).toHaveLength(3);
    expect(execParameters(long + '${'.repeat(50_000))).toHaveLength(1);
  });

  it('may name a database release', () => {
    expect(databaseReleaseOf('x %DB:ddo.1:DB.tgz y')).toBe('ddo.1:DB.tgz');
    expect(databaseReleaseOf('x')).toBeUndefined();
  });
});

describe('a tag of Athena', () => {
  it.each([
    ['21.6.85', { transUses: 'Atlas-21.6.85', cache: '' }],
    ['AthGeneration,21.6.85', { transUses: 'Atlas-21.6.85', cache: '-AthGeneration_21.6.85' }],
    ['21.2.100.1', { transUses: 'Atlas-21.2.100', cache: '-AtlasProduction_21.2.100.1' }],
    ['master,latest,Athena', { transUses: 'Atlas-master', cache: '-Athena_latest' }],
    ['main,2024-01-02T2101,Athena', { transUses: 'Atlas-main', cache: '-Athena_2024-01-02T2101' }],
    ['rel_3', { transUses: 'Atlas-dev', cache: '-AtlasOffline_rel_3' }],
    ['21.0,64', { fault: '`--athenaTag` takes no `64`; `--cmtConfig` says that' }],
  ])('%j', (tag, release) => expect(parseAthenaTag(tag)).toEqual(release));
});
