// Values that arrive at one place from several sources.
// Source: CWL v1.2, Workflow, sections "Merging multiple inbound data links" and "Picking non-null values".
import type { Value } from '../../workflow/model.ts';
import { CwlFault } from './fault.ts';
import { isList, textIn } from './values.ts';
import type { Values } from './values.ts';

/** @param values one for each source
 *  @param settings `linkMerge`, `pickValue`
 *  @param place in words, for messages */
export function merged(values: readonly Value[], settings: Values, place: string): Value {
  const merge = textIn(settings, 'linkMerge');
  // Whoever asks for a merge gets a list, also of a single value.
  const isAlone = values.length === 1 && merge === undefined;
  const joined: Value = isAlone
    ? (values[0] ?? null)
    : merge === 'merge_flattened'
      ? flattened(values)
      : values;
  return picked(joined, textIn(settings, 'pickValue'), place);
}

function flattened(values: readonly Value[]): readonly Value[] {
  return values.flatMap((value) => (isList(value) ? value : [value]));
}

function picked(value: Value, method: string | undefined, place: string): Value {
  if (method === undefined) return value;
  const list = isList(value) ? value : [value];
  const others = list.filter((member) => member !== null);
  const [first] = others;
  switch (method) {
    case 'all_non_null':
      return others;
    case 'first_non_null':
      if (first === undefined)
        throw new CwlFault(`${place}: all values are null, but \`pickValue\` wants the first that is not`);
      return first;
    case 'the_only_non_null':
      if (first === undefined || others.length > 1)
        throw new CwlFault(
          `${place}: ${others.length} values are not null, but \`pickValue\` wants exactly one`,
        );
      return first;
    default:
      throw new CwlFault(`${place}: there is no \`pickValue\` of \`${method}\``);
  }
}
