// `when` of a rule: texts like `param.opt_inDS`, `!param.opt_inDS && param.opt_secondaryDSs`. There are no parentheses, and terms
// are combined from left to right. Source: panda-server `snakeparser/parser.py`.
import { closest } from '../base/closest.ts';
import { isNestedCondition } from '../workflow/conditions.ts';
import type { Condition } from '../workflow/model.ts';
import { spanAt, type SnakeDocument } from './document.ts';
import { placeWithin, type RuleDraft } from './draft.ts';

interface Token {
  readonly kind: 'input' | 'not' | 'and' | 'or';
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The condition of a rule; `undefined` without one, and for one that cannot be read, which is reported.
 *  @param comesFromStep whether a parameter of the rule gets its value from another step */
export function readCondition(
  document: SnakeDocument,
  rule: RuleDraft,
  comesFromStep: (param: string) => boolean,
): Condition | undefined {
  const { when } = rule;
  if (when === undefined || when.text.trim() === '') return undefined;
  const report = (start: number, end: number, message: string, help?: string): Condition | undefined => {
    document.findings.error(
      'snakemake/bad-condition',
      spanAt(document, placeWithin(when, start, end)),
      message,
      { help },
    );
    return undefined;
  };
  const tokens: Token[] = [];
  for (const match of when.text.matchAll(/&&|\|\||!|param\.(\w+)|[^\s!&|]+|[&|]/g)) {
    const [text, name = ''] = match;
    const place = { start: match.index, end: match.index + text.length };
    const kind = { '&&': 'and', '||': 'or', '!': 'not' }[text] as Token['kind'] | undefined;
    if (kind === undefined && name === '') {
      return report(place.start, place.end, `\`${text}\` is no part of a condition`, helpFor(text, rule));
    }
    tokens.push({ kind: kind ?? 'input', name, ...place });
  }
  const names = rule.params.map((param) => param.name);
  let next = 0;
  const term = (): Condition | undefined => {
    const negation = tokens[next]?.kind === 'not' ? tokens[next++] : undefined;
    const token = tokens[next++];
    if (token?.kind !== 'input') {
      const at = token ?? { start: when.text.length, end: when.text.length };
      return report(
        at.start,
        at.end,
        'a parameter of the rule is missing here',
        'write `param_of("opt_inDS")` there',
      );
    }
    if (!names.includes(token.name)) {
      const nearest = closest(token.name, names);
      const help = nearest === undefined ? undefined : `did you mean \`${nearest}\`?`;
      return report(token.start, token.end, `the rule has no parameter \`${token.name}\``, help);
    }
    if (!comesFromStep(token.name)) {
      const message = `\`${token.name}\` does not come from a step, so there is nothing that could succeed or fail`;
      return report(token.start, token.end, message);
    }
    const input: Condition = { operator: 'input', input: token.name, index: undefined };
    return negation === undefined ? input : { operator: 'not', of: input };
  };
  let left = term();
  let before: Token | undefined;
  while (left !== undefined && next < tokens.length) {
    const operator = tokens[next++];
    if (operator?.kind !== 'and' && operator?.kind !== 'or') {
      const at = operator ?? when;
      return report(at.start, at.end, 'two terms without `&&` or `||` between them');
    }
    if (before !== undefined && before.kind !== operator.kind) {
      const message = '`&&` and `||` are combined from left to right, neither comes first';
      const place = placeWithin(when, operator.start, operator.end);
      document.findings.warning('panda/condition-order', spanAt(document, place), message);
    }
    before = operator;
    const right = term();
    left = right === undefined ? undefined : { operator: operator.kind, left, right };
  }
  if (left !== undefined && isNestedCondition(left)) {
    const message = 'the PanDA server fails on conditions with more than two terms';
    document.findings.warning('panda/nested-condition', spanAt(document, when), message);
  }
  return left;
}

function helpFor(text: string, { params }: RuleDraft): string | undefined {
  if (/[()]/.test(text)) return 'parentheses are not possible here';
  if (params.some(({ name }) => name === text)) return `write \`str(param_of("${text}"))\``;
  return 'a condition consists of `param_of(…)`, `!`, `&&` and `||`';
}
