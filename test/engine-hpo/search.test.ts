// What a search does next, in any order of events: against a model of the world that answers and evaluates at random.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  nextMoves,
  type SearchPoint,
  type SearchRules,
  type SearchState,
} from '../../src/engine/hpo/search.ts';

const rules: SearchRules = {
  maxPoints: 10,
  pointsPerIteration: 3,
  minUnevaluated: 0,
  parallel: 2,
  maxJobs: 20,
  pointsPerJob: undefined,
};
const empty: SearchState = { points: [], asking: false, steeringEnded: false };
const point = (id: number, state: SearchPoint['state'], evaluationJob?: number): SearchPoint => ({
  id,
  segment: undefined,
  state,
  evaluationJob,
  failures: state === 'failed' ? 1 : 0,
});

describe('a search', () => {
  it('begins with a question', () => {
    expect(nextMoves(rules, empty)).toEqual([{ kind: 'ask', wanted: 3 }]);
    expect(nextMoves(rules, { ...empty, asking: true })).toEqual([]);
  });

  it('asks for less at the end', () => {
    const points = Array.from({ length: 9 }, (_, id) => point(id, 'evaluated', 1));
    expect(nextMoves(rules, { ...empty, points })).toEqual([{ kind: 'ask', wanted: 1 }]);
  });

  it('asks ahead when points may wait, and for so many less', () => {
    const ahead = { ...rules, minUnevaluated: 1 };
    const points = [point(0, 'evaluated', 1), point(1, 'evaluating', 1)];
    expect(nextMoves(ahead, { ...empty, points })).toEqual([{ kind: 'ask', wanted: 2 }]);
    expect(nextMoves(rules, { ...empty, points })).toEqual([]);
  });

  it('gives a job one point after the other, up to its limit, and none after a failure', () => {
    const points = [
      point(0, 'evaluated', 1),
      point(1, 'failed', 2),
      point(2, 'waiting'),
      point(3, 'waiting'),
    ];
    const jobsOf = (given: SearchRules) =>
      nextMoves(given, { ...empty, points }).map((move) => move.kind === 'evaluate' && move.evaluationJob);
    expect(jobsOf(rules)).toEqual([1, 3]);
    expect(jobsOf({ ...rules, pointsPerJob: 1 })).toEqual([3, 4]);
  });

  it('ends when the jobs are used up, with points left over', () => {
    const points = [point(0, 'failed', 1), point(1, 'waiting')];
    expect(nextMoves({ ...rules, maxJobs: 1 }, { ...empty, points })).toEqual([
      { kind: 'end', unevaluated: 1 },
    ]);
  });

  it('ends when the steering does, once all points are evaluated', () => {
    const ended = { ...empty, steeringEnded: true };
    expect(nextMoves(rules, ended)).toEqual([{ kind: 'end', unevaluated: 0 }]);
    expect(nextMoves(rules, { ...ended, points: [point(0, 'evaluating', 1)] })).toEqual([]);
  });
});

interface World {
  points: { -readonly [Key in keyof SearchPoint]: SearchPoint[Key] }[];
  asking: number;
  steeringEnded: boolean;
}

it('always comes to an end, within all limits, and evaluates no point twice', () => {
  const anyRules = fc.record({
    maxPoints: fc.integer({ min: 1, max: 12 }),
    pointsPerIteration: fc.integer({ min: 1, max: 5 }),
    minUnevaluated: fc.constant(0),
    parallel: fc.integer({ min: 1, max: 4 }),
    maxJobs: fc.integer({ min: 1, max: 12 }),
    pointsPerJob: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
  });
  const ahead = fc.nat(4);
  const luck = fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true }));
  fc.assert(
    fc.property(
      anyRules,
      ahead,
      fc.integer({ min: 1, max: 3 }),
      luck,
      (given, waiting, segments, chances) => {
        const own = { ...given, minUnevaluated: Math.min(waiting, given.pointsPerIteration - 1) };
        const world: World = { points: [], asking: 0, steeringEnded: false };
        const chance = (): number => Number(chances.next().value);
        const evaluated = new Set<number>();
        for (let step = 0; step < 500; step++) {
          const state = {
            points: world.points,
            asking: world.asking > 0,
            steeringEnded: world.steeringEnded,
          };
          const moves = nextMoves(own, state);
          if (moves.some((move) => move.kind === 'end')) {
            expect(moves).toHaveLength(1);
            expect(world.points.every((one) => one.state !== 'evaluating')).toBe(true);
            return;
          }
          for (const move of moves) {
            if (move.kind === 'ask') {
              expect(world.asking).toBe(0);
              expect(move.wanted).toBeGreaterThan(0);
              world.asking = move.wanted;
            } else if (move.kind === 'evaluate') {
              const one = world.points[move.point];
              expect(one?.state).toBe('waiting');
              expect(evaluated.has(move.point)).toBe(false);
              evaluated.add(move.point);
              if (one !== undefined)
                Object.assign(one, { state: 'evaluating', evaluationJob: move.evaluationJob });
            }
          }
          const running = world.points.filter((one) => one.state === 'evaluating');
          expect(running.length).toBeLessThanOrEqual(own.parallel);
          expect(new Set(running.map((one) => one.evaluationJob)).size).toBe(running.length);
          const jobs = new Map<number | undefined, SearchPoint[]>();
          for (const one of world.points)
            jobs.set(one.evaluationJob, [...(jobs.get(one.evaluationJob) ?? []), one]);
          jobs.delete(undefined);
          expect(jobs.size).toBeLessThanOrEqual(own.maxJobs);
          for (const ofJob of jobs.values()) {
            expect(ofJob.length).toBeLessThanOrEqual(own.pointsPerJob ?? Infinity);
            expect(new Set(ofJob.map((one) => one.segment)).size).toBe(1);
          }
          expect(world.points.length).toBeLessThanOrEqual(own.maxPoints);
          // The world: an answer, or the end of an evaluation.
          if (world.asking > 0 && (running.length === 0 || chance() < 0.5)) {
            const count = Math.floor(chance() * (world.asking + 1));
            for (let index = 0; index < count; index++) {
              const id = world.points.length;
              world.points.push({ ...point(id, 'waiting'), segment: Math.floor(chance() * segments) });
            }
            if (count === 0) world.steeringEnded = true;
            world.asking = 0;
          } else {
            const one = running[Math.floor(chance() * running.length)];
            expect(one).toBeDefined();
            const isGood = chance() < 0.8;
            if (one !== undefined)
              Object.assign(one, { state: isGood ? 'evaluated' : 'failed', failures: isGood ? 0 : 1 });
          }
        }
        throw new Error('it never ended');
      },
    ),
    { numRuns: 300 },
  );
});
