// Which rules become steps, and in which order: those that lead to what `rule all` asks for, found as Snakemake finds them, from
// the end to the beginning. Source: Snakemake 9 `dag.py`, panda-server `snakeparser/parser.py`.
import { spanAt, type SnakeDocument } from './document.ts';
import type { FileUse, RuleDraft } from './draft.ts';

export interface Jobs {
  /** In the order in which Snakemake comes upon them; without `all`. */
  readonly rules: readonly RuleDraft[];
  /** For each rule, the rules that make its input files, by file. */
  readonly dependencies: ReadonlyMap<RuleDraft, ReadonlyMap<string, RuleDraft>>;
}

export function findJobs(document: SnakeDocument, all: RuleDraft, rules: readonly RuleDraft[]): Jobs {
  const makers = makersOf(document, rules);
  const dependencies = new Map<RuleDraft, Map<string, RuleDraft>>();
  const found: RuleDraft[] = [];
  const reported = new Set<string>();
  // An explicit path instead of recursion: a chain may be ten thousand rules long.
  const path: { readonly rule: RuleDraft; readonly own: Map<string, RuleDraft>; next: number }[] = [];
  const open = new Set<RuleDraft>();
  const enter = (rule: RuleDraft): void => {
    const own = new Map<string, RuleDraft>();
    dependencies.set(rule, own);
    if (rule !== all) found.push(rule);
    open.add(rule);
    path.push({ rule, own, next: 0 });
  };
  enter(all);
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const input = top.rule.inputs[top.next++];
    if (input === undefined) {
      open.delete(top.rule);
      path.pop();
      continue;
    }
    const maker = makers.get(input.path);
    if (maker === undefined) reportMissing(document, input, top.rule, rules);
    else if (open.has(maker)) {
      const rulesOpen = path.map(({ rule }) => rule);
      const circle = [...rulesOpen.slice(rulesOpen.indexOf(maker)), maker].map(({ name }) => `\`${name}\``);
      const message = `rules wait for each other in a circle: ${circle.join(' after ')}`;
      if (!reported.has(message))
        document.findings.error('workflow/cycle', spanAt(document, input.place), message);
      reported.add(message);
    } else {
      top.own.set(input.path, maker);
      if (!dependencies.has(maker)) enter(maker);
    }
  }
  // Where inputs could not be read, nobody knows what is needed.
  if (rules.some((rule) => rule.hasUnknownInput)) return { rules: found, dependencies };
  for (const rule of rules) {
    if (rule === all || dependencies.has(rule)) continue;
    const message = `nothing that \`all\` asks for needs the rule \`${rule.name}\`: it does not become a step`;
    document.findings.warning('snakemake/unused-rule', spanAt(document, rule.place), message, {
      help: rule.outputs.length === 0 ? 'give it an `output` that another rule has as `input`' : undefined,
    });
  }
  return { rules: found, dependencies };
}

/** The rule that makes each file. */
function makersOf(document: SnakeDocument, rules: readonly RuleDraft[]): ReadonlyMap<string, RuleDraft> {
  const makers = new Map<string, RuleDraft>();
  for (const rule of rules) {
    for (const output of rule.outputs) {
      const before = makers.get(output.path);
      if (before === undefined) {
        makers.set(output.path, rule);
        continue;
      }
      const message = `\`${output.path}\` is the output of \`${before.name}\` already, and files of rules must differ`;
      document.findings.error('snakemake/duplicate-output', spanAt(document, output.place), message, {
        related: [{ span: spanAt(document, before.place), message: `\`${before.name}\`` }],
      });
    }
  }
  return makers;
}

function reportMissing(
  document: SnakeDocument,
  input: FileUse,
  rule: RuleDraft,
  rules: readonly RuleDraft[],
): void {
  const message = `no rule has the output \`${input.path}\`, which \`${rule.name}\` asks for`;
  const named = rules.find(({ name }) => name === input.path);
  document.findings.error('snakemake/missing-output', spanAt(document, input.place), message, {
    help: named === undefined ? undefined : `write \`rules.${named.name}.output\``,
  });
}
