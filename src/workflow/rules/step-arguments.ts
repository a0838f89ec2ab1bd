// `prun/…`: what prun or phpo would refuse in `opt_args`, at the very word.
import { phpoOptions, prunOptions } from '../../prun/options.ts';
import { parseArguments } from '../../prun/parse-args.ts';
import { splitShellWords } from '../../prun/shell-words.ts';
import { placeInText, writtenText, type StepRule } from './rule.ts';

export const stepArguments: StepRule = (draft, findings) => {
  const { type } = draft.step;
  if (type === 'workflow' || type === 'gitlab') return;
  const state = draft.inputs.get('opt_args');
  const text = writtenText(state);
  if (state === undefined || text === undefined) return;
  const split = splitShellWords(text);
  if (!split.ok) {
    const message =
      split.reason === 'unclosed-quote'
        ? 'a quote is opened in `opt_args` and never closed'
        : '`opt_args` ends with a backslash';
    findings.error(`prun/${split.reason}`, placeInText(state, split.at, split.at + 1), message);
    return;
  }
  const { problems } = parseArguments(type === 'phpo' ? phpoOptions : prunOptions, split.words);
  for (const problem of problems) {
    // A placeholder may stand for anything; what it becomes is looked at when it is known.
    if (text.slice(problem.start, problem.end).includes('%{')) continue;
    const { nearest } = problem;
    findings.add({
      code: `prun/${problem.kind}`,
      // Deployed servers take removed options: they add one themselves.
      severity: problem.kind === 'removed-option' ? 'warning' : 'error',
      message: problem.message,
      span: placeInText(state, problem.start, problem.end),
      help: nearest === undefined ? undefined : `did you mean \`${nearest}\`?`,
    });
  }
};
