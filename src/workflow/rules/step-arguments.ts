// `prun/…`: what prun or phpo would refuse in `opt_args`, at the very word.
import { misspeltName } from '../../base/misspelling.ts';
import type { StepRule } from './rule.ts';
import { fixInText, placeInText } from './text-place.ts';

export const stepArguments: StepRule = (_draft, findings, view) => {
  const args = view.arguments;
  if (args === undefined) return;
  const { known, table, split, parsed } = args;
  if (!split.ok) {
    const message =
      split.reason === 'unclosed-quote'
        ? 'a quote is opened in `opt_args` and never closed'
        : '`opt_args` ends with a backslash';
    findings.error(`prun/${split.reason}`, placeInText(known.state, split.at, split.at + 1), message);
    return;
  }
  for (const problem of parsed.problems) {
    // A placeholder may stand for anything; what it becomes is looked at when it is known.
    if (known.text.slice(problem.start, problem.end).includes('%{')) continue;
    const { option = '', nearest, start } = problem;
    const isCertain =
      problem.kind === 'unknown-option' && misspeltName(option, table.byFlag.keys()) === nearest;
    const isWritten = known.text.startsWith(option, start);
    findings.add({
      code: `prun/${problem.kind}`,
      // Deployed servers take removed options: they add one themselves.
      severity: problem.kind === 'removed-option' ? 'warning' : 'error',
      message: problem.message,
      span: placeInText(known.state, problem.start, problem.end),
      help: nearest === undefined ? undefined : `did you mean \`${nearest}\`?`,
      fix:
        isCertain && isWritten && nearest !== undefined
          ? fixInText(known.state, start, start + option.length, nearest)
          : undefined,
    });
  }
};
