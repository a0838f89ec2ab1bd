import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jobsFromInput, jobsWithoutInput } from '../../src/engine/panda/jobs/job-maker.ts';
import { settleFiles, type Splitting } from '../../src/prun/splitting.ts';
import { countJobs } from '../../src/workflow/forecast/jobs.ts';
import { planCwl, readerOf } from '../rigs/documents.ts';

/** The number of jobs of `second`, which reads what three jobs of `first` leave. */
function second(args: string, more: { readonly first?: string; readonly inputs?: string } = {}) {
  const text = `cwlVersion: v1.2
class: Workflow
inputs: []
outputs: {outDS: {type: string, outputSource: second/outDS}}
steps:
  first:
    run: prun
    in:
      opt_exec: {default: "make a.txt"}
      opt_args: {default: "${more.first ?? '--outputs a.txt --nJobs 3'}"}
    out: [outDS]
  second:
    run: prun
    in:
      ${more.inputs ?? 'opt_inDS: first/outDS'}
      opt_exec: {default: "use %IN"}
      opt_args: {default: "--outputs b.txt ${args}"}
    out: [outDS]
`;
  const { plan } = planCwl('w.cwl', readerOf({ 'w.cwl': text }));
  return countJobs(plan).get(1);
}

describe('the number of jobs', () => {
  it('of a task without input is what its options say', () => {
    const count = (args: string) => second(args, { inputs: 'opt_unused: {default: 1}' })?.expected;
    expect(count('')).toBe(1);
    expect(count('--nJobs 7')).toBe(7);
    expect(count('--nEvents 100 --nEventsPerJob 30')).toBe(4);
  });

  it('follows from the files of the task before', () => {
    expect(second('--nFilesPerJob 1')).toEqual({ expected: 3, at_most: 3, depends_on: null });
    expect(second('--nFilesPerJob 2')).toEqual({ expected: 2, at_most: 2, depends_on: null });
    expect(second('--nFilesPerJob 1 --nJobs 2')?.expected).toBe(2);
    expect(second('--nFilesPerJob 1 --nFiles 2')?.expected).toBe(2);
    expect(second('--nFilesPerJob 1 --nSkipFiles 1')?.expected).toBe(2);
    expect(second('--nFilesPerJob 1 --nSkipFiles 9')?.expected).toBe(0);
  });

  it('may grow with the sizes of the files where nobody says how many a job takes', () => {
    expect(second('')).toEqual({
      expected: 1,
      at_most: 3,
      depends_on: 'the sizes of its 3 files: more jobs where they are too large for one',
    });
  });

  it('is unknown for data from elsewhere, and at most --nJobs', () => {
    const inputs = 'opt_inDS: {default: "data18:all/"}';
    expect(second('--nJobs 5', { inputs })).toEqual({
      expected: null,
      at_most: 5,
      depends_on: 'the number of files in `data18:all/`',
    });
    expect(second('', { inputs })?.at_most).toBeNull();
  });

  it('is unknown where the files before are', () => {
    const count = (first: string) => second('--nFilesPerJob 1', { first })?.depends_on;
    expect(count('--outputs regex|a.*txt --nJobs 3')).toBe('the number of files that `first` makes');
    expect(count('--outputs a.txt --allowNoOutput a.txt')).toBe('the number of files that `first` makes');
    expect(count('--outputs a*.txt --nJobs 3')).toBeNull();
  });

  it('is unknown where names, sizes, events or a file decide', () => {
    expect(second('--match x*')?.depends_on).toBe('how many of 3 files fit `--match x*`');
    expect(second('--nGBPerJob 2')?.depends_on).toBe('the sizes of its 3 files');
    expect(second('--nEventsPerJob 2')?.depends_on).toBe('the number of events in its files');
    expect(second('--loadJson o.json')?.depends_on).toBe('the file `o.json`');
  });

  it('ends with the files of a secondary input', () => {
    const inputs = `opt_inDS: first/outDS
      opt_secondaryDSs: [first/outDS]`;
    const args = (files: number) =>
      `--nFilesPerJob 1 --notExpandSecDSs --secondaryDSs IN2:${files}:%{SECDS1}`;
    expect(second(args(2), { inputs })).toEqual({ expected: 2, at_most: 2, depends_on: null });
    expect(second(`${args(2)} --reusableSecondary IN2`, { inputs })?.expected).toBe(3);
    expect(second(args(0), { inputs })?.expected).toBe(3);
    expect(second('--nFilesPerJob 1 --secondaryDSs IN2:1:other/')?.depends_on).toBe(
      'the number of files in `other/`',
    );
  });

  it('is what the embedded PanDA makes of the same files', () => {
    const small = fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        small,
        small,
        small,
        small,
        (made, perJob, nJobs, nFiles, skip) => {
          const args = Object.entries({ nFilesPerJob: perJob, nJobs, nFiles, nSkipFiles: skip })
            .map(([name, value]) => (value === undefined ? '' : `--${name} ${value}`))
            .join(' ');
          const splitting: Splitting = settleFiles({
            maxNFilesPerJob: 200,
            secondaryAsRatio: false,
            ...(perJob === undefined ? {} : { nFilesPerJob: perJob }),
            ...(nJobs === undefined ? {} : { nJobs }),
            ...(nFiles === undefined ? {} : { nFiles }),
            ...(skip === undefined ? {} : { nSkipFiles: skip }),
          });
          const files = Array.from({ length: made }, (_, index) => ({
            dataset: 'a/',
            name: `f${index}`,
            sizeBytes: 1,
            path: '',
          }));
          const split = jobsFromInput(splitting, { jobs: 0, primaryTaken: 0 }, { files, complete: true }, []);
          expect(second(args, { first: `--outputs a.txt --nJobs ${made}` })?.expected).toBe(
            split.jobs.length,
          );
          expect(
            jobsWithoutInput({ maxNFilesPerJob: 200, secondaryAsRatio: false, nJobs: made }, 0).jobs,
          ).toHaveLength(made);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('of a search is limited by its points', () => {
    const text = `cwlVersion: v1.2
class: Workflow
inputs: []
outputs: {outDS: {type: string, outputSource: search/outDS}}
steps:
  search:
    run: phpo
    in:
      opt_args: {default: "--maxPoints 12 --steeringExec s --evaluationExec e --evaluationContainer c"}
    out: [outDS]
`;
    const { plan } = planCwl('w.cwl', readerOf({ 'w.cwl': text }));
    expect(countJobs(plan).get(0)).toEqual({
      expected: null,
      at_most: 24,
      depends_on: 'the points that the steering asks for',
    });
  });
});
