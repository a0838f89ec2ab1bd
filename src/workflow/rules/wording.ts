// Rules speak of steps as PanDA has them. A document has names of its own for the same things, and who reads a finding looks for
// those.
import type { Finding } from '../../base/finding.ts';
import type { Language } from '../model.ts';

type Replacement = readonly [pattern: RegExp, text: string];

const replacements: Readonly<Record<Language, readonly Replacement[]>> = {
  cwl: [],
  wfd: [
    [/`opt_(\w+): \{default: ([^}]*)\}`/g, '`$1: $2`'],
    [/`opt_(\w+)`/g, '`$1`'],
    [/`run: junction`/g, '`type: junction`'],
    [/: neither a source nor a default$/, ''],
  ],
  snakemake: [
    [/`(opt_\w+): \{default: ([^}]*)\}`/g, '`$1="$2"`'],
    [/a step with `run: junction`/g, 'a rule with `shell: "junction"`'],
    [/`([^`/\s]+)\/outDS`/g, '`rules.$1.output[0]`'],
    [/: neither a source nor a default$/, ''],
  ],
};

/** A finding in the words of the language that the document is written in. */
export function inWordsOf(language: Language, finding: Finding): Finding {
  const message = reworded(language, finding.message);
  const help = finding.help === undefined ? undefined : reworded(language, finding.help);
  return { ...finding, message, help };
}

function reworded(language: Language, text: string): string {
  return replacements[language].reduce((said, [pattern, name]) => said.replace(pattern, name), text);
}
