// Prints findings: the data of a check, a warning beside everything else.
import type { Finding } from '../../base/finding.ts';
import { ExitCode, hintCodes, unsupportedCodes } from '../../base/exit-code.ts';
import type { ReadText } from '../../base/read-text.ts';
import type { SilencedFinding } from '../../source/silencers.ts';
import { countFindings, renderFindings } from '../../terminal/findings.ts';
import type { FindingFormat } from '../../terminal/findings.ts';
import { introductionOf, summaryOf } from '../../terminal/findings-page.ts';
import { pageOf, pagesDirectory } from './check-pages.ts';
import type { Host } from '../host.ts';

export interface ShownFindings {
  readonly findings: readonly Finding[];
  readonly readText: ReadText;
  readonly filesChecked: number;
  /** Findings that comments silence. */
  readonly silenced?: readonly SilencedFinding[] | undefined;
  /** `undefined`: drawn on a terminal, one line each in a pipe. */
  readonly format: FindingFormat | undefined;
}

/** Findings as data, on stdout. What is for people ends in a line that counts: in the drawing itself, or on stderr where
 *  every line of stdout is a finding. `--quiet` leaves it out. */
export function printFindings(shown: ShownFindings, host: Host): void {
  const { findings, readText, filesChecked, silenced } = shown;
  const view = host.terminal.stdout;
  const format = shown.format ?? (view.isTty ? 'full' : 'short');
  const isQuiet = host.terminal.loudness === 'quiet' || host.terminal.loudness === 'silent';
  const pages = pagesDirectory(host);
  host.terminal.out(
    renderFindings(findings, {
      format,
      readText,
      view,
      filesChecked,
      version: host.version,
      silenced,
      hasTail: !isQuiet,
      describe: (code) => {
        const page = pageOf(pages, code);
        return page === undefined ? undefined : { summary: summaryOf(page), text: introductionOf(page) };
      },
    }),
  );
  if (format === 'short') host.terminal.say(countFindings(findings, filesChecked, silenced?.length));
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

/** How a check ends. With `strict` warnings count as errors, but hints do not. */
export function findingsExit(findings: readonly Finding[], strict: boolean): ExitCode {
  const failing = findings.filter(
    ({ severity, code }) => severity === 'error' || (strict && !hintCodes.has(code)),
  );
  if (failing.length === 0) return ExitCode.done;
  // Nothing is wrong with a document that only asks for too much.
  return failing.every(({ code }) => unsupportedCodes.has(code)) ? ExitCode.unsupported : ExitCode.findings;
}
