// How wide a text will be, without asking any font of this machine: the layout must not depend on what is installed.
import { graphemes } from '../../base/text-width.ts';

export type Weight = 'regular' | 'bold';

/** The fonts that a viewer should try, most alike first. The widths below hold for all of them. */
export const fontFamilies = [
  'Inter',
  'Segoe UI',
  'Helvetica Neue',
  'Helvetica',
  'Arial',
  'Liberation Sans',
  'Noto Sans',
  'sans-serif',
];

// Advance of U+0020 to U+007E in thousandths of the font size: the larger one of Inter (400, 600) and Liberation Sans
// (regular, bold), which is as wide as Arial and Helvetica.
const regular = [
  281, 288, 466, 633, 642, 982, 667, 300, 365, 365, 501, 662, 288, 460, 288, 360, 631, 556, 610, 618, 646,
  593, 620, 566, 619, 620, 288, 302, 662, 662, 662, 556, 1015, 690, 667, 730, 722, 667, 611, 778, 743, 278,
  571, 672, 565, 903, 753, 778, 667, 778, 722, 667, 646, 744, 690, 985, 682, 679, 629, 365, 360, 365, 471,
  556, 333, 562, 612, 571, 612, 583, 370, 613, 591, 242, 242, 549, 242, 876, 591, 600, 612, 612, 376, 528,
  327, 591, 562, 818, 546, 562, 552, 426, 333, 426, 662,
];
const bold = [
  278, 333, 523, 644, 650, 1004, 722, 326, 373, 373, 540, 673, 319, 465, 319, 379, 660, 556, 623, 636, 666,
  612, 640, 576, 640, 640, 333, 333, 673, 673, 673, 611, 999, 728, 722, 737, 722, 667, 611, 778, 746, 278,
  580, 722, 611, 922, 759, 778, 667, 778, 722, 667, 660, 736, 728, 1020, 720, 713, 652, 373, 379, 373, 584,
  556, 351, 574, 624, 583, 624, 591, 389, 625, 612, 278, 278, 569, 278, 900, 612, 611, 624, 624, 397, 556,
  353, 612, 587, 839, 569, 588, 566, 455, 359, 455, 673,
];
// Where none of the fonts is there, the one that is used instead has wider bold letters (DejaVu Sans: 14 %).
const boldRoom = 1.07;
// Outside of ASCII every script has its own widths; these are those of wide ones (Cyrillic, arrows; Chinese characters).
const narrowElsewhere = 800;
const wideElsewhere = 1060;

/** Pixels that a line takes at most at a font size in pixels. */
export function textLength(text: string, size: number, weight: Weight = 'regular'): number {
  let sum = 0;
  for (const grapheme of graphemes(text)) sum += advance(grapheme.text, grapheme.width, weight);
  return (sum * size) / 1000;
}

function advance(text: string, columns: number, weight: Weight): number {
  const code = text.charCodeAt(0);
  const known = text.length === 1 ? (weight === 'bold' ? bold : regular)[code - 0x20] : undefined;
  const width = known ?? (columns === 0 ? 0 : columns > 1 ? wideElsewhere : narrowElsewhere);
  return weight === 'bold' ? width * boldRoom : width;
}

/** Cuts a line to a width; what was cut ends in an ellipsis. */
export function fitted(text: string, width: number, size: number, weight: Weight = 'regular'): string {
  if (textLength(text, size, weight) <= width) return text;
  let left = width - textLength('…', size, weight);
  let kept = '';
  for (const grapheme of graphemes(text)) {
    left -= (advance(grapheme.text, grapheme.width, weight) * size) / 1000;
    if (left < 0) break;
    kept += grapheme.text;
  }
  return `${kept}…`;
}

/** Breaks a text into at most `most` lines, behind blanks, `_`, `-`, `.` and `/` where that is possible; the last one is cut. */
export function wrapped(
  text: string,
  width: number,
  most: number,
  size: number,
  weight: Weight = 'regular',
): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  while (lines.length < most - 1 && textLength(rest, size, weight) > width) {
    const head = fitted(rest, width + textLength('…', size, weight), size, weight).replace(/…$/, '');
    const soft = /^.*[\s_\-./]/su.exec(head)?.[0] ?? '';
    // A break that leaves a line nearly empty looks worse than one inside of a word.
    const line = soft.length * 3 >= head.length ? soft : head;
    if (line === '') break;
    lines.push(line.trim());
    rest = rest.slice(line.length).trimStart();
  }
  return [...lines, fitted(rest, width, size, weight)];
}
