// The jobs of a Snakefile that needs no Python to tell them: every file is named, and no rule is made for several of them. In the
// form that servers of the 0.9 protocol are sent. @see reana-commons 0.9.11, its loader of Snakefiles
import { entryOf, toValue } from '../../source/tree.ts';
import type { MapNode } from '../../source/tree.ts';
import type { Value } from '../../workflow/model.ts';
import type { Snakefile, SnakeItem, SnakemakeRule, SnakeValue } from './model.ts';

/** @param config the parameters; @returns `undefined` when only Snakemake itself can tell */
export function loadJobs({ rules, isComplete }: Snakefile, config: MapNode | undefined): Value | undefined {
  const [target] = rules;
  if (!isComplete || target === undefined) return undefined;
  const producers = new Map<string, SnakemakeRule>();
  for (const rule of rules) {
    const files = filesOf(rule, 'output', config);
    if (files === undefined || files.some((file) => file.includes('{'))) return undefined;
    for (const file of files) producers.set(file, rule);
  }
  const dependencies = new Map<SnakemakeRule, readonly SnakemakeRule[]>();
  const pending = [target];
  for (let rule = pending.pop(); rule !== undefined; rule = pending.pop()) {
    if (dependencies.has(rule)) continue;
    const files = filesOf(rule, 'input', config);
    if (files === undefined || files.some((file) => file.includes('{'))) return undefined;
    const needed = [...new Set(files.flatMap((file) => producers.get(file) ?? []))];
    dependencies.set(rule, needed);
    pending.push(...needed);
  }
  const steps = [...dependencies.keys()]
    .filter((rule) => rule.directives.has('shell'))
    .map((rule) => stepOf(rule, config));
  if (steps.some((step) => step === undefined)) return undefined;
  return {
    job_dependencies: Object.fromEntries(
      [...dependencies].map(([rule, needed]) => [rule.name.text, needed.map((one) => one.name.text)]),
    ),
    steps: steps.flatMap((step) => step ?? []),
  };
}

function stepOf(
  rule: SnakemakeRule,
  config: MapNode | undefined,
): { readonly [key: string]: Value } | undefined {
  const [inputs, params, outputs, resources] = ['input', 'params', 'output', 'resources'].map((name) =>
    namedValues(rule.directives.get(name)?.items ?? [], config),
  );
  const shell = rule.directives.get('shell')?.items[0]?.value;
  const container = (rule.directives.get('container') ?? rule.directives.get('singularity'))?.items[0]?.value;
  if (inputs === undefined || params === undefined || outputs === undefined || resources === undefined)
    return undefined;
  if (shell?.kind !== 'text' || (container !== undefined && container.kind !== 'text')) return undefined;
  return {
    name: rule.name.text,
    environment: (container?.text ?? '').replace('docker://', ''),
    inputs,
    params,
    outputs,
    commands: [shell.text],
    compute_backend: resources['compute_backend'] ?? null,
    kubernetes_memory_limit: resources['kubernetes_memory_limit'] ?? null,
    kubernetes_uid: resources['kubernetes_uid'] ?? null,
  };
}

function namedValues(
  items: readonly SnakeItem[],
  config: MapNode | undefined,
): Record<string, Value> | undefined {
  const values: Record<string, Value> = {};
  for (const { name, value } of items) {
    const known = valueOf(value, config);
    if (known === undefined) return undefined;
    if (name !== undefined) values[name.text] = known;
  }
  return values;
}

/** The files of a directive; `undefined` when they are not all known. */
export function filesOf(
  rule: SnakemakeRule,
  directive: 'input' | 'output',
  config: MapNode | undefined,
): readonly string[] | undefined {
  const files: string[] = [];
  for (const { value } of rule.directives.get(directive)?.items ?? []) {
    const known = valueOf(value, config);
    const list = Array.isArray(known) ? (known as readonly Value[]) : [known];
    for (const file of list) {
      if (typeof file !== 'string') return undefined;
      files.push(file);
    }
  }
  return files;
}

function valueOf(value: SnakeValue, config: MapNode | undefined): Value | undefined {
  switch (value.kind) {
    case 'text':
      return value.text;
    case 'scalar':
      return value.value;
    case 'config': {
      const node = config === undefined ? undefined : entryOf(config, value.name)?.value;
      return node === undefined ? undefined : toValue(node);
    }
    case 'list': {
      const items = value.items.map((item) => valueOf(item, config));
      return items.every((item) => item !== undefined) ? items.flatMap((item) => [item ?? null]) : undefined;
    }
    case 'unknown':
      return undefined;
  }
}
