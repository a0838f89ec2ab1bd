import decodeQR from 'qr/decode.js';
import { describe, expect, it } from 'vitest';
import { qrCode } from '../../src/terminal/qr-code.ts';
import { styleOf } from '../../src/terminal/style.ts';
import type { View } from '../../src/terminal/terminal.ts';

const address = 'https://iam.example.org/device?user_code=ABCDEF';
const view: View = {
  isTty: true,
  unicode: true,
  style: styleOf(true),
  width: 80,
  rows: 40,
  link: (text) => text,
};

/** What a camera would see: eight by eight points for each module. */
function photograph(lines: readonly string[]): { width: number; height: number; data: Uint8Array } {
  const scale = 8;
  const rows = lines.flatMap((line) => {
    // eslint-disable-next-line no-control-regex -- colours are control sequences
    const characters = Array.from(line.replace(/\u001b\[[0-9;]*m/g, ''));
    return [characters.map((each) => '█▀'.includes(each)), characters.map((each) => '█▄'.includes(each))];
  });
  const width = (rows[0]?.length ?? 0) * scale;
  const height = rows.length * scale;
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const isDark = rows[Math.floor(y / scale)]?.[Math.floor(x / scale)] === true;
      if (isDark) data.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  }
  return { width, height, data };
}

describe('a QR code on a terminal', () => {
  it('leads a camera to the address', () => {
    expect(decodeQR(photograph(qrCode(address, view)))).toBe(address);
  });

  it('is dark on light whatever the colours of the terminal are', () => {
    for (const line of qrCode(address, view)) {
      expect(line.startsWith('\u001b[38;5;16;48;5;231m')).toBe(true);
      expect(line.endsWith('\u001b[0m')).toBe(true);
    }
  });

  it.each([
    ['no terminal', { isTty: false }],
    ['no colours', { style: styleOf(false) }],
    ['no unicode', { unicode: false }],
    ['too little width', { width: 20 }],
    ['too few rows', { rows: 20 }],
  ] as const)('is left out where there is %s', (_, lack) => {
    expect(qrCode(address, { ...view, ...lack })).toEqual([]);
  });

  it('is left out for an address that no code can hold', () => {
    expect(qrCode(`https://x/${'a'.repeat(5_000)}`, { ...view, width: 500, rows: 500 })).toEqual([]);
  });
});
