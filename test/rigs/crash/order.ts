// What the program of the crash tests is told.

export interface CrashOrder {
  /** Of the engine; it holds `plan.json`. */
  readonly directory: string;
  /** Counts changes of the database from the start of the process; `undefined`: it lives to the end. */
  readonly point?: { readonly change: number; readonly when: 'before' | 'within' | 'after' } | undefined;
  /** How far its clock is off. */
  readonly clockShiftMs: number;
}
