// Findings: faults in the user's files. They are data; one pass collects all of them.
import type { Span } from './span.ts';

export type Severity = 'error' | 'warning';

export interface RelatedPlace {
  readonly span: Span;
  readonly message: string;
}

/** Replaces `span` by `text`; only offered when it is certainly what was meant. */
export interface Fix {
  readonly span: Span;
  readonly text: string;
}

export interface Finding {
  /** `room/fault`, for example `cwl/unknown-field`. */
  readonly code: string;
  readonly severity: Severity;
  /** States the fault: lower case, no full stop, values in backticks. */
  readonly message: string;
  /** The smallest text that shows the fault. */
  readonly span: Span;
  readonly related?: readonly RelatedPlace[] | undefined;
  /** What to do; present only when that is certain. */
  readonly help?: string | undefined;
  readonly fix?: Fix | undefined;
}

export interface FindingExtras {
  related?: readonly RelatedPlace[];
  help?: string | undefined;
  fix?: Fix | undefined;
}

/** Collects findings from many readers and rules, without stopping at the first. */
export class Findings {
  readonly #all: Finding[] = [];

  error(code: string, span: Span, message: string, extras: FindingExtras = {}): void {
    this.add({ code, severity: 'error', span, message, ...extras });
  }

  warning(code: string, span: Span, message: string, extras: FindingExtras = {}): void {
    this.add({ code, severity: 'warning', span, message, ...extras });
  }

  add(finding: Finding): void {
    this.#all.push(finding);
  }

  get hasErrors(): boolean {
    return this.#all.some((finding) => finding.severity === 'error');
  }

  get count(): number {
    return this.#all.length;
  }

  /** All findings by file, offset and code, without duplicates: the order that every renderer shows. */
  sorted(): readonly Finding[] {
    return sortFindings(this.#all);
  }
}

/** Sorts by file, offset, code and message, and drops findings that say the same about the same place. */
export function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  const sorted = [...findings].sort(
    (a, b) =>
      compareText(a.span.file, b.span.file) ||
      a.span.start - b.span.start ||
      a.span.end - b.span.end ||
      compareText(a.code, b.code) ||
      compareText(a.message, b.message),
  );
  return sorted.filter((finding, index) => {
    const before = sorted[index - 1];
    return (
      before === undefined ||
      before.code !== finding.code ||
      before.message !== finding.message ||
      before.span.file !== finding.span.file ||
      before.span.start !== finding.span.start ||
      before.span.end !== finding.span.end
    );
  });
}

// By code unit, not by locale: the order of findings must not depend on the machine.
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
