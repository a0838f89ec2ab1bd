// Native workflows that are written for the user: `--template NAME` instead of a file.
import { stringify } from 'yaml';
import { closest } from '../../base/closest.ts';
import { UsageError } from '../../base/errors.ts';
import { multistepMerge } from './multistep-merge.ts';
import type { TemplateFiles, TemplateInput } from './template.ts';

const templates: Readonly<Record<string, (input: TemplateInput) => TemplateFiles>> = {
  multistep_merge: multistepMerge,
};

export interface WrittenTemplate {
  /** The workflow as text. */
  readonly text: string;
  readonly scripts: TemplateFiles['scripts'];
}

/** @throws UsageError for a template that there is not */
function requireTemplate(name: string): void {
  if (Object.hasOwn(templates, name)) return;
  const known = Object.keys(templates);
  const near = closest(name, known);
  throw new UsageError(`there is no template \`${name}\``, {
    hint: near === undefined ? `there is ${known.join(', ')}` : `did you mean \`${near}\`?`,
  });
}

/** @throws UsageError for a template that there is not, and for what it cannot work with */
export function writeTemplate(name: string, input: TemplateInput): WrittenTemplate {
  requireTemplate(name);
  const made = templates[name]?.(input) ?? { workflow: {}, scripts: {} };
  const text = stringify(made.workflow, { lineWidth: 0 });
  // What the template itself puts into every step is not for the user to change.
  return {
    text: `# pchain: ignore-file prun/overruled-option -- the template counts with it\n${text}`,
    scripts: made.scripts,
  };
}

/** `KEY=VALUE` words of `--prunFlags`; a key alone is an option without value.
 *  @throws UsageError for a word without key, or with dashes */
export function readPrunFlags(words: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=');
      const key = at === -1 ? word : word.slice(0, at);
      if (!/^[A-Za-z]\w*$/.test(key)) {
        throw new UsageError(`\`--prunFlags ${word}\` is not of the form KEY=VALUE`, {
          hint: 'for example --prunFlags nGBPerJob=10 maxNFilesPerJob=50',
        });
      }
      return [key, at === -1 ? '' : word.slice(at + 1)];
    }),
  );
}
