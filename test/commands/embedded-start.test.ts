// Starting the server of this machine: what ends is started again, what cannot start is told of at once.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { waitForServer } from '../../src/commands/servers/embedded-server.ts';
import { askToEnd, startDaemon, type DaemonState } from '../../src/engine/process/daemon.ts';

/** A clock that jumps over every sleep. */
function quickHost(): Parameters<typeof waitForServer>[2] {
  let now = 0;
  const sleep = (delayMs: number): Promise<void> => {
    now += delayMs;
    return Promise.resolve();
  };
  return {
    clock: { nowMs: () => now, monotonicMs: () => now, sleep },
    signal: new AbortController().signal,
  };
}

/** Daemons that are in these states, one start after the other; the last state goes on. */
function starts(...states: DaemonState[]): { readonly start: () => () => DaemonState; count: number } {
  const made = {
    count: 0,
    start: () => {
      const state = states[Math.min(made.count++, states.length - 1)] ?? 'running';
      return () => state;
    },
  };
  return made;
}

describe('a server', () => {
  it('that was killed at its start is started again', async () => {
    const daemons = starts('failed', 'failed', 'running');
    const running = (): Promise<string | undefined> =>
      Promise.resolve(daemons.count < 3 ? undefined : 'server');
    expect(await waitForServer(daemons.start, running, quickHost())).toBe('server');
    expect(daemons.count).toBe(3);
  });

  it('that cannot start is given up long before the time is over', async () => {
    const host = quickHost();
    const answer = await waitForServer(starts('failed').start, () => Promise.resolve(undefined), host);
    expect(answer).toBe('ended 5 times at its start');
    expect(host.clock.monotonicMs()).toBeLessThan(1_000);
  });

  it('that found another one at work waits for that one, or takes its place', async () => {
    const daemons = starts('done', 'done', 'done', 'done', 'done', 'done', 'done', 'running');
    const running = (): Promise<string | undefined> =>
      Promise.resolve(daemons.count < 8 ? undefined : 'server');
    expect(await waitForServer(daemons.start, running, quickHost())).toBe('server');
  });

  it('that only hangs is given up after a while', async () => {
    const answer = waitForServer(starts('running').start, () => Promise.resolve(undefined), quickHost());
    expect(await answer).toBe('did not start within 20 s');
  });
});

describe('a process in the background', () => {
  it.each([
    ['exit 0', 'done'],
    ['exit 3', 'failed'],
    ['kill -9 $$', 'failed'],
    ['sleep 2', 'running'],
  ] as const)('of `%s` is %s', async (script, state) => {
    const folder = mkdtempSync(join(tmpdir(), 'daemon-'));
    const stateOf = startDaemon({
      program: '/bin/sh',
      args: ['-c', `${script} # ${folder}`],
      environment: { PATH: process.env['PATH'] },
      logFile: join(folder, 'log'),
    });
    if (state === 'running') expect(stateOf()).toBe('running');
    else await vi.waitFor(() => expect(stateOf()).toBe(state), { timeout: 10_000 });
    rmSync(folder, { recursive: true });
  });

  it('ends when it is asked to, and a stranger with its number does not', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'daemon-'));
    const file = join(folder, 'pid');
    const stateOf = startDaemon({
      program: '/bin/sh',
      args: ['-c', `echo $$ > ${file}.part; mv ${file}.part ${file}; while :; do sleep 0.1; done`, 'serve'],
      environment: { PATH: process.env['PATH'] },
      logFile: join(folder, 'log'),
    });
    const pid = await vi.waitFor(() => Number(readFileSync(file, 'utf8')), { timeout: 10_000 });
    askToEnd(pid, 'other');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(stateOf()).toBe('running');
    askToEnd(pid, 'serve');
    await vi.waitFor(() => expect(stateOf()).toBe('failed'), { timeout: 10_000 });
    askToEnd(pid, 'serve');
    rmSync(folder, { recursive: true });
  });

  it('whose program is not there has failed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'daemon-'));
    const program = join(folder, 'none');
    const stateOf = startDaemon({ program, args: [], environment: {}, logFile: join(folder, 'log') });
    await vi.waitFor(() => expect(stateOf()).toBe('failed'), { timeout: 10_000 });
    rmSync(folder, { recursive: true });
  });
});
