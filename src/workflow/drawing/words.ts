// What a drawing says about a step besides its name.
import { textWidth } from '../../base/text-width.ts';
import type { DrawnStep } from './groups.ts';
import { timesText } from './groups.ts';

/** Lines such as `prun ×4, output` and `when top ok`; conditions are broken into lines of at most `width` columns. */
export function describe(step: DrawnStep, unicode: boolean, width: number): string[] {
  return [kindText(step, unicode), ...(step.when === undefined ? [] : wrapped(`when ${step.when}`, width))];
}

/** `workflow ×4 ↻`: the type, how many copies, whether it repeats, whether its data are kept. */
export function kindText(step: DrawnStep, unicode: boolean): string {
  const parts = [
    step.type,
    timesText(step, unicode),
    step.loop ? (unicode ? '↻ loop' : '(loop)') : '',
  ].filter((part) => part !== '');
  return `${parts.join(' ')}${step.isOutput && step.inner === undefined ? ', output' : ''}`;
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && textWidth(last) + 1 + textWidth(word) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(lines.length === 0 ? word : `  ${word}`);
  }
  return lines;
}
