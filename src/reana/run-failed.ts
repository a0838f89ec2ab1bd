// A run that did not succeed, with what its failed step said last.
import { PchainError } from '../base/errors.ts';
import { ExitCode } from '../base/exit-code.ts';
import { redact } from '../base/secret.ts';
import { lastLines, printable } from '../base/text.ts';
import type { RunLogs, RunState } from './answers.ts';

const tailLines = 20;

/** Exit 1. The message has the last lines of the log below its first line. */
export class RunFailed extends PchainError {
  readonly runName: string;
  readonly status: string;
  /** The step that failed; `undefined` when REANA does not say. */
  readonly step: string | undefined;
  readonly command: string | undefined;
  /** At most 20 lines, without control characters and secrets. */
  readonly logTail: readonly string[];

  /** @param logs `undefined` when they could not be had */
  constructor(state: RunState, logs: RunLogs | undefined) {
    const job = logs?.jobs.findLast((candidate) => candidate.status === 'failed');
    const step = job?.step ?? (state.status === 'failed' ? state.currentStep : undefined);
    const log = job === undefined || job.log.trim() === '' ? (logs?.workflow ?? '') : job.log;
    const tail = lastLines(redact(printable(log)), tailLines);
    const inStep = step === undefined ? '' : ` in step \`${printable(step)}\``;
    const first =
      state.status === 'failed'
        ? `run \`${state.name}\` failed${inStep}`
        : `run \`${state.name}\` was ${state.status} before it had finished`;
    super(ExitCode.findings, [first, ...tail.map((line) => `  ${line}`)].join('\n'), {
      hint: `the same command again makes a new run`,
    });
    this.runName = state.name;
    this.status = state.status;
    this.step = step;
    this.command = job?.command;
    this.logTail = tail;
  }
}
