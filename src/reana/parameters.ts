// Parameters and operational options from a command line, checked and typed by what there is to replace.
import { closest } from '../base/closest.ts';
import { UsageError } from '../base/errors.ts';
import { PythonFloat } from '../reanaspec/python-value.ts';
import { serialOptionFault } from '../reanaspec/options.ts';

/** Gives texts the types of the values that they replace.
 *  @param known name -> value in the specification
 *  @param place of the specification, for messages
 *  @throws UsageError for an unknown name, and for a text that cannot be of the type */
export function typedParameters(
  given: ReadonlyMap<string, string>,
  known: Readonly<Record<string, unknown>>,
  place: string,
): Readonly<Record<string, unknown>> {
  const typed: Record<string, unknown> = {};
  for (const [name, text] of given) {
    if (!Object.hasOwn(known, name)) {
      const near = closest(name, Object.keys(known));
      throw new UsageError(`\`${place}\` has no parameter \`${name}\``, {
        hint: near === undefined ? undefined : `did you mean \`${near}\`?`,
      });
    }
    typed[name] = typedValue(name, text, known[name], place);
  }
  return typed;
}

function typedValue(name: string, text: string, known: unknown, place: string): unknown {
  const wrong = (kind: string): UsageError =>
    new UsageError(`\`${name}\` is ${kind} in \`${place}\`, and \`${text}\` is none`);
  const isFloat = known instanceof PythonFloat;
  switch (isFloat ? 'number' : typeof known) {
    case 'number': {
      const value = Number(text);
      if (text.trim() === '' || !Number.isFinite(value)) throw wrong('a number');
      // As in a specification: rather a text than another number, which a seed of 20 digits would become.
      const isTooLong = /^\s*[+-]?\d+\s*$/.test(text) && !Number.isSafeInteger(value);
      if (isTooLong) return text.trim();
      // As typed: `2.0` is what a command will show.
      return text.includes('.') || (isFloat && /e/i.test(text)) ? new PythonFloat(value) : value;
    }
    case 'boolean': {
      if (!/^(?:true|false)$/i.test(text)) throw wrong('true or false');
      return /^true$/i.test(text);
    }
    case 'object': {
      if (known === null) return text;
      const kind = Array.isArray(known) ? 'a list' : 'an object';
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch {
        throw wrong(`${kind} (to be given as JSON)`);
      }
      if (typeof value !== 'object' || value === null || Array.isArray(value) !== Array.isArray(known))
        throw wrong(kind);
      return value;
    }
    default:
      return text;
  }
}

/** Operational options of one kind of workflow.
 *  @param steps what `FROM` and `TARGET` may name, as far as it is known
 *  @throws UsageError for a name that the kind does not have, or a value that is none */
export function checkedOptions(
  given: ReadonlyMap<string, string>,
  known: readonly string[] | undefined,
  kind: string,
  steps?: readonly string[],
): Readonly<Record<string, string>> {
  for (const [name, value] of given) {
    if (known === undefined || known.includes(name)) {
      const fault = kind === 'serial' ? serialOptionFault(name, value, steps) : undefined;
      if (fault !== undefined)
        throw new UsageError(`\`--option ${name}=${value}\`: ${fault.message}`, { hint: fault.help });
      continue;
    }
    const near = closest(name, known);
    throw new UsageError(`a ${kind} workflow has no operational option \`${name}\``, {
      hint:
        near === undefined
          ? `it may be ${known.map((option) => `\`${option}\``).join(', ')}`
          : `did you mean \`${near}\`?`,
    });
  }
  return Object.fromEntries(given);
}
