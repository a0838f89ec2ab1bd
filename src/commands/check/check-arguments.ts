// The files that the words of a check stand for: files, directories, and patterns that the shell has left alone.
import { statSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { Finding } from '../../base/finding.ts';
import { textReader } from './text-files.ts';

export interface NamedFiles {
  /** Each once, relative to the working directory where they lie below it, so that a file has one name however it was
   *  reached. In the order of the words; what one word stands for is sorted. */
  readonly files: readonly string[];
  /** `check/no-files` for words that stand for nothing. */
  readonly findings: readonly Finding[];
}

/** Finds the files. A word that names something that is there is never taken for a pattern; a word that is no pattern and
 *  names nothing stays in the list, and is reported by whoever reads it. A directory stands for all documents below it: CWL, native
 *  workflows, Snakefiles for PanDA, analyses for REANA. */
export async function filesOf(words: readonly string[], workingDirectory: string): Promise<NamedFiles> {
  const files = new Set<string>();
  const findings: Finding[] = [];
  for (const word of words) {
    const found = await filesOfWord(word, workingDirectory);
    for (const file of found) files.add(nameOf(file, workingDirectory));
    if (found.length === 0) findings.push(nothingFound(word, workingDirectory));
  }
  return { files: [...files], findings };
}

async function filesOfWord(word: string, workingDirectory: string): Promise<readonly string[]> {
  const path = resolve(workingDirectory, word);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory() === true) return documentsBelow(path);
  // Most words are files; what searches is loaded for the others only.
  if (stats !== undefined || !/[*?[\]{}()!]/.test(word)) return [path];
  return search(word, workingDirectory);
}

async function documentsBelow(directory: string): Promise<readonly string[]> {
  const patterns = ['**/*.cwl', '**/*.{yaml,yml}', '**/[Ss]nakefile', '**/[Ss]nakefile.*', '**/*.smk'];
  const { isDocument } = await import('../../languages/recognise.ts');
  const readText = textReader(directory);
  return (await search(patterns, directory)).filter((path) => isDocument(path, readText));
}

/** Installed packages and hidden directories are not the user's own work. */
async function search(pattern: string | readonly string[], cwd: string): Promise<readonly string[]> {
  const { glob } = await import('tinyglobby');
  const options = { cwd, absolute: true, ignore: ['**/node_modules/**'], followSymbolicLinks: false };
  return (await glob([pattern].flat(), options)).map((path) => resolve(path)).sort();
}

function nameOf(path: string, workingDirectory: string): string {
  const below = relative(workingDirectory, path);
  const isBelow = below !== '' && !below.startsWith(`..${sep}`) && below !== '..' && !isAbsolute(below);
  return (isBelow ? below : path).replaceAll(sep, '/');
}

function nothingFound(word: string, workingDirectory: string): Finding {
  const isDirectory = statSync(resolve(workingDirectory, word), { throwIfNoEntry: false }) !== undefined;
  return {
    code: 'check/no-files',
    severity: 'error',
    message: isDirectory
      ? `there is nothing to check below \`${word}\`: no CWL, no native workflow, no Snakefile for PanDA, no reana.yaml`
      : `no file fits the pattern \`${word}\``,
    span: { file: word, start: 0, end: 0 },
  };
}
