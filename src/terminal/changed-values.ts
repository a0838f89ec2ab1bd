// Two sets of named values side by side: what stays, what goes (`-`), what comes (`+`).
import { padEnd } from '../base/text-width.ts';
import { printable } from '../base/text.ts';

/** One line for each value that is the same, two for each that is not; in the order of `was`, new names at the end. */
export function changedValues(
  was: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
): readonly string[] {
  const names = [...new Set([...Object.keys(was), ...Object.keys(now)])];
  const width = Math.max(0, ...names.map((name) => name.length));
  const line = (sign: string, name: string, value: unknown): string =>
    `${sign} ${padEnd(printable(name), width)}  ${shown(value)}`;
  return names.flatMap((name) => {
    const isKept = Object.hasOwn(was, name) && Object.hasOwn(now, name);
    if (isKept && JSON.stringify(was[name]) === JSON.stringify(now[name]))
      return [line(' ', name, now[name])];
    return [
      ...(Object.hasOwn(was, name) ? [line('-', name, was[name])] : []),
      ...(Object.hasOwn(now, name) ? [line('+', name, now[name])] : []),
    ];
  });
}

function shown(value: unknown): string {
  const text = printable(typeof value === 'string' ? value : JSON.stringify(value)).replaceAll('\n', ' ');
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}
