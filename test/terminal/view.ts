// Views for tests: what a stream can show, without a stream.
import { styleOf } from '../../src/terminal/style.ts';
import type { View } from '../../src/terminal/terminal.ts';

export function view(overrides: Partial<Omit<View, 'style'>> & { readonly color?: boolean } = {}): View {
  const { color = false, ...rest } = overrides;
  return {
    isTty: true,
    unicode: true,
    style: styleOf(color),
    width: 80,
    rows: 24,
    link: (text) => text,
    ...rest,
  };
}
