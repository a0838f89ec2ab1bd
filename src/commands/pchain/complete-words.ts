// `pchain complete-words`: what shells ask when Tab is pressed. It asks no server and says nothing of faults.
import type { Command } from 'commander';
import { ExitCode } from '../../base/exit-code.ts';
import { openLedger, type Submission } from '../../ledger/ledger.ts';
import { notedRuns } from '../../reana/offload/offload-journal.ts';
import { codesIn, pagesDirectory } from '../check/check-pages.ts';
import { completeWords, type Candidate, type Known } from '../completion-words.ts';
import type { Host } from '../host.ts';
import { loadSettings } from '../servers/settings.ts';

/** More are no help in a list to choose from. */
const mostKnown = 50;

/** Prints the words that may follow; see completion-scripts.ts for the form. */
export async function runCompleteWords(
  words: readonly string[],
  program: Command,
  host: Host,
): Promise<ExitCode> {
  const { candidates, files } = await completeWords(program, words, known(host));
  const lines = candidates.map(({ word, about }) => `${word}\t${about.replaceAll(/\s+/g, ' ')}`);
  if (files) lines.push(':files');
  if (lines.length > 0) host.terminal.out(lines.join('\n'));
  return ExitCode.done;
}

function known(host: Host): Known {
  return async (kind) => {
    try {
      if (kind === 'runs') return notedRuns(host.workingDirectory).map(named);
      if (kind === 'codes') return codesIn(pagesDirectory(host)).map(named);
      const settings = await loadSettings({}, host);
      const submissions = await openLedger(settings.locations.dataDirectory).list();
      return submissions.slice(-mostKnown).reverse().flatMap(wordsOf[kind]);
    } catch {
      // Settings or a ledger that cannot be read: the command itself will say so.
      return [];
    }
  };
}

const named = (word: string): Candidate => ({ word, about: '' });

type OfSubmissions = Exclude<Parameters<Known>[0], 'runs' | 'codes'>;
const wordsOf: Readonly<Record<OfSubmissions, (submission: Submission) => readonly Candidate[]>> = {
  ids: ({ requestId, outDS }) => (requestId === undefined ? [] : [{ word: String(requestId), about: outDS }]),
  outDS: ({ outDS }) => [{ word: outDS, about: '' }],
  datasets: ({ outputs = [], outDS }) => outputs.map((word) => ({ word, about: outDS })),
};
