import { describe, expect, it } from 'vitest';
import { prunOptions } from '../../src/prun/options.ts';
import { parseArguments } from '../../src/prun/parse-args.ts';
import { splitShellWords } from '../../src/prun/shell-words.ts';
import {
  readSplitting,
  settleFiles,
  splittingParameters,
  splittingProblems,
} from '../../src/prun/splitting.ts';

const values = (line: string) => parseArguments(prunOptions, splitShellWords(line).words).values;
const plain = { maxNFilesPerJob: 200, secondaryAsRatio: false };

describe('splitting', () => {
  it.each([
    ['', {}],
    ['--nJobs 3 --nFilesPerJob 5 --nSkipFiles 2', { nJobs: 3, nFilesPerJob: 5, nSkipFiles: 2 }],
    ['--nJobs=-1 --nFiles 0', {}],
    ['--nGBPerJob MAX --maxNFilesPerJob 50', { maxNFilesPerJob: 50 }],
    ['--nGBPerJob 10 --useNumFilesInSecDSsAsRatio', { nGBPerJob: 10, secondaryAsRatio: true }],
    [
      '--nEvents 100 --nEventsPerJob 10 --nEventsPerFile 20',
      { nEvents: 100, nEventsPerJob: 10, nEventsPerFile: 20 },
    ],
  ])('of %j', (line, fields) => expect(readSplitting(values(line))).toEqual({ ...plain, ...fields }));

  it.each([
    ['--nFilesPerJob 5 --nJobs 4', { nFiles: 20, nFilesPerJob: 5 }],
    ['--nFiles 10 --nJobs 4', { nFiles: 10, nFilesPerJob: 2 }],
    ['--nFiles 2 --nJobs 4', { nFiles: 2, nFilesPerJob: 1 }],
    ['--nEventsPerJob 10 --nEventsPerFile 100 --nJobs 4', { nFiles: 1, nFilesPerJob: 1 }],
    ['--nFilesPerJob 500', { nFilesPerJob: 200 }],
    ['--nJobs 4', {}],
  ])('%j settles files', (line, fields) => {
    const { nFiles, nFilesPerJob } = settleFiles(readSplitting(values(line)));
    expect({ nFiles, nFilesPerJob }).toEqual({ nFiles: undefined, nFilesPerJob: undefined, ...fields });
  });

  it.each([
    ['', { nEvents: 1, nEventsPerJob: 1 }],
    ['--nJobs 10', { nEvents: 10, nEventsPerJob: 1 }],
    ['--nEvents 100', { nEvents: 100 }],
    ['--nEvents 100 --nJobs 3', { nEvents: 100, nEventsPerJob: 33 }],
    ['--nEventsPerJob 5 --nJobs 3', { nEvents: 15, nEventsPerJob: 5 }],
  ])('without input, %j counts events', (line, fields) => {
    expect(splittingParameters(readSplitting(values(line)), false)).toEqual(fields);
  });

  it.each([
    ['', {}],
    ['--nJobs 3', {}],
    ['--nGBPerJob 3', { nGBPerJob: 3 }],
    ['--nEventsPerJob 5 --nJobs 3', { nEventsPerJob: 5, nEvents: 15, useRealNumEvents: true }],
    ['--nEventsPerJob 5 --nEventsPerFile 10', { nEventsPerJob: 5, nEventsPerFile: 10 }],
  ])('with input, %j gives', (line, fields) => {
    expect(splittingParameters(readSplitting(values(line)), true)).toEqual(fields);
  });

  it.each([
    ['--nGBPerJob MAX --nFilesPerJob 3', []],
    ['--nGBPerJob some', ['`--nGBPerJob` needs a whole number or `MAX`, not `some`']],
    ['--nGBPerJob 0', ['`--nGBPerJob` must be positive']],
    ['--nGBPerJob 3 --nFilesPerJob 3', ['`--nFilesPerJob` and `--nGBPerJob` exclude each other']],
    ['--nGBPerJob MAX --nEventsPerJob 3', ['`--nEventsPerJob` and `--nGBPerJob` exclude each other']],
  ])('problems of %j', (line, problems) => expect(splittingProblems(values(line))).toEqual(problems));
});
