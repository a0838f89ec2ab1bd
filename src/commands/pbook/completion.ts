// What Tab can put at the end of a line at the prompt of pbook: commands, names of parameters, their values, known ids.
import type { Completion } from '../../terminal/line-editor.ts';
import type { PbookCommand } from './command.ts';
import { commandNamed, pbookCommands } from './commands.ts';

const others: readonly string[] = ['help', 'secrets', 'exit', 'quit'];
const secretsWords: readonly string[] = ['list', 'set', 'delete', 'push', 'status', 'check'];

/** @param ids ids of tasks and requests that were seen */
export function complete(typed: string, ids: readonly number[]): Completion {
  const call = /^\s*([A-Za-z_]\w*)\s*\(([^]*)$/.exec(typed);
  if (call !== null) return insideCall(call[1] ?? '', call[2] ?? '', ids);
  const words = typed.trimStart().split(/\s+/);
  const last = words.at(-1) ?? '';
  const [name = ''] = words;
  if (words.length === 1) return fitting(last, commandNames());
  if (name === 'help') return fitting(last, commandNames());
  if (name === 'secrets') return fitting(last, words.length === 2 ? secretsWords : []);
  const command = commandNamed(name);
  return command === undefined ? fitting(last, []) : argument(command, last, ids, (value) => value);
}

function commandNames(): readonly string[] {
  const listed = pbookCommands.filter(({ isHidden }) => isHidden !== true).map(({ name }) => name);
  return [...listed, ...others];
}

function insideCall(name: string, inside: string, ids: readonly number[]): Completion {
  const last = lastArgument(inside);
  if (last === undefined) return fitting('', []);
  if (name === 'help') return fitting(last, commandNames());
  const command = commandNamed(name);
  if (command === undefined) return fitting(last, []);
  return argument(command, last, ids, (value) => (/^(?:True|False)$/.test(value) ? value : `'${value}'`));
}

/** What is typed behind the last comma or bracket that is not inside of quotes; `undefined` behind the end of the call. */
function lastArgument(inside: string): string | undefined {
  let start = 0;
  let quote = '';
  for (let at = 0; at < inside.length; at++) {
    const char = inside.charAt(at);
    if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === "'" || char === '"') quote = char;
    else if (char === ')') return undefined;
    else if (char === ',' || char === '[' || char === '(') start = at + 1;
  }
  return inside.slice(start).trimStart();
}

function argument(
  command: PbookCommand,
  typed: string,
  ids: readonly number[],
  written: (value: string) => string,
): Completion {
  const [, name, value = ''] = /^(\w+)=([^]*)$/.exec(typed) ?? [];
  const parameters = Object.entries(command.parameters);
  if (name !== undefined) {
    const found = parameters.find(([key]) => key === name)?.[1];
    return fitting(value, [...(found?.kind.choices ?? [])].map(written));
  }
  const [first] = parameters;
  const takesIds = first !== undefined && /ids?$/i.test(first[0]);
  // Behind a comma in batch, `kill 1,2`, the next id is typed.
  const tail = typed.slice(typed.lastIndexOf(',') + 1);
  const known = takesIds ? ids.map(String) : [];
  if (/^\d+$/.test(tail) || (tail === '' && typed !== '')) return fitting(tail, known);
  const values = first === undefined ? [] : [...first[1].kind.choices].map(written);
  return fitting(typed, [...parameters.map(([key]) => `${key}=`), ...values, ...(typed === '' ? known : [])]);
}

function fitting(replaced: string, candidates: readonly string[]): Completion {
  return { candidates: candidates.filter((candidate) => candidate.startsWith(replaced)), replaced };
}
