// Comments of a Snakefile that silence findings; the same words inside of a text are a part of that text.
import { silencersAmong, type Silencer } from '../source/silencers.ts';
import { tokenize } from './tokens.ts';

export function readSnakefileSilencers(file: string, text: string): readonly Silencer[] {
  if (!text.includes('pchain:')) return [];
  const tokens = tokenize(text).tokens.filter(({ start, end }) => end > start);
  const literals = tokens.filter(({ kind }) => kind === 'string').map(({ start, end }) => ({ start, end }));
  return silencersAmong(file, text, { literals, contentStart: tokens[0]?.start ?? text.length });
}
