// A picture as pixels, drawn from its SVG with the font that this project brings along.
import { messageOf, UnsupportedError } from '../../base/errors.ts';
import type { Picture } from './svg.ts';

export interface PngOptions {
  /** Paths of font files (regular and semi-bold), the ones that the widths of the layout were taken from. */
  readonly fontFiles: readonly string[];
}

/** Two pixels for each unit: sharp on a projector. */
const scale = 2;
/** Four bytes each in memory; what would have more gets smaller pixels. */
const mostPixels = 50_000_000;

/** The bytes of a PNG file.
 *  @throws UnsupportedError where the rasteriser has no binary for this machine */
export async function drawPng(picture: Picture, options: PngOptions): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js').catch((cause: unknown) => {
    throw new UnsupportedError(`PNG pictures cannot be made on this machine: ${messageOf(cause)}`, {
      hint: 'use --format svg',
      cause,
    });
  });
  const image = new Resvg(picture.svg, {
    fitTo: { mode: 'zoom', value: zoomFor(picture) },
    font: {
      fontFiles: [...options.fontFiles],
      // Only for scripts that the font lacks; reading all of them takes a second on some machines.
      loadSystemFonts: needsOtherFonts(picture.svg),
      defaultFontFamily: 'Inter',
      sansSerifFamily: 'Inter',
    },
  });
  return image.render().asPng();
}

/** Viewers refuse wider and higher pictures, or show them black. */
const longestSide = 30_000;

/** Pixels for each unit of a picture. */
export function zoomFor({ width, height }: Pick<Picture, 'width' | 'height'>): number {
  return Math.min(scale, Math.sqrt(mostPixels / (width * height)), longestSide / Math.max(width, height));
}

/** Are there characters beside Latin, Greek, Cyrillic and common signs? */
function needsOtherFonts(svg: string): boolean {
  return /[^\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Common}\p{Script=Inherited}]/u.test(
    svg,
  );
}
