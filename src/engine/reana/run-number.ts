// Numbers of runs: `7` is the seventh run of its name, `7.2` its second restart. They are two integers, never a fraction.

export interface RunNumber {
  /** From 1; grows with every run of the name. */
  readonly major: number;
  /** 0 for the run itself, then one more with every restart. */
  readonly minor: number;
}

/** `1.10` comes after `1.9`; a run that was not restarted is written without a point.
 *  @returns `undefined` for anything else than one or two whole numbers without leading zeros */
function readRunNumber(text: string): RunNumber | undefined {
  const match = /^([1-9][0-9]{0,8})(?:\.(0|[1-9][0-9]{0,8}))?$/.exec(text);
  if (match === null) return undefined;
  return { major: Number(match[1]), minor: Number(match[2] ?? 0) };
}

export const showRunNumber = ({ major, minor }: RunNumber): string =>
  minor === 0 ? String(major) : `${major}.${minor}`;

/** What `name`, `name.7` and `name.7.2` mean; the name ends at the first point, because names have none.
 *  @returns `number` is `undefined` for the latest run of the name; nothing at all for what cannot be a run */
export function readRunName(
  text: string,
): { readonly name: string; readonly number: RunNumber | undefined } | undefined {
  const point = text.indexOf('.');
  if (point === -1) return { name: text, number: undefined };
  const number = readRunNumber(text.slice(point + 1));
  return number === undefined ? undefined : { name: text.slice(0, point), number };
}
