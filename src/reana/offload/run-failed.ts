// A run that did not succeed, with what its failed step said last.
import { PchainError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { redact } from '../../base/secret.ts';
import { lastLines, printable } from '../../base/text.ts';
import type { SerialStep } from '../../reanaspec/model.ts';
import type { JobLog, RunLogs, RunState } from '../protocol/answers.ts';

const tailLines = 20;

/** Exit 1. The message has the last lines of the log below its first line. */
export class RunFailed extends PchainError {
  readonly runId: string;
  readonly runName: string;
  readonly status: string;
  /** The step that failed; `undefined` when REANA does not say. */
  readonly step: string | undefined;
  readonly command: string | undefined;
  /** Of the command, where the log tells it. */
  readonly exitStatus: number | undefined;
  readonly isOutOfMemory: boolean;
  /** At most 20 lines, without control characters and secrets. */
  readonly logTail: readonly string[];

  /** @param logs `undefined` when they could not be had
   *  @param steps of a serial workflow, for the limits that they set
   *  @param next what makes a new run, in words */
  constructor(
    state: RunState,
    logs: RunLogs | undefined,
    steps: readonly SerialStep[] | undefined,
    next = 'the same command again makes a new run',
  ) {
    const job = logs?.jobs.findLast((candidate) => candidate.status === 'failed');
    const step = job?.step ?? (state.status === 'failed' ? state.currentStep : undefined);
    const log = job === undefined || job.log.trim() === '' ? (logs?.workflow ?? '') : job.log;
    const tail = lastLines(redact(printable(log)), tailLines);
    const told = `${tail.join('\n')}\n${logs?.workflow ?? ''}`;
    const exitStatus = exitStatusIn(told);
    const isOutOfMemory = exitStatus === 137 || memoryWords.test(told);
    const inStep = step === undefined ? '' : ` in step \`${printable(step)}\``;
    const withStatus = exitStatus === undefined ? '' : ` with status ${exitStatus}`;
    const first =
      state.status === 'failed'
        ? `run \`${state.name}\` failed${inStep}${withStatus}`
        : state.status === 'deleted'
          ? `run \`${state.name}\` was deleted, and its files with it`
          : `run \`${state.name}\` was ${state.status} before it had finished`;
    super(ExitCode.findings, [first, ...aboutJob(job), ...tail.map((line) => `  ${line}`)].join('\n'), {
      hint: isOutOfMemory ? `${memoryHint(step, steps)}; ${next}` : next,
    });
    this.runId = state.id;
    this.runName = state.name;
    this.status = state.status;
    this.step = step;
    this.command = job?.command;
    this.exitStatus = exitStatus;
    this.isOutOfMemory = isOutOfMemory;
    this.logTail = tail;
  }
}

function aboutJob(job: JobLog | undefined): readonly string[] {
  const command = job === undefined ? '' : (redact(printable(job.command)).split('\n')[0] ?? '').trim();
  return command === '' ? [] : [`  command: ${command}`];
}

const memoryWords =
  /OOMKilled|out[ -]of[ -]memory|(?:memory limit|exceed\w* (?:the |its )?memory)|MemoryError|std::bad_alloc|^Killed$/im;

/** What workflow engines and shells write about the end of a command. */
function exitStatusIn(text: string): number | undefined {
  const found = [
    ...text.matchAll(
      /\b(?:exit(?:ed)?|return(?:ed)?|end(?:ed)?|terminated|fail(?:ed)?)\b(?:\s+(?:with|status|code|exit|return))*[\s:=]+\(?(\d{1,3})\b/gi,
    ),
  ].at(-1)?.[1];
  const status = found === undefined ? undefined : Number(found);
  return status !== undefined && status > 0 && status < 256 ? status : undefined;
}

function memoryHint(step: string | undefined, steps: readonly SerialStep[] | undefined): string {
  const limit = steps?.find(
    (candidate, index) => (candidate.name ?? String(index)) === step,
  )?.kubernetesMemoryLimit;
  const now = limit === undefined ? '' : `, now \`${limit}\``;
  return `it ran out of memory: raise \`kubernetes_memory_limit\` of the step${now}`;
}
