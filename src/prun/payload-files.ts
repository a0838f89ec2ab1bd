// Files of the sandbox that a payload runs or reads, as far as that is certain.
import { oncePerText } from '../base/once-per-text.ts';
import { payloadCommands, type PayloadCommand, type PayloadWord } from './payload-commands.ts';

export interface PayloadFile {
  readonly word: PayloadWord;
  /** Relative to the sandbox, without `./`. */
  readonly path: string;
  /** False when an earlier command may have made it. */
  readonly isCertain: boolean;
}

/** Scripts that are run and files that are named to a known program: `bash x.sh`, `./x.sh`, `python x.py`, `awk -f x.awk`,
 *  `source x.sh`, `-f reana.yaml`. Names that something before could have brought along are left out. */
export const payloadFiles: (payload: string) => readonly PayloadFile[] = oncePerText((payload) => {
  const files: PayloadFile[] = [];
  const seen = new Set<string>();
  let isCertain = true;
  for (const command of payloadCommands(payload)) {
    const [name] = command.words;
    const program = name?.text ?? '';
    const words = filesOf(command).filter(isPlainPath);
    for (const word of words) {
      const path = word.text.replace(/^(?:\.\/+)+/, '');
      if (!seen.has(path)) files.push({ word, path, isCertain });
    }
    for (const word of [...command.words.slice(1), ...command.writes]) seen.add(plain(word.text));
    // From here on files may be somewhere else, or come from elsewhere.
    if (movers.has(program)) break;
    if (!isHarmless(command)) isCertain = false;
  }
  return files;
});

function plain(text: string): string {
  return text.replace(/^(?:\.\/+)+/, '');
}

/** Whether a command only prints or waits: it makes no file but those its output is sent to. */
export function isHarmless(command: PayloadCommand): boolean {
  const program = command.words[0]?.text;
  return program === undefined || harmless.has(program);
}

/** Whether a word is a path that stands for a file of the sandbox: nothing that anybody replaces, nothing outside. */
function isPlainPath(word: PayloadWord): boolean {
  const { text, isLiteral } = word;
  return (
    isLiteral && /^(?!\/|-)[\w.+/-]+$/.test(text) && !text.split('/').includes('..') && /[\w]$/.test(text)
  );
}

function filesOf(command: PayloadCommand): readonly PayloadWord[] {
  const [name] = command.words;
  if (name === undefined || !name.isLiteral || harmless.has(name.text)) return [];
  const words = command.words.slice(1);
  const program = name.text.slice(name.text.lastIndexOf('/') + 1);
  if (name.text.startsWith('./')) return [name];
  if (program === 'source' || name.text === '.') return words.slice(0, 1).filter(looksLikeFile);
  if (/^(?:ba|z|da|k)?sh$/.test(program)) return script(words, /^-[a-z]*[cs]/, /^[-+][a-z]*o$/);
  if (/^python[\d.]*$/.test(program)) return script(words, /^-[a-zA-Z]*[cm]$/, /^-[WX]$/);
  if (program === 'perl' || program === 'ruby' || program === 'Rscript')
    return script(words, /^-[a-zA-Z]*e/, /^$/);
  if (/^[gmn]?awk$/.test(program)) return valuesOf(words, /^-f$/, /^--file=/);
  if (program === 'root' || program === 'root.exe')
    return words.filter((word) => /\.(?:C|cc|cxx|cpp)$/.test(word.text));
  if (isReana(command)) return valuesOf(words, /^(?:-f|--file)$/, /^--file=/);
  return [];
}

/** Whether a command is a REANA client that reads a specification. */
function isReana(command: PayloadCommand): boolean {
  const texts = command.words.map((word) => word.text);
  if (texts[0] === 'pchain')
    return texts[1] === 'reana' && ['run', 'create', 'validate'].includes(texts[2] ?? '');
  return texts[0] === 'reana-client' && ['run', 'create', 'validate'].includes(texts[1] ?? '');
}

/** The script of an interpreter: its first word that is no option. None when the program is given in another way. */
function script(words: readonly PayloadWord[], inline: RegExp, takesValue: RegExp): readonly PayloadWord[] {
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (word === undefined || inline.test(word.text)) return [];
    if (takesValue.test(word.text)) index++;
    else if (!/^[-+]/.test(word.text)) return looksLikeFile(word) ? [word] : [];
  }
  return [];
}

function valuesOf(words: readonly PayloadWord[], separate: RegExp, joined: RegExp): readonly PayloadWord[] {
  return words.flatMap((word, index) => {
    if (separate.test(word.text)) return words[index + 1] ?? [];
    const prefix = joined.exec(word.text)?.[0];
    if (prefix === undefined) return [];
    return [{ ...word, text: word.text.slice(prefix.length) }];
  });
}

function looksLikeFile(word: PayloadWord): boolean {
  return /\.\w+$/.test(word.text) || word.text.startsWith('./');
}

/** After these the working directory, or what lies in it, is another. */
const movers: ReadonlySet<string> = new Set(
  (
    'cd pushd popd git svn wget curl tar unzip gunzip cp mv ln rsync scp xrdcp rucio pip pip3 ' +
    'conda make cmake docker apptainer singularity eval sed'
  ).split(' '),
);

const harmless: ReadonlySet<string> = new Set(
  (
    'echo printf true false : date sleep pwd ls export set unset test [ [[ hostname whoami ' +
    'uname cat head tail wc grep cut sort uniq seq mkdir tr exit shift ulimit umask which df ' +
    'du id local read return'
  ).split(' '),
);
