// Shapes in words, for messages.
import type { Shape } from './grammar/shape.ts';

/** What a value of this shape is, with its article: `a text`, `a list of texts`. */
export function describe(shape: Shape): string {
  switch (shape.is) {
    case 'text':
      return 'a text';
    case 'expression':
      return 'an expression `$(…)` or `${…}`';
    case 'number':
      return shape.whole ? 'a whole number' : 'a number';
    case 'truth':
      return '`true` or `false`';
    case 'null':
      return 'empty';
    case 'anything':
      return 'a value';
    case 'word':
      return joined(shape.words.map((name) => `\`${name}\``));
    case 'list':
      return `a list of ${plural(shape.of)}`;
    case 'record':
    case 'process':
      return 'a map';
    case 'named list':
      return `a map by \`${shape.by}\`, or a list of maps`;
    case 'requirements':
      return 'a map by `class`, or a list of maps with `class`';
    case 'type':
      return 'a type: a name, a list or a map';
    case 'either':
      return joined([...new Set(shape.of.map(describe))].filter((told) => told !== 'empty'));
  }
}

function plural(shape: Shape): string {
  switch (shape.is) {
    case 'text':
      return 'texts';
    case 'expression':
      return 'expressions';
    case 'number':
      return shape.whole ? 'whole numbers' : 'numbers';
    case 'record':
      return 'maps';
    case 'either':
      return joined([...new Set(shape.of.filter((one) => one.is !== 'null').map(plural))]);
    default:
      return 'values';
  }
}

function joined(parts: readonly string[]): string {
  return parts.length < 2
    ? (parts[0] ?? 'nothing')
    : `${parts.slice(0, -1).join(', ')} or ${parts.at(-1) ?? ''}`;
}
