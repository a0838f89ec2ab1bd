import { expect, it } from 'vitest';
import { compareVersions } from '../../src/base/version.ts';

it('knows which version came before', () => {
  const inOrder = [
    '0.0.9',
    '0.1.0-alpha.2',
    '0.1.0-alpha.10',
    '0.1.0',
    '0.2.0',
    '0.10.0',
    '1.0.0-dev',
    '1.0.0',
  ];
  for (const [at, a] of inOrder.entries())
    for (const [other, b] of inOrder.entries())
      expect(Math.sign(compareVersions(a, b)), `${a} and ${b}`).toBe(Math.sign(at - other));
});

it.each([
  ['0.1.0', '0.1.0+build.7'],
  ['1.2', '1.2.0'],
  ['what', '0.1.0'],
])('takes %s and %s for the same', (a, b) => {
  expect(compareVersions(a, b)).toBe(0);
});
