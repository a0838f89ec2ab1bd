// Arguments as `pbook` takes them in batch: `kill 123`, `set_secret NAME VALUE is_file=True`.
import { UsageError } from '../../base/errors.ts';

/** Puts words to the parameters of a command, by place or by `key=value`. Only a parameter's own name makes a word one of
 *  the second kind: a value may hold `=`, as base64 does.
 *  @param parameters in order
 *  @throws UsageError for too many words, and for a parameter that is given twice */
export function batchArguments(
  command: string,
  parameters: readonly string[],
  words: readonly string[],
): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  const rest: string[] = [];
  for (const word of words) {
    const [key = '', value] = split(word);
    if (value === undefined || !parameters.includes(key)) rest.push(word);
    else if (given.has(key)) throw new UsageError(`\`${command}\` got \`${key}\` twice`);
    else given.set(key, value);
  }
  const open = parameters.filter((parameter) => !given.has(parameter));
  if (rest.length > open.length) {
    const most =
      parameters.length === 0 ? 'no arguments' : `at most ${parameters.length}: ${parameters.join(', ')}`;
    throw new UsageError(`\`${command}\` takes ${most}`);
  }
  for (const [index, word] of rest.entries()) given.set(open[index] ?? '', word);
  return given;
}

function split(word: string): readonly string[] {
  const at = word.indexOf('=');
  return at === -1 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}

/** `True` and `False` as Python writes them, or in small letters; false when it is not given.
 *  @throws UsageError for anything else */
export function batchFlag(given: ReadonlyMap<string, string>, parameter: string): boolean {
  const value = given.get(parameter)?.toLowerCase() ?? 'false';
  if (value === 'true' || value === 'false') return value === 'true';
  throw new UsageError(`\`${parameter}\` must be \`True\` or \`False\``);
}

/** @throws UsageError when it is not given */
export function batchText(command: string, given: ReadonlyMap<string, string>, parameter: string): string {
  const value = given.get(parameter);
  if (value !== undefined && value !== '') return value;
  throw new UsageError(
    `\`${command}\` needs ${parameter === 'key' ? 'the name of a secret' : `\`${parameter}\``}`,
  );
}
