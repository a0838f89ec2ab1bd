import { describe, expect, it } from 'vitest';
import { createHttpClient } from '../../src/http/client.ts';
import { Pace } from '../../src/http/pace.ts';
import { scriptedServer } from '../rigs/server.ts';
import { testClock } from './test-clock.ts';

describe('the pace of requests to one server', () => {
  it('is free until the server says that it is too fast', () => {
    const pace = new Pace();
    expect([pace.reserve(0), pace.reserve(0), pace.reserve(1)]).toEqual([0, 0, 0]);
  });

  it('waits for as long as the server asks, then stays below the limit that it names', () => {
    const pace = new Pace();
    pace.slowDown(0, 2000, 'Only "20 per 1 second" allowed.');
    const turns = [1, 2, 3, 4].map(() => Math.round(pace.reserve(0)));
    expect(turns).toEqual([2000, 2067, 2133, 2200]);
    // Whoever comes late does not wait.
    expect(pace.reserve(10_000)).toBe(0);
  });

  it.each([
    ['60 per 1 minute', 1333],
    ['60 per minute', 1333],
    ['1 per 5 second', 6667],
    ['no words', 100],
    ['0 per 1 second', 100],
  ])('understands `%s`', (words, distanceMs) => {
    const pace = new Pace();
    pace.slowDown(0, 0, words);
    pace.reserve(0);
    expect(Math.round(pace.reserve(0))).toBe(distanceMs);
  });

  it('never becomes faster again by a milder word', () => {
    const pace = new Pace();
    pace.slowDown(0, 0, '2 per 1 second');
    pace.slowDown(0, 0, '20 per 1 second');
    pace.reserve(0);
    expect(Math.round(pace.reserve(0))).toBe(667);
  });

  it('holds back every request, also one that must not be sent twice but was turned away', async () => {
    const clock = testClock();
    const limited = { status: 429, headers: { 'retry-after': '3' }, body: 'Only "20 per 1 second" allowed.' };
    const server = await scriptedServer([
      { method: 'POST', path: '/create', reply: limited },
      { method: 'POST', path: '/create', reply: { status: 201 } },
      { method: 'GET', path: '/x', reply: {} },
    ]);
    const http = createHttpClient({ clock, userAgent: 'x', tls: { verify: true } });
    const pace = new Pace();
    const created = await http.request({ method: 'POST', url: `${server.origin}/create`, body: '', pace });
    expect(created.status).toBe(201);
    await http.request({ method: 'GET', url: `${server.origin}/x`, repeatable: true, pace });
    expect(clock.pauses.map(Math.round)).toEqual([3000, 67]);
    await server.finish();
  });
});
