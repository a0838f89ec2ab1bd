// A QR code for a terminal: two modules in each character, dark on light whatever the colours of the terminal are.
import { encodeQR } from 'qr';
import type { View } from './terminal.ts';

const dark = '38;5;16';
const light = '48;5;231';
const borderModules = 2;

/** The code as lines; none where the terminal cannot show one that a camera would read.
 *  @param text at most some hundred characters */
export function qrCode(text: string, view: View): readonly string[] {
  const hasColor = view.style.hint('x') !== 'x';
  if (!view.isTty || !view.unicode || !hasColor) return [];
  let modules: readonly (readonly boolean[])[];
  try {
    modules = encodeQR(text, 'raw', { ecc: 'low', border: borderModules });
  } catch {
    // Too long for any code; the address is there as text anyway.
    return [];
  }
  const width = modules[0]?.length ?? 0;
  // The lines around it must stay in sight, too.
  if (width > view.width || modules.length / 2 + linesAround > view.rows) return [];
  const lines: string[] = [];
  for (let row = 0; row < modules.length; row += 2) {
    const upper = modules[row] ?? [];
    const lower = modules[row + 1] ?? [];
    const characters = upper.map((isDark, column) => character(isDark, lower[column] === true));
    lines.push(`\u001b[${dark};${light}m${characters.join('')}\u001b[0m`);
  }
  return lines;
}

const linesAround = 8;

function character(upperIsDark: boolean, lowerIsDark: boolean): string {
  if (upperIsDark) return lowerIsDark ? '█' : '▀';
  return lowerIsDark ? '▄' : ' ';
}
