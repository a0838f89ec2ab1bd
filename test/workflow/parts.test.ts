// The small parts of the resolver on their own.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdSet } from '../../src/workflow/id-set.ts';
import { orderSteps } from '../../src/workflow/order.ts';
import { pythonFloat } from '../../src/workflow/python-number.ts';

describe('pythonFloat', () => {
  it.each([
    [1, '1.0'],
    [0.456, '0.456'],
    [-2, '-2.0'],
    [-0, '-0.0'],
    [0.0001, '0.0001'],
    [0.00012345, '0.00012345'],
    [0.00001, '1e-05'],
    [1.5e-7, '1.5e-07'],
    [1e15, '1000000000000000.0'],
    [1e16, '1e+16'],
    [1.5e300, '1.5e+300'],
    [123456.75, '123456.75'],
    [Infinity, 'inf'],
    [-Infinity, '-inf'],
    [NaN, 'nan'],
  ])('writes %d as %s, as Python does', (value, text) => {
    expect(pythonFloat(value)).toBe(text);
  });

  it('never changes a value', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(pythonFloat(value))).toBe(value);
      }),
    );
  });
});

describe('IdSet', () => {
  // The expected orders are those of CPython.
  it.each([
    [
      [5, 12],
      [12, 5],
    ],
    [
      [6, 13],
      [13, 6],
    ],
    [
      [8, 0],
      [8, 0],
    ],
    [
      [0, 8],
      [0, 8],
    ],
    [
      [9, 1, 17],
      [9, 1, 17],
    ],
    [
      [31, 5, 2],
      [2, 5, 31],
    ],
    [
      [40, 3, 35, 12, 7],
      [35, 3, 7, 40, 12],
    ],
  ])('lists %j as %j', (ids, order) => {
    expect([...IdSet.of(ids)]).toEqual(order);
  });

  it('holds what was put in, once', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5000)), fc.array(fc.nat(5000)), (some, more) => {
        const set = IdSet.of(some);
        set.addAll(IdSet.of(more));
        const all = new Set([...some, ...more]);
        expect(new Set(set)).toEqual(all);
        expect(set.size).toBe(all.size);
        expect([...all].every((id) => set.has(id))).toBe(true);
      }),
    );
  });
});

describe('orderSteps', () => {
  it('takes in one round whatever became possible within it', () => {
    // 0 needs 3; 1 needs nothing; 2 needs 1; 3 needs 2.
    expect(orderSteps([[3], [], [1], [2]])).toEqual({ positions: [1, 2, 3, 0], circles: [] });
  });

  it('leaves out circles and what hangs on them, and tells the circle', () => {
    expect(orderSteps([[2], [0], [1], [2], []])).toEqual({ positions: [4], circles: [[0, 2, 1]] });
  });

  it('puts every step after its parents, without fail', () => {
    const graph = fc.array(fc.array(fc.nat(30), { maxLength: 3 }), { maxLength: 30 });
    fc.assert(
      fc.property(graph, (raw) => {
        const parents = raw.map((list) => list.filter((parent) => parent < raw.length));
        const { positions, circles } = orderSteps(parents);
        positions.forEach((position, index) => {
          for (const parent of parents[position] ?? []) expect(positions.slice(0, index)).toContain(parent);
        });
        if (circles.length === 0) expect(positions).toHaveLength(raw.length);
      }),
    );
  });
});
