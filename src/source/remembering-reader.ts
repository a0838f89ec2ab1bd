// A reader whose texts can be looked at afterwards: comments in them may silence findings.
import type { ReadText } from '../base/read-text.ts';

/** A reader that remembers the texts it gave, by path. */
export function rememberingReader(readText: ReadText): {
  readonly readText: ReadText;
  readonly texts: ReadonlyMap<string, string>;
} {
  const texts = new Map<string, string>();
  return {
    texts,
    readText: (path) => {
      const answer = readText(path);
      if (answer.ok) texts.set(path, answer.text);
      return answer;
    },
  };
}
