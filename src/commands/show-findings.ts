// Prints findings: the data of a check, a warning beside everything else.
import type { Finding } from '../base/finding.ts';
import { ExitCode } from '../base/exit-code.ts';
import type { ReadText } from '../base/read-text.ts';
import { renderFindings } from '../terminal/findings.ts';
import type { FindingFormat } from '../terminal/findings.ts';
import type { Host } from './host.ts';

export interface ShownFindings {
  readonly findings: readonly Finding[];
  readonly readText: ReadText;
  readonly filesChecked: number;
  /** `undefined`: drawn on a terminal, one line each in a pipe. */
  readonly format: FindingFormat | undefined;
}

/** Findings as data, on stdout. */
export function printFindings(shown: ShownFindings, host: Host): void {
  const view = host.terminal.stdout;
  const format = shown.format ?? (view.isTty ? 'full' : 'short');
  host.terminal.out(
    renderFindings(shown.findings, {
      format,
      readText: shown.readText,
      view,
      filesChecked: shown.filesChecked,
      version: host.version,
    }),
  );
}

/** Findings as talk, on stderr: before something is submitted. */
export function tellFindings(shown: Omit<ShownFindings, 'format'>, host: Host): void {
  if (shown.findings.length === 0) return;
  const view = host.terminal.stderr;
  host.terminal.alert(
    renderFindings(shown.findings, {
      format: view.isTty ? 'full' : 'short',
      readText: shown.readText,
      view,
      filesChecked: shown.filesChecked,
      version: host.version,
    }),
  );
}

export function findingsExit(findings: readonly Finding[], strict: boolean): ExitCode {
  const failing = findings.some((finding) => strict || finding.severity === 'error');
  return failing ? ExitCode.findings : ExitCode.done;
}
