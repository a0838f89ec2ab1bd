// What can be said of a Snakefile without running it: names in shell commands, the configuration, files that no rule makes.
import { closest } from '../../base/closest.ts';
import type { Findings } from '../../base/finding.ts';
import { misspeltName } from '../../base/misspelling.ts';
import type { Span } from '../../base/span.ts';
import { entryOf, keyText, spanOf } from '../../source/tree.ts';
import type { MapEntry, MapNode, ScalarNode } from '../../source/tree.ts';
import { settingShapes } from '../fields.ts';
import { checkImage } from '../image.ts';
import { parseFormat } from '../python-format.ts';
import { checkSettings, type CredentialUse } from '../settings.ts';
import { checkShape } from '../shape.ts';
import { warnDangerous } from '../dangerous.ts';
import { actions, knownNames } from './directives.ts';
import type { Directive, SnakePlace, SnakeText, SnakemakeRule, Snakefile, SnakeValue } from './model.ts';

export interface SnakemakeNeeds {
  readonly credentials: readonly CredentialUse[];
  readonly images: readonly string[];
}

/** Checks the rules of a Snakefile, and its configuration.
 *  @param config the parameters, with what config files add; `undefined`: they are not known */
export function checkSnakefile(
  snakefile: Snakefile,
  config: MapNode | undefined,
  findings: Findings,
): SnakemakeNeeds {
  reportFaults(snakefile, findings);
  checkNames(snakefile, findings);
  if (config !== undefined) checkConfig(snakefile, config, findings);
  const needs = snakefile.rules.map((rule) => {
    checkValues(rule, snakefile, findings);
    checkShell(rule, snakefile, findings);
    checkAction(rule, findings);
    return checkResources(rule, findings);
  });
  return {
    credentials: needs.flatMap(({ credentials }) => credentials),
    images: needs.flatMap(({ image }) => image ?? []),
  };
}

function reportFaults({ faults }: Snakefile, findings: Findings): void {
  for (const { code, place, message, meant } of faults) {
    const span = placeOf(place);
    const written = place.source.text.slice(place.start, place.end);
    const certain = meant !== undefined && misspeltName(written, [meant]) === meant;
    findings.error(code, span, message, {
      help: meant === undefined ? undefined : `did you mean \`${meant}\`?`,
      fix: certain ? { span, text: meant } : undefined,
    });
  }
}

