// `panda/args-placeholder`: placeholders in `opt_args` that the server leaves there. It cuts the words before it replaces
// anything but `%{SECDS1}`, and `%{SECDS*}` never works.
import { leftoverGlobals, unresolvedPlaceholders } from '../../prun/placeholders.ts';
import { textsIn } from '../draft.ts';
import { loopParameterName } from '../scope.ts';
import { placeInText, writtenText, type StepRule } from './rule.ts';

export const serverPlaceholders: StepRule = (draft, findings) => {
  const { type } = draft.step;
  if (type !== 'prun' && type !== 'junction' && type !== 'reana') return;
  for (const name of ['opt_exec', 'opt_args']) {
    const state = draft.inputs.get(name);
    const text = writtenText(state);
    if (state === undefined || text === undefined) continue;
    const known = new Set([
      'i',
      ...Object.keys(draft.around ?? {}).map((key) => loopParameterName(key) ?? key),
    ]);
    const globals =
      draft.around === undefined
        ? []
        : leftoverGlobals(text).filter((use) => known.has(use.text.slice(2, -1)));
    const open = new Set(unresolvedPlaceholders(textsIn(state.value).join(' ')).map((use) => use.text));
    const replaced = unresolvedPlaceholders(text).filter((use) => !open.has(use.text));
    const affected = [
      ...replaced.filter(
        (use) => use.text === '%{SECDS*}' || (name === 'opt_args' && use.text.startsWith('%{DS')),
      ),
      ...(name === 'opt_args' ? globals : []),
    ];
    for (const use of affected) {
      const message = `the PanDA server does not replace \`${use.text}\` in \`${name}\``;
      findings.warning('panda/args-placeholder', placeInText(state, use.start, use.end), message);
    }
  }
};
