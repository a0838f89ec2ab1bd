// Says what was not uploaded, and why.
import type { LeftOut } from '../../reana/files/inputs.ts';
import type { Host } from '../host.ts';

const mostNamed = 5;

/** One line for each reason; all names with `--verbose`. */
export function tellLeftOut(leftOut: readonly LeftOut[], host: Host): void {
  const byReason = new Map<string, string[]>();
  for (const { name, why } of leftOut) byReason.set(why, [...(byReason.get(why) ?? []), name]);
  for (const [why, names] of byReason) {
    const named = names.slice(0, mostNamed).map((name) => `\`${name}\``);
    const more = names.length - named.length;
    host.terminal.say(`left out, because ${why}: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`);
    if (more > 0) host.terminal.detail(names.map((name) => `  ${name}`).join('\n'));
  }
}
