import { describe, expect, it } from 'vitest';
import { misspeltName } from '../../src/base/misspelling.ts';

describe('a misspelt name', () => {
  it.each([
    ['scater', 'scatter'],
    ['scattter', 'scatter'],
    ['scattre', 'scatter'],
    ['scattar', 'scatter'],
    ['SCATTER', 'scatter'],
    ['opt_inDs', 'opt_inDS'],
  ])('%s is corrected when one slip explains it', (typed, meant) => {
    expect(misspeltName(typed, ['scatter', 'source', 'opt_inDS'])).toBe(meant);
  });

  it.each(['sctr', 'scatter', 'catering', 'skaterr', ''])('%s is left to the user', (typed) => {
    expect(misspeltName(typed, ['scatter', 'source'])).toBeUndefined();
  });

  it('is left to the user when two names are near, or the name is very short', () => {
    expect(misspeltName('--nJob', ['--nJobs', '--nJobt'])).toBeUndefined();
    expect(misspeltName('in', ['id', 'run'])).toBeUndefined();
  });
});
