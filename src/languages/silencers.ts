// Comments that silence findings, as each language writes them.
import { readSilencers, type ReadSilencers } from '../source/silencers.ts';
import { isSnakefile } from './recognise.ts';

/** Who reads the comments of each file; what is not needed is not loaded. */
export async function silencerReader(files: Iterable<string>): Promise<(file: string) => ReadSilencers> {
  if (![...files].some(isSnakefile)) return () => readSilencers;
  const { readSnakefileSilencers } = await import('../snakemake/comments.ts');
  return (file) => (isSnakefile(file) ? readSnakefileSilencers : readSilencers);
}
