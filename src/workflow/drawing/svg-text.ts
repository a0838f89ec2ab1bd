// Text and numbers as they stand in an SVG document.

/** Escapes a text for content and for attributes in double quotes; what XML cannot hold becomes U+FFFD. */
export function escapeXml(text: string): string {
  return (
    text
      .replace(/\p{Surrogate}|[\ufffe\uffff]/gu, '\ufffd')
      // eslint-disable-next-line no-control-regex -- XML 1.0 allows no others, not even as references
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '\ufffd')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/"/g, '&quot;')
  );
}

/** At most one digit behind the point: finer than any screen, and the same everywhere. */
export function decimal(value: number): string {
  const rounded = Math.round(value * 10) / 10;
  return String(rounded === 0 ? 0 : rounded);
}

export interface TextLook {
  readonly className: string;
  readonly anchor?: 'start' | 'middle' | 'end';
}

/** A line of text; `y` is its base line. */
export function textElement(x: number, y: number, text: string, look: TextLook): string {
  const anchor = look.anchor === undefined || look.anchor === 'start' ? '' : ` text-anchor="${look.anchor}"`;
  return `<text class="${look.className}" x="${decimal(x)}" y="${decimal(y)}"${anchor}>${escapeXml(text)}</text>`;
}

export interface SvgPage {
  readonly className: string;
  /** For who hears the picture instead of seeing it. */
  readonly title: string;
  readonly description: string;
  readonly style: string;
  readonly width: number;
  readonly height: number;
  readonly body: readonly string[];
}

/** A picture on a page with round corners, readable by screen readers. */
export function svgPage({ className, title, description, style, width, height, body }: SvgPage): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="${className}" width="${width}" height="${height}" ` +
      `viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${className}-title ${className}-desc">`,
    `<title id="${className}-title">${escapeXml(title)}</title>`,
    `<desc id="${className}-desc">${escapeXml(description)}</desc>`,
    `<style>\n${style}\n</style>`,
    `<rect class="page" width="${width}" height="${height}" rx="6"/>`,
    ...body,
    '</svg>',
    '',
  ].join('\n');
}
