import { expect, test } from 'vitest';
import type { RunSummary } from '../../src/terminal/summary.ts';
import { renderSummary } from '../../src/terminal/summary.ts';
import { view } from './view.ts';

const finished: RunSummary = {
  name: 'user.alice.scan',
  outcome: 'finished',
  error: undefined,
  tookMs: 724_000,
  datasets: [
    { name: 'user.alice.scan_000_top_seed.txt/', step: 'top', files: 3, sizeBytes: 1_200 },
    { name: 'user.alice.scan_001_fit_out.root/', step: 'fit', files: 1, sizeBytes: 3_400_000 },
  ],
  archive: { path: 'scan.tar.gz', files: 4, sizeBytes: 2_000_000 },
  pageUrl: 'http://127.0.0.1:8080/requests/12',
  next: ['pchain fetch 12', 'pchain logs 12'],
};

test('the summary tells outcome, datasets, where the tar is and what comes next', () => {
  expect(renderSummary(finished, view())).toBe(
    [
      'user.alice.scan finished after 12 min 04 s',
      '',
      'dataset                            step  files    size',
      'user.alice.scan_000_top_seed.txt/  top       3  1.2 kB',
      'user.alice.scan_001_fit_out.root/  fit       1  3.4 MB',
      '2 datasets, 4 files, 3.4 MB',
      '',
      'outputs   scan.tar.gz (4 files, 2.0 MB)',
      'page      http://127.0.0.1:8080/requests/12',
      'next      `pchain fetch 12`',
      '          `pchain logs 12`',
      '',
    ].join('\n'),
  );
});

test('a failed run without outputs is short', () => {
  const failed: RunSummary = {
    ...finished,
    outcome: 'failed',
    error: 'step `fit` failed',
    tookMs: undefined,
    datasets: [],
    archive: undefined,
    pageUrl: undefined,
    next: [],
  };
  expect(renderSummary(failed, view())).toBe('user.alice.scan failed\n  step `fit` failed\n');
  expect(renderSummary({ ...failed, outcome: 'partly' }, view()).split('\n')[0]).toBe(
    'user.alice.scan finished, but some jobs or steps failed',
  );
});
