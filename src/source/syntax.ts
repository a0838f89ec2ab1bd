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
  try {
    const documents = parse(text, { prettyErrors: false, version: '1.2', strict: true, uniqueKeys: true });
    return 'empty' in documents ? [] : documents.flatMap((document) => document.errors);
  } catch (thrown) {
    // It calls itself for every level; the fast reader has long said that there are too many.
    if (thrown instanceof RangeError) return [];
    throw thrown;
  }
}

/** Its sentences start with a capital letter; findings do not. */
function messageOf(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '');
}
