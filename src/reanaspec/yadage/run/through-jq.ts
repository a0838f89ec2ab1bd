// What jq gives back of a value that it leaves as it is. `init` publishes by such a program.
import { isList, PythonFloat, type PythonValue } from '../../python-value.ts';

/** The value with its whole floats as whole numbers: `30.0` comes out of jq as `30`. */
export function throughJq(value: PythonValue): PythonValue {
  if (value instanceof PythonFloat) return Number.isInteger(value.value) ? value.value : value;
  if (isList(value)) return value.map(throughJq);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, throughJq(member)]));
}
