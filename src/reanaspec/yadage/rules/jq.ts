// Programs in jq's language: conditions of cases, and what makes parameters and outputs. They are not run here; only what can be
// no program at all is reported: brackets and quotes that do not fit, and an end in the middle of something.
import type { Findings } from '../../../base/finding.ts';
import { spanOf } from '../../../source/tree.ts';
import type { TextAt } from '../model.ts';

export function checkJq(program: TextAt, findings: Findings): void {
  const fault = faultOf(program.text);
  if (fault === undefined) return;
  findings.error(
    'yadage/bad-jq',
    spanOf(program.node),
    `\`${program.text.trim()}\` is no program of jq: ${fault}`,
  );
}

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

function faultOf(text: string): string | undefined {
  const open: string[] = [];
  // Inside of a text, `\(` begins a program again, and the matching bracket ends it.
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    const innermost = open.at(-1);
    if (innermost === '"') {
      if (char === '\\' && text.charAt(at + 1) === '(') {
        open.push('(');
        at++;
      } else if (char === '\\') at++;
      else if (char === '"') open.pop();
    } else if (char === '"') open.push('"');
    else if (char === '#') {
      const end = text.indexOf('\n', at);
      at = end === -1 ? text.length : end;
    } else if (closing[char] !== undefined) open.push(char);
    else if (/[)\]}]/.test(char)) {
      if (innermost === undefined || closing[innermost] !== char) return `\`${char}\` closes nothing`;
      open.pop();
    }
  }
  const left = open.at(-1);
  if (left !== undefined) return left === '"' ? 'a text is never ended' : `\`${left}\` is never closed`;
  const tail = /(?:[|+*/%,=<>:-]|\b(?:and|or|not\s+and|if|then|else|elif|as|reduce|foreach|def))\s*$/
    .exec(text)?.[0]
    .trim();
  return tail === undefined ? undefined : `something must follow \`${tail}\``;
}
