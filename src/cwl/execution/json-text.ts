// JSON as other runners write it, so that files come out the same: names in order, a blank behind each comma and colon, and
// nothing but ASCII.
import { pythonJson } from '../../prun/plain-value.ts';
import type { Value } from '../../workflow/model.ts';
import { isList } from './values.ts';

export const jsonText = (value: Value): string => pythonJson(inOrder(value));

function inOrder(value: Value): Value {
  if (isList(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, inOrder(member)]));
}