/** Values that Python or Snakemake refuse: names that have no value, commands that are no text, resources without a name. */
function checkValues(rule: SnakemakeRule, { assigned, isComplete }: Snakefile, findings: Findings): void {
  for (const { key, items } of rule.directives.values()) {
    for (const { name, value } of items) {
      const written = value.source.text.slice(value.start, value.end);
      const root = value.kind === 'unknown' ? /^([A-Za-z_]\w*)(?:\[.*)?$/s.exec(written)?.[1] : undefined;
      if (root !== undefined && isComplete && !knownNames.has(root) && !assigned.has(root)) {
        const place = { ...placeOf(value), end: value.start + root.length };
        const near = closest(root, knownNames);
        findings.error('reana/unknown-name', place, `\`${root}\` has no value here`, {
          help: near === undefined ? undefined : `did you mean \`${near}\`?`,
        });
      } else if (
        key.text === 'shell' &&
        (value.kind === 'list' || value.kind === 'scalar' || /^\{/.test(written))
      ) {
        findings.error('reana/wrong-type', placeOf(value), '`shell` must be a text');
      } else if (key.text === 'input' || key.text === 'output') {
        checkFiles(key.text, value, findings);
      } else if (key.text === 'resources' && name === undefined && value.kind !== 'unknown') {
        findings.error('reana/wrong-type', placeOf(value), 'a resource needs a name: `name=value`');
      }
    }
  }
}

/** Snakemake refuses what is no text; of a mapping it takes the keys for the files, and says nothing. */
function checkFiles(directive: string, value: SnakeValue, findings: Findings): void {
  if (value.kind === 'scalar') {
    findings.error('reana/wrong-type', placeOf(value), `\`${directive}\` must be texts, or lists of texts`);
    return;
  }
  if (value.kind === 'list') for (const item of value.items) checkFiles(directive, item, findings);
  if (value.kind !== 'unknown') return;
  const written = value.source.text.slice(value.start, value.end);
  const isEmpty = /^\{\s*\}$/.test(written);
  if (!isEmpty && !/^\{\s*(?:"[^"\n]*"|'[^'\n]*'|\w+)\s*:/.test(written)) return;
  const message = isEmpty
    ? `an empty mapping names no file for \`${directive}\``
    : `of a mapping Snakemake takes the keys for the files of \`${directive}\`, not the values`;
  findings.warning('reana/wrong-type', placeOf(value), message, {
    help: `write \`${directive}: "FILE"\`, or \`${directive}: NAME="FILE"\``,
  });
}

function checkNames({ rules }: Snakefile, findings: Findings): void {
  const seen = new Map<string, SnakeText>();
  for (const { name } of rules) {
    const first = seen.get(name.text);
    if (first === undefined) seen.set(name.text, name);
    else {
      findings.error('reana/repeated-rule', placeOf(name), `there is another rule \`${name.text}\``, {
        related: [{ span: placeOf(first), message: 'the first one' }],
      });
    }
  }
}

function checkConfig(
  { configUses, hasOnlyPlainConfig }: Snakefile,
  config: MapNode,
  findings: Findings,
): void {
  const names = config.entries.map(({ key }) => keyText(key));
  for (const use of configUses) {
    if (entryOf(config, use.text) !== undefined) continue;
    const near = closest(use.text, names);
    findings.error('reana/missing-parameter', placeOf(use), `the configuration has no \`${use.text}\``, {
      help: near === undefined ? undefined : `did you mean \`${near}\`?`,
    });
  }
  if (!hasOnlyPlainConfig) return;
  const used = new Set(configUses.map((use) => use.text));
  for (const { key } of config.entries) {
    if (used.has(keyText(key))) continue;
    findings.warning(
      'reana/unused-parameter',
      spanOf(key),
      `parameter \`${keyText(key)}\` is not used by the Snakefile`,
    );
  }
}

/** Directives whose arguments a shell command can name. */
const named = ['input', 'output', 'params', 'resources', 'log'] as const;

function checkShell(rule: SnakemakeRule, snakefile: Snakefile, findings: Findings): void {
  const shell = rule.directives.get('shell')?.items[0]?.value;
  if (shell?.kind !== 'text') return;
  warnDangerous(scalarOf(shell, shell.text), `rule \`${rule.name.text}\``, findings);
  const { fields, fault } = parseFormat(shell.text);
  if (fault !== undefined) {
    findings.error(
      'reana/bad-shell',
      placeWithin(shell, fault.start, fault.end),
      `${fault.message} in the command of rule \`${rule.name.text}\`: braces that are the shell's own must be doubled`,
    );
    return;
  }
  const used = new Set<string>();
  for (const { name, start, end } of fields) {
    const inside = shell.text.slice(start + 1, end - 1);
    const member = /^([a-z]+)(?:\.([A-Za-z_]\w*)|\[["']?([A-Za-z_]\w*)["']?\])/.exec(inside);
    const place = placeWithin(shell, start, end);
    const directive = named.find((one) => one === name);
    if (directive !== undefined) {
      const key = member?.[2] ?? member?.[3];
      used.add(key === undefined ? `${directive}.*` : `${directive}.${key}`);
      if (key !== undefined) reportMember(rule, directive, key, place, used, findings);
      else if (!rule.directives.has(directive) && directive !== 'resources') {
        findings.error('reana/unknown-name', place, `rule \`${rule.name.text}\` has no \`${directive}\``);
      }
      continue;
    }
    if (['wildcards', 'threads', 'rule', 'config', 'jobid', 'workflow', 'rules'].includes(name)) continue;
    // Where not everything has been read, the name may have been given a value there.
    if (snakefile.assigned.has(name) || (/^[A-Za-z_]\w*$/.test(name) && !snakefile.isComplete)) continue;
    const isShell = shell.text.charAt(start - 1) === '$';
    const near = isShell ? undefined : closest(name, [...named, 'wildcards', 'threads']);
    if (near !== undefined) used.add(`${near}.*`);
    findings.error(
      'reana/unknown-name',
      place,
      `\`{${name}}\` in the command of rule \`${rule.name.text}\` names nothing`,
      {
        help:
          near !== undefined
            ? `did you mean \`${near}\`?`
            : isShell || !/^\w+$/.test(name)
              ? "double the braces that are the shell's own"
              : undefined,
      },
    );
  }
  reportUnused(rule, used, findings);
}

function reportMember(
  rule: SnakemakeRule,
  directive: string,
  key: string,
  place: Span,
  used: Set<string>,
  findings: Findings,
): void {
  const given = rule.directives.get(directive);
  const names = given?.items.flatMap((item) => item.name?.text ?? []) ?? [];
  // Resources have names that Snakemake itself adds; `*` and `**` are unpacked when it runs.
  if (names.includes(key) || directive === 'resources' || isUnpacked(given)) return;
  const near = closest(key, names);
  // What was meant is not unused.
  if (near !== undefined) used.add(`${directive}.${near}`);
  findings.error(
    'reana/unknown-name',
    place,
    `\`${directive}\` of rule \`${rule.name.text}\` has no \`${key}\``,
    {
      help: near === undefined ? undefined : `did you mean \`${directive}.${near}\`?`,
    },
  );
}

function isUnpacked(directive: Directive | undefined): boolean {
  return (
    directive?.items.some(
      ({ value }) =>
        value.kind === 'unknown' &&
        /^\*|^(?:unpack|multiext|expand)\b/.test(value.source.text.slice(value.start, value.end)),
    ) === true
  );
}

/** Parameters and named files that the command does not take. Files count for the order of rules as well, so only parameters
 *  are surely of no use. */
function reportUnused(rule: SnakemakeRule, used: ReadonlySet<string>, findings: Findings): void {
  if (used.has('params.*')) return;
  for (const { name, value } of rule.directives.get('params')?.items ?? []) {
    if (name === undefined || used.has(`params.${name.text}`)) continue;
    if (value.kind === 'unknown') continue;
    findings.warning(
      'reana/unused-name',
      placeOf(name),
      `\`params.${name.text}\` is not used by the command of rule \`${rule.name.text}\``,
    );
  }
}

/** REANA sends shell commands to its jobs, and nothing else. */
function checkAction(rule: SnakemakeRule, findings: Findings): void {
  const image = rule.directives.get('container') ?? rule.directives.get('singularity');
  if (image !== undefined && !actions.some((action) => rule.directives.has(action))) {
    const message = `rule \`${rule.name.text}\` has an image, but no command`;
    findings.error('reana/not-a-command', placeOf(image.key), message);
  }
  for (const action of ['run', 'script', 'notebook', 'wrapper', 'cwl', 'template_engine']) {
    const directive = rule.directives.get(action);
    if (directive === undefined || rule.directives.has('shell')) continue;
    findings.warning(
      'reana/not-a-command',
      placeOf(directive.key),
      `rule \`${rule.name.text}\` has a \`${action}\`, and REANA runs only \`shell\` commands`,
    );
  }
}

function checkResources(
  rule: SnakemakeRule,
  findings: Findings,
): { readonly credentials: readonly CredentialUse[]; readonly image: string | undefined } {
  const container = (rule.directives.get('container') ?? rule.directives.get('singularity'))?.items[0]?.value;
  const image = container?.kind === 'text' ? container.text : undefined;
  if (container?.kind === 'text') checkImage(container.text, placeOf(container), findings);
  const entries = (rule.directives.get('resources')?.items ?? []).flatMap(
    ({ name, value }): readonly MapEntry[] => {
      const shape =
        name === undefined || !Object.hasOwn(settingShapes, name.text) ? undefined : settingShapes[name.text];
      const node = settingOf(value);
      if (name === undefined || shape === undefined || node === undefined) return [];
      checkShape(node, shape, name.text, findings);
      return [{ key: scalarOf(name, name.text), value: node }];
    },
  );
  return { credentials: checkSettings(entries, findings), image: image?.replace(/^docker:\/\//, '') };
}

function settingOf(value: SnakeValue): ScalarNode | undefined {
  if (value.kind === 'text') return scalarOf(value, value.text);
  return value.kind === 'scalar' ? scalarOf(value, value.value) : undefined;
}

function scalarOf(place: SnakePlace, value: ScalarNode['value']): ScalarNode {
  const { source, start, end } = place;
  const quoted = /["']/.test(source.text.charAt(start)) && typeof value === 'string';
  return { kind: 'scalar', style: quoted ? 'double' : 'plain', source, start, end, value };
}

/** Where something stands in the Snakefile. */
export function placeOf({ source, start, end }: SnakePlace): Span {
  return { file: source.file, start, end };
}

function placeWithin(text: SnakeText, start: number, end: number): Span {
  const from = text.offsets[start] ?? text.start;
  const to = text.offsets[end - 1] ?? from;
  return { file: text.source.file, start: from, end: to + 1 };
}
