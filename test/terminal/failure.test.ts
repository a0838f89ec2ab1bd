import { describe, expect, test } from 'vitest';
import type { FailedStep } from '../../src/terminal/failure.ts';
import { exitMeaning, renderFailure } from '../../src/terminal/failure.ts';
import { view } from './view.ts';

const killed: FailedStep = {
  step: 'align',
  exitStatus: 137,
  error: undefined,
  command: 'bwa mem -t 8 ref.fa reads_2.fq',
  attempt: 3,
  attempts: 3,
  ranMs: 724_000,
  ranOn: 'this machine',
  log: '[bwa] 1.2 M reads processed\nKilled\n',
  logPath: 'runs/12/align.2/log.txt',
  directory: 'runs/12/align.2',
  memoryRequest: '--memory 4000',
  retryCommand: 'pchain retry 12',
};

describe('the card of a failed step', () => {
  test('says what ran, how it ended, where it lies and what to do', () => {
    expect(renderFailure(killed, view())).toBe(
      [
        'error: step `align` failed with status 137 (ended by SIGKILL)',
        '  command   bwa mem -t 8 ref.fa reads_2.fq',
        '  attempt   3 of 3, ran 12 min 04 s on this machine',
        '  log       [bwa] 1.2 M reads processed',
        '            Killed',
        '  whole log runs/12/align.2/log.txt',
        '  work dir  runs/12/align.2',
        'hint: 137 usually means out of memory; the step asks for `--memory 4000`',
        'hint: after the fix, run `pchain retry 12`',
        '',
      ].join('\n'),
    );
  });

  test('shows the last 20 lines, as they would be left on a screen', () => {
    const log = `${Array.from({ length: 50 }, (_, index) => `line ${index}`).join('\n')}\n 10%\r 50%\r100%\u001b[0m\r\nend\u0007`;
    const lines = renderFailure({ ...killed, log }, view())
      .split('\n')
      .slice(3, 23);
    expect(lines[0]).toBe('  log       line 32');
    expect(lines.slice(-2)).toEqual(['            100%', '            end']);
  });

  test('says so when nothing was printed, and leaves out what is not known', () => {
    const unknown: FailedStep = {
      step: 'x',
      exitStatus: undefined,
      error: 'no site took it',
      command: undefined,
      attempt: undefined,
      attempts: undefined,
      ranMs: undefined,
      ranOn: undefined,
      log: '\n',
      logPath: undefined,
      directory: undefined,
      retryCommand: undefined,
    };
    expect(renderFailure(unknown, view())).toBe(
      'error: step `x` failed\n  why       no site took it\n  log       (nothing was printed)\n',
    );
  });

  test('keeps a command of several lines together', () => {
    expect(
      renderFailure({ ...killed, command: 'a\nb\n' }, view())
        .split('\n')
        .slice(1, 3),
    ).toEqual(['  command   a', '            b']);
  });
});

test.each([
  [1, 'the command said that it failed'],
  [126, 'found, but not executable'],
  [127, 'command not found'],
  [130, 'ended by SIGINT'],
  [137, 'ended by SIGKILL'],
  [139, 'ended by SIGSEGV'],
  [143, 'ended by SIGTERM'],
  [190, 'ended by signal 62'],
  [255, 'the command said that it failed'],
])('exit status %d means: %s', (status, meaning) => expect(exitMeaning(status)).toBe(meaning));

test.each([
  [126, 'hint: make the program executable'],
  [127, 'hint: the program is neither in the sandbox nor in the image'],
  [137, 'hint: 137 usually means out of memory; ask for more with `--memory`'],
  [139, 'hint: 139 is a crash inside of the program'],
])('exit status %d has its own hint', (exitStatus, hint) => {
  expect(renderFailure({ ...killed, exitStatus, memoryRequest: undefined }, view())).toContain(hint);
});
