// Commands that REANA's own client warns about: jobs run unprivileged, and in the workspace.
import type { Findings } from '../base/finding.ts';
import { textOf } from '../source/tree.ts';
import type { ScalarNode } from '../source/tree.ts';
import { spanWithin } from '../source/within.ts';

/** @param owner whose command it is, for the message: ``step `fit` `` */
export function warnDangerous(command: ScalarNode, owner: string, findings: Findings): void {
  const text = textOf(command) ?? '';
  for (const match of text.matchAll(/(?<![\w./-])(?:sudo(?=\s)|cd \/)/g)) {
    const span = spanWithin(command, match.index, match.index + match[0].length);
    const message = `\`${match[0]}\` in ${owner} does not work everywhere: commands run unprivileged, in the workspace`;
    findings.warning('reana/dangerous-command', span, message);
  }
}
