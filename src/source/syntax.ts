// All syntax errors of a text, for the moment when there is one. The fast reader stops at the first; this one goes on.
import type { parseAllDocuments, YAMLParseError } from 'yaml';
import type { Finding } from '../base/finding.ts';

/** Every syntax error of a text, in its order; empty when there is none, and for a text that is nested too deeply for this
 *  parser. The parser that can go on after an error is loaded only here, because it is slow to start. */
export async function syntaxFindings(file: string, text: string): Promise<readonly Finding[]> {
  const { parseAllDocuments } = await import('yaml');
  return errorsOf(parseAllDocuments, text).map((error) => {
    const [start, end] = error.pos;
    return {
      code: error.code === 'DUPLICATE_KEY' ? 'yaml/duplicate-key' : 'yaml/syntax',
      severity: 'error' as const,
      message: messageOf(error.message),
      span: { file, start: Math.min(start, text.length), end: Math.min(Math.max(start, end), text.length) },
    };
  });
}

function errorsOf(
  parse: typeof parseAllDocuments,
  text: string,
): readonly Pick<YAMLParseError, 'code' | 'message' | 'pos'>[] {
  // The parser calls itself for every level, and a stack that is full may end the whole process. The fast reader, which has
  // a limit of its own, has long said that there are too many.
  if (deepestLevel(text) > mostLevels) return [];
  const documents = parse(text, { prettyErrors: false, version: '1.2', strict: true, uniqueKeys: true });
  return 'empty' in documents ? [] : documents.flatMap((document) => document.errors);
}

/** Three times what the fast reader takes. */
const mostLevels = 300;

/** How many collections may at most lie in each other, whatever the text turns out to mean: brackets that are open, and on a
 *  line its indentation and every mark that can begin a collection. */
function deepestLevel(text: string): number {
  let deepest = 0;
  let brackets = 0;
  for (const line of text.split(/[\r\n]+/)) {
    const indentation = line.search(/[^ \t]|$/);
    let marks = 0;
    for (const [mark] of line.matchAll(/[-?:](?=[ \t]|$)|[[{\]}]/g)) {
      if (mark === '[' || mark === '{') brackets++;
      else if (mark === ']' || mark === '}') brackets = Math.max(0, brackets - 1);
      else marks++;
      deepest = Math.max(deepest, indentation + marks + brackets);
    }
  }
  return deepest;
}

/** Its sentences start with a capital letter; findings do not. */
function messageOf(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '');
}
