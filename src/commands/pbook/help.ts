// Help on the commands of pbook, from their declarations.
import type { PbookCommand } from './command.ts';
import type { Parameter } from './parameter.ts';

/** `finish taskIDs [soft=False] [options]`: how a command is written in batch; the rest of many parameters only by its form. */
export function usageOf({ parameters }: PbookCommand): string {
  const all = Object.entries(parameters);
  const placed = all.filter(([, { isNamed }]) => !isNamed);
  const told = placed.slice(0, placed.length > 3 ? 1 : 3);
  const words = told.map(([name, parameter]) => placedText(name, parameter));
  return [...words, ...(told.length < all.length ? ['[name=value…]'] : []), '[options]'].join(' ');
}

function placedText(name: string, { isRequired, fallback }: Parameter<unknown>): string {
  if (isRequired) return name;
  return fallback === undefined ? `[${name}]` : `[${name}=${fallback}]`;
}

/** What is told beside the options: parameters, notes, examples. */
export function notesOf({ name, parameters, notes, examples }: PbookCommand): string {
  const rows = Object.entries(parameters).map(([key, parameter]) => [key, parameterText(parameter)] as const);
  const width = Math.max(0, ...rows.map(([key]) => key.length));
  const told = rows.map(([key, text]) => `  ${key.padEnd(width)}  ${text}`);
  const blocks = [
    ...(told.length === 0 ? [] : [`Parameters, in this order or as name=value:\n${told.join('\n')}`]),
    ...(notes === undefined ? [] : [notes]),
    `Examples:\n${examples.map((call) => `  >>> ${call}\n  $ pbook ${batchForm(name, call)}`).join('\n')}`,
  ];
  return `\n${blocks.join('\n\n')}\n`;
}

function parameterText({ help, kind, fallback, isRequired }: Parameter<unknown>): string {
  const choices = kind.choices.length > 0 && !kind.isTruth && !isRequired ? kind.choices.join(', ') : '';
  const facts = [
    ...(choices === '' || choices.split(', ').every((choice) => help.includes(`\`${choice}\``))
      ? []
      : [choices]),
    ...(fallback === undefined ? [] : [`${fallback} when not given`]),
  ];
  return facts.length === 0 ? help : `${help} (${facts.join('; ')})`;
}

/** A call of an example, `show([1, 2], format='long')`, as words of a shell: `show 1,2 format=long`. */
export function batchForm(name: string, call: string): string {
  const inside = call.slice(call.indexOf('(') + 1, call.lastIndexOf(')'));
  if (inside === '' || inside.includes('{')) return inside === '' ? name : dictionaryForm(name, inside);
  const words = inside
    .replace(/\[([^\]]*)\]/g, (_, members: string) => members.replace(/,\s*/g, ','))
    .split(/,\s+/)
    .map((word) => word.replaceAll("'", ''));
  return [name, ...words].join(' ');
}

/** There are no dictionaries in batch: each entry is an argument of its own. */
function dictionaryForm(name: string, inside: string): string {
  const first = inside.slice(0, inside.indexOf(','));
  const entries = [...inside.matchAll(/'(\w+)': ('[^']*'|[^,}]+)/g)].map(
    ([, key = '', value = '']) => `${key}=${value.replaceAll("'", '')}`,
  );
  return [name, first, ...entries].join(' ');
}
