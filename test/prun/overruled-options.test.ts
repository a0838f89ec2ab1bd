import { describe, expect, it } from 'vitest';
import { prunOptions } from '../../src/prun/options.ts';
import { overruledIn, overruledOptions } from '../../src/prun/overruled-options.ts';

describe('options without effect in a step', () => {
  it('all exist', () => {
    expect([...overruledOptions.keys()].filter((dest) => !prunOptions.byDest.has(dest))).toEqual([]);
  });

  it('are named with the reason', () => {
    expect(overruledIn(new Set(['nJobs', 'containerImage', 'inDS']), true)).toEqual([
      { dest: 'containerImage', why: 'the server uses `opt_containerImage`' },
      { dest: 'inDS', why: 'the server uses `opt_inDS`' },
    ]);
  });

  it('do not count inDS where the step has no other input', () =>
    expect(overruledIn(new Set(['inDS']), false)).toEqual([]));
});
