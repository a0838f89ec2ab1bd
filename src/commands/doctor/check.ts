// One thing the doctor looks at.
import type { ExitCode } from '../../base/exit-code.ts';

export interface DoctorCheck {
  /** Stays the same for programs: `clock`, `panda-server`. */
  readonly id: string;
  /** For people: `clock`, `PanDA server`. */
  readonly title: string;
  /** `bad`: a submission would fail. `warning`: something to know before. `info`: neither good nor bad. */
  readonly state: 'good' | 'info' | 'warning' | 'bad';
  readonly message: string;
  /** What to do about it. */
  readonly hint: string | undefined;
  /** The exit code of a submission that fails for this; only where it is `bad`. */
  readonly exitCode: ExitCode | undefined;
}

/** Nothing to do. */
export function fine(
  id: string,
  title: string,
  message: string,
  state: 'good' | 'info' = 'good',
): DoctorCheck {
  return { id, title, state, message, hint: undefined, exitCode: undefined };
}

export function warning(id: string, title: string, message: string, hint: string | undefined): DoctorCheck {
  return { id, title, state: 'warning', message, hint, exitCode: undefined };
}

export function bad(
  id: string,
  title: string,
  problem: { readonly message: string; readonly hint: string | undefined },
  exitCode: ExitCode,
): DoctorCheck {
  return { id, title, state: 'bad', message: problem.message, hint: problem.hint, exitCode };
}
