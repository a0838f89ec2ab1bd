// What the doctor found, one line each, with what to do below.
import type { View } from './terminal.ts';

export interface ShownCheck {
  readonly title: string;
  readonly state: 'good' | 'info' | 'warning' | 'bad';
  readonly message: string;
  readonly hint: string | undefined;
}

const words = { good: 'ok', info: 'info', warning: 'warning', bad: 'missing' } as const;

export function renderChecks(checks: readonly ShownCheck[], view: View): string {
  const { style } = view;
  const paints = {
    good: style.success,
    info: style.faint,
    warning: style.warning,
    bad: style.error,
  } as const;
  const width = Math.max(...checks.map(({ title }) => title.length));
  const lines = checks.flatMap(({ title, state, message, hint }) => [
    `${paints[state](words[state].padEnd(7))}  ${title.padEnd(width)}  ${message}`,
    ...(hint?.split('\n') ?? []).map((line) => `${' '.repeat(9 + width)}  ${style.hint(line.trim())}`),
  ]);
  const missing = checks.filter(({ state }) => state === 'bad').length;
  lines.push(
    '',
    missing === 0 ? style.success('ready to submit') : style.error(`not ready: ${missing} missing`),
  );
  return lines.join('\n');
}
