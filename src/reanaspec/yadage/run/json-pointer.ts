// Places in a result, as JSON Pointers (RFC 6901).
import { isList, PythonFloat, type PythonValue } from '../../python-value.ts';
import { YadageFault } from './fault.ts';
import { membersOf } from './texts.ts';

/** The value with every leaf replaced by `{$wflowpointer: {step, result: pointer}}`. */
export function pointersInto(value: PythonValue, step: string, pointer = ''): PythonValue {
  if (isList(value)) return value.map((member, index) => pointersInto(member, step, `${pointer}/${index}`));
  if (value instanceof PythonFloat || typeof value !== 'object' || value === null)
    return { $wflowpointer: { step, result: pointer } };
  return Object.fromEntries(
    Object.entries(membersOf(value)).map(([key, member]) => [
      key,
      pointersInto(member, step, `${pointer}/${key.replace(/~/g, '~0').replace(/\//g, '~1')}`),
    ]),
  );
}

/** @throws YadageFault when it leads nowhere */
export function findByPointer(value: PythonValue, pointer: string): PythonValue {
  let found = value;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replace(/~1/g, '/').replace(/~0/g, '~');
    const member = isList(found) ? found[Number(key)] : membersOf(found)[key];
    if (member === undefined) throw new YadageFault(`\`${pointer}\` leads to no value`);
    found = member;
  }
  return found;
}
