// JSON as other runners write it, so that files come out the same: names in order, a blank behind each comma and colon, nothing
// but ASCII, and numbers as Python writes them.
import { pythonJson } from '../../prun/plain-value.ts';
import type { Value } from '../../workflow/model.ts';
import { pythonFloat } from '../../workflow/python-number.ts';
import { isList, isRecord, isWholeFloat, numberOf } from './values.ts';

export function jsonText(value: Value): string {
  if (isWholeFloat(value)) return pythonFloat(numberOf(value));
  if (isList(value)) return `[${value.map(jsonText).join(', ')}]`;
  if (isRecord(value)) {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([name, member]) => `${pythonJson(name)}: ${jsonText(member)}`).join(', ')}}`;
  }
  return typeof value === 'number' && !Number.isSafeInteger(value) && Number.isFinite(value)
    ? pythonFloat(value)
    : pythonJson(value);
}
