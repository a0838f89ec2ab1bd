// `prun/…`: what prun or phpo would refuse in `opt_args`, at the very word.
import type { StepRule } from './rule.ts';
import { placeInText } from './text-place.ts';

export const stepArguments: StepRule = (_draft, findings, view) => {
  const args = view.arguments;
  if (args === undefined) return;
  const { known, split, parsed } = args;
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
    findings.add({
      code: `prun/${problem.kind}`,
      // Deployed servers take removed options: they add one themselves.
      severity: problem.kind === 'removed-option' ? 'warning' : 'error',
      message: problem.message,
      span: placeInText(known.state, problem.start, problem.end),
      help: problem.nearest === undefined ? undefined : `did you mean \`${problem.nearest}\`?`,
    });
  }
};
