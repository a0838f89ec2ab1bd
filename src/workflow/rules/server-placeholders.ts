// `panda/args-placeholder`: placeholders in `opt_args` that the server leaves there. It cuts the words before it replaces
// anything but `%{SECDS1}`, and `%{SECDS*}` never works.
import { hasPlaceholders, leftoverGlobals, unresolvedPlaceholders } from '../../prun/placeholders.ts';
import { textsIn } from '../draft.ts';
import { loopParameterName } from '../scope.ts';
import type { StepRule } from './rule.ts';
import { placeInText } from './text-place.ts';

export const serverPlaceholders: StepRule = (draft, findings, view) => {
  if (!view.isPrun) return;
  for (const name of ['opt_exec', 'opt_args']) {
    const known = view.known(name);
    if (known === undefined || !hasPlaceholders(known.text)) continue;
    const { state, text } = known;
    const parameters = new Set([
      'i',
      ...Object.keys(draft.around ?? {}).map((key) => loopParameterName(key) ?? key),
    ]);
    const globals =
      draft.around === undefined
        ? []
        : leftoverGlobals(text).filter((use) => parameters.has(use.text.slice(2, -1)));
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
