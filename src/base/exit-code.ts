// The one table of exit codes: what a script may conclude from how pchain ended.

export const ExitCode = {
  done: 0,
  findings: 1,
  usage: 2,
  local: 3,
  auth: 4,
  remote: 5,
  timeout: 6,
  unsupported: 33,
  bug: 70,
  interrupted: 130,
  terminated: 143,
} as const;

/** A process exit status that pchain gives on purpose; nothing else is ever returned. */
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Findings that say no more than that something sound is beyond what PanDA, or this program, can do. */
export const unsupportedCodes: ReadonlySet<string> = new Set([
  'snakemake/python',
  'snakemake/unsupported',
  'wfd/unsupported',
]);

/** Findings that are given only to who asks to hear more: hints. They never count as errors, so that `--verbose` does not
 *  change how a command ends. */
export const hintCodes: ReadonlySet<string> = new Set([
  'reana/needs-secret',
  'reana/no-memory-limit',
  'reana/not-followed',
]);

/** Rows of the table that `pchain help exit-codes` prints, in numeric order. */
export const exitCodeMeanings: readonly (readonly [ExitCode, string])[] = [
  [ExitCode.done, 'done'],
  [ExitCode.findings, 'findings with errors, or the workflow failed'],
  [ExitCode.usage, 'bad flag, argument or settings'],
  [ExitCode.local, 'problem with a local file or program'],
  [ExitCode.auth, 'not signed in, or refused'],
  [ExitCode.remote, 'server or network failed after retries'],
  [ExitCode.timeout, 'timed out waiting; the work goes on'],
  [ExitCode.unsupported, 'valid, but not supported'],
  [ExitCode.bug, 'a fault in pchain itself'],
  [ExitCode.interrupted, 'interrupted (Ctrl-C); submitted work goes on'],
  [ExitCode.terminated, 'terminated'],
];
