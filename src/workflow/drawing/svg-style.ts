// Colours and line styles of pictures. Hues are far apart for all kinds of colour blindness (after Okabe and Ito), and none
// is the only sign of anything: steps also differ by icon, border and the word below the name, edges by dashes and heads.
import { fontFamilies } from './text-size.ts';

/** `both`: light, and dark where the reader's system is. */
export type Theme = 'light' | 'both';

type ColorName =
  | 'page'
  | 'group'
  | 'groupInner'
  | 'frame'
  | 'ink'
  | 'soft'
  | 'line'
  | 'quiet'
  | 'prun'
  | 'prunLine'
  | 'phpo'
  | 'phpoLine'
  | 'junction'
  | 'junctionLine'
  | 'reana'
  | 'reanaLine'
  | 'gitlab'
  | 'gitlabLine'
  | 'end'
  | 'secondary'
  | 'failed'
  | 'again';
type Palette = Readonly<Record<ColorName, string>>;

const light: Palette = {
  page: '#ffffff',
  group: '#f5f7fa',
  groupInner: '#ebeff4',
  frame: '#b4bfca',
  ink: '#1d2733',
  soft: '#566473',
  line: '#4a5866',
  quiet: '#8d99a6',
  prun: '#e6f0fa',
  prunLine: '#2f6fad',
  phpo: '#f8eaf3',
  phpoLine: '#a5487f',
  junction: '#fdf2d6',
  junctionLine: '#9a6a00',
  reana: '#e0f4ec',
  reanaLine: '#0f7a5a',
  gitlab: '#fce9df',
  gitlabLine: '#b8501a',
  end: '#f1f3f5',
  secondary: '#7b4fa6',
  failed: '#c0392b',
  again: '#9a6a00',
};
const dark: Palette = {
  page: '#12171d',
  group: '#19212a',
  groupInner: '#212b36',
  frame: '#465463',
  ink: '#e8edf2',
  soft: '#a3b1bf',
  line: '#a9b7c4',
  quiet: '#71808f',
  prun: '#17304a',
  prunLine: '#6fb0ec',
  phpo: '#3d2236',
  phpoLine: '#e093c2',
  junction: '#3b2f10',
  junctionLine: '#e3b341',
  reana: '#11372c',
  reanaLine: '#55c8a0',
  gitlab: '#40251a',
  gitlabLine: '#f09a6b',
  end: '#222b35',
  secondary: '#bd98e6',
  failed: '#ff8a7a',
  again: '#e3b341',
};

type Rule = readonly [selector: string, colors: Partial<Record<'fill' | 'stroke', ColorName>>, rest?: string];

const rules: readonly Rule[] = [
  ['.page', { fill: 'page' }],
  [
    'text',
    { fill: 'ink' },
    `font-family:${fontFamilies.map((name) => (name.includes(' ') ? `'${name}'` : name)).join(',')};font-size:14px`,
  ],
  ['.title', {}, 'font-size:17px;font-weight:600'],
  ['.name', {}, 'font-weight:600'],
  ['.note', { fill: 'soft' }, 'font-size:11px'],
  ['.endname', {}, 'font-size:12px;font-weight:600'],
  ['.chiptext', {}, 'font-size:11px'],
  ['.gatetext', {}, 'font-size:11px'],
  ['.group0', { fill: 'group', stroke: 'frame' }, 'stroke-width:1.2'],
  ['.group1', { fill: 'groupInner', stroke: 'frame' }, 'stroke-width:1.2'],
  ['.loop', { stroke: 'again' }, 'stroke-width:1.6'],
  ['.box', {}, 'stroke-width:1.5'],
  ['.rim', {}, 'stroke-width:1;fill:none'],
  ...(['prun', 'phpo', 'junction', 'reana', 'gitlab'] as const).flatMap((type): Rule[] => [
    [`.${type}`, { fill: type, stroke: `${type}Line` }],
    [`.icon.${type},.rim.${type}`, { stroke: `${type}Line` }, 'fill:none'],
  ]),
  ['.workflow', { fill: 'group', stroke: 'frame' }],
  ['.icon', {}, 'fill:none;stroke-width:1.4;stroke-linecap:round;stroke-linejoin:round'],
  ['.icon.plain', { stroke: 'soft' }],
  ['.end', { fill: 'end', stroke: 'quiet' }, 'stroke-width:1.2'],
  ['.gate', { fill: 'page', stroke: 'line' }, 'stroke-width:1.3'],
  ['.gate.negated', { stroke: 'failed' }, 'stroke-dasharray:5 3'],
  ['.round,.icon.round', { stroke: 'again' }, 'stroke-width:1.3'],
  ['.round', { fill: 'junction' }],
  ['.chip', { fill: 'page', stroke: 'quiet' }, 'stroke-width:1'],
  ['.edge', { stroke: 'line' }, 'fill:none;stroke-width:1.6;stroke-linejoin:round'],
  ['.edge.given', { stroke: 'quiet' }, 'stroke-width:1.3'],
  ['.edge.started', {}, 'stroke-dasharray:2 4;stroke-linecap:round;stroke-width:2'],
  ['.edge.failed', { stroke: 'failed' }, 'stroke-dasharray:8 4'],
  ['.edge.repeats', { stroke: 'again' }, 'stroke-dasharray:10 3 2 3'],
  ['.edge.secondary', { stroke: 'secondary' }, 'stroke-width:4.6'],
  ['.edge.secondary.started', {}, 'stroke-dasharray:5 4;stroke-linecap:butt'],
  ['.core', { stroke: 'page' }, 'fill:none;stroke-width:1.8'],
  ['.head', { fill: 'line', stroke: 'line' }, 'stroke-width:1.2;stroke-linejoin:round'],
  ['.head.given', { fill: 'quiet', stroke: 'quiet' }],
  ['.head.secondary', { fill: 'secondary', stroke: 'secondary' }],
  ['.head.repeats', { fill: 'again', stroke: 'again' }],
  ['.head.started', { fill: 'page' }],
  ['.head.failed', { stroke: 'failed' }, 'fill:none;stroke-width:2;stroke-linecap:round'],
];

/** The style sheet. Colours are written out, not as variables: many viewers and rasterisers know no variables, and would
 *  draw everything black. Every rule holds only inside of the picture, so that it can stand in a page. */
export function styleSheet(theme: Theme): string {
  const sheet = rules.map(([selector, colors, rest]) => ruleText(selector, colors, light, rest));
  if (theme === 'light') return sheet.join('\n');
  const darker = rules
    .filter(([, colors]) => Object.keys(colors).length > 0)
    .map(([selector, colors]) => ruleText(selector, colors, dark));
  return [...sheet, '@media (prefers-color-scheme:dark){', ...darker, '}'].join('\n');
}

function ruleText(selector: string, colors: Rule[1], palette: Palette, rest?: string): string {
  const scoped = selector.split(',').map((part) => `.pchain-graph ${part}`);
  const colored = Object.entries(colors).map(([property, name]) => `${property}:${palette[name]}`);
  return `${scoped.join(',')}{${[...colored, ...(rest === undefined ? [] : [rest])].join(';')}}`;
}
