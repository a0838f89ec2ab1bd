// Small signs beside names, drawn as lines so that they need no font. Each fills a square of 16 pixels.
import type { StepType } from '../model.ts';

export type Icon = StepType | 'input' | 'output' | 'round';

/** Path data, to be stroked and not filled. */
export const icons: Readonly<Record<Icon, string>> = {
  // Many jobs side by side.
  prun: 'M2.5 2.5h4v4h-4z M9.5 2.5h4v4h-4z M2.5 9.5h4v4h-4z M9.5 9.5h4v4h-4z',
  // Sliders: hyper-parameters.
  phpo: 'M2 4h5 M11 4h3 M9 2v4 M2 8h1.5 M7.5 8h6.5 M5.5 6v4 M2 12h7 M13 12h1 M11 10v4',
  // One way in, two ways out.
  junction:
    'M2 8h4 M6 8c3 0 3 -4.5 6 -4.5h1.5 M6 8c3 0 3 4.5 6 4.5h1.5 M11.5 1.5l2 2l-2 2 M11.5 10.5l2 2l-2 2',
  // A flask: an analysis that can be repeated.
  reana: 'M6 2h4 M6.7 2v4.5l-3.9 6a1 1 0 0 0 0.85 1.5h8.7a1 1 0 0 0 0.85 -1.5l-3.9 -6v-4.5 M4.6 10h6.8',
  // A branch that is merged.
  gitlab:
    'M4.5 5.2v5.6 M6.2 3.5a1.7 1.7 0 1 1 -3.4 0a1.7 1.7 0 1 1 3.4 0z M6.2 12.5a1.7 1.7 0 1 1 -3.4 0a1.7 1.7 0 1 1 3.4 0z M13.2 5.5a1.7 1.7 0 1 1 -3.4 0a1.7 1.7 0 1 1 3.4 0z M11.5 7.2c0 2.6 -3 2 -5.4 4.2',
  // Boxes in a box.
  workflow: 'M1.5 2.5h13v11h-13z M4 5.5h3.5v5h-3.5z M10 5.5h2.5v5h-2.5z M7.5 8h2.5',
  input: 'M8 1.5v8 M4.8 6.6l3.2 3.2l3.2 -3.2 M2 11v3h12v-3',
  output: 'M8 9.5v-8 M4.8 4.6l3.2 -3.2l3.2 3.2 M2 11v3h12v-3',
  round: 'M13.3 8a5.3 5.3 0 1 1 -1.7 -3.9 M12.2 1.2v3.2h-3.2',
};
