// Types in the words that a user writes them in.
import { alternatives, type CwlType } from './type.ts';

const mostParts = 6;

/** A type as CWL writes it in short: `string[]?`, `record {x: int, y: File[]}`, `enum [a, b]`, `int | string`.
 *  Long lists of fields and symbols end with `…`. */
export function showType(type: CwlType): string {
  switch (type.kind) {
    case 'plain':
      return type.name;
    case 'array':
      return `${grouped(type.items)}[]`;
    case 'enum':
      return `enum [${listed(type.symbols)}]`;
    case 'record':
      return `record {${listed(type.fields.map((field) => `${field.name}: ${showType(field.type)}`))}}`;
    case 'union':
      return showUnion(type);
    case 'unknown':
      return 'an unknown type';
  }
}

function showUnion(union: CwlType): string {
  const shown = [...new Set(alternatives(union).map(showType))];
  const [first, ...others] = shown.filter((one) => one !== 'null');
  if (first === undefined) return shown.length === 0 ? 'no type' : 'null';
  const mayBeNull = shown.includes('null');
  if (others.length === 0) return mayBeNull ? `${first}?` : first;
  return [first, ...others, ...(mayBeNull ? ['null'] : [])].join(' | ');
}

/** What stands before `[]`: several words in brackets. */
function grouped(type: CwlType): string {
  const shown = showType(type);
  return /[ ?]/.test(shown) ? `(${shown})` : shown;
}

function listed(parts: readonly string[]): string {
  return parts.length <= mostParts ? parts.join(', ') : [...parts.slice(0, mostParts), '…'].join(', ');
}
