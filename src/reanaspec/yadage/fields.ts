// The fields of one object of a Yadage workflow, with findings for what is missing, unknown or of the wrong type. Its schema
// is strict: any of these stops the workflow from being loaded.
import { closest } from '../../base/closest.ts';
import type { Findings } from '../../base/finding.ts';
import { entryOf, keyText, spanOf, valueOf } from '../../source/tree.ts';
import type { MapNode, ScalarNode, SequenceNode, TreeNode } from '../../source/tree.ts';
import { isDate } from '../python-yaml.ts';
import { kindName, meantInstead, misspellings, missingField } from '../shape.ts';
import { isUnavailable } from './load.ts';
import type { MissingField } from '../shape.ts';
import type { TextAt } from './model.ts';

export class ObjectFields {
  readonly node: MapNode;
  readonly #name: string;
  readonly #findings: Findings;
  /** All fields of the object, once they have been named. */
  #known: readonly string[] = [];

  /** @param name how the object is called in messages: `a stage` */
  constructor(node: MapNode, name: string, findings: Findings) {
    this.node = node;
    this.#name = name;
    this.#findings = findings;
  }

  /** Reports fields that the object must not have.
   *  @param required fields it must have: whoever asks for one names its misspelling as well
   *  @param others fields it may have */
  allow(required: readonly string[], others: readonly string[] = []): this {
    this.#known = [...required, ...others];
    const misspelt = misspellings(required, this.node, this.#known);
    for (const entry of this.node.entries) {
      const name = keyText(entry.key);
      if (this.#known.includes(name) || misspelt.has(entry)) continue;
      const message = `unknown field \`${name}\` in ${this.#name}`;
      const extras = meantInstead(entry.key, this.node, this.#known);
      this.#findings.error('yadage/unknown-field', spanOf(entry.key), message, extras);
    }
    return this;
  }

  /** The value of a field; `undefined` when there is none, or when it cannot be had. */
  value(name: string): TreeNode | undefined {
    const value = valueOf(this.node, name);
    return isUnavailable(value) ? undefined : value;
  }

  has(name: string): boolean {
    return entryOf(this.node, name) !== undefined;
  }

  /** The value of a field that must be there. */
  required(name: string): TreeNode | undefined {
    if (!this.has(name)) {
      const { at, instead, extras } = this.missing(name);
      const message = `${this.#name} has no \`${name}\`${instead}`;
      this.#findings.error('yadage/missing-field', spanOf(at), message, extras);
    }
    return this.value(name);
  }

  /** Where a field is missing, and what was written instead. */
  missing(name: string): MissingField {
    return missingField(name, this.node, [...this.#known, name]);
  }

  /** Whether an unknown field seems to have been meant as this one, even where the loader has filled it in. */
  isMisspelt(name: string): boolean {
    return this.node.entries.some(({ key }) => {
      const written = keyText(key);
      return !this.#known.includes(written) && closest(written, this.#known) === name;
    });
  }

  text(name: string): TextAt | undefined {
    return this.#text(name, this.value(name));
  }

  requiredText(name: string): TextAt | undefined {
    return this.#text(name, this.required(name));
  }

  flag(name: string): boolean | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (value.kind === 'scalar' && typeof value.value === 'boolean') return value.value;
    this.#wrongType(name, value, '`true` or `false`');
    return undefined;
  }

  number(name: string): { readonly number: number; readonly node: ScalarNode } | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (value.kind === 'scalar' && typeof value.value === 'number')
      return { number: value.value, node: value };
    this.#wrongType(name, value, 'a number');
    return undefined;
  }

  /** @param wanted what messages say that it must be, where the loader makes lists of other things
   *  @param help how to write that */
  list(name: string, wanted = 'a list', help?: string): SequenceNode | undefined {
    const value = this.value(name);
    if (value === undefined || value.kind === 'sequence') return value;
    this.#wrongType(name, value, wanted, help);
    return undefined;
  }

  map(name: string): MapNode | undefined {
    const value = this.value(name);
    if (value === undefined || value.kind === 'map') return value;
    this.#wrongType(name, value, 'a mapping');
    return undefined;
  }

  /** The texts of a list; others in it are reported. */
  texts(name: string): readonly TextAt[] | undefined {
    return this.list(name)?.items.flatMap((item) =>
      isUnavailable(item) ? [] : (this.#text(name, item) ?? []),
    );
  }

  /** How many members a list has; 0 for what is none. */
  count(name: string): number {
    const value = this.value(name);
    return value?.kind === 'sequence' ? value.items.length : 0;
  }

  #text(name: string, value: TreeNode | undefined): TextAt | undefined {
    if (value === undefined) return undefined;
    if (value.kind === 'scalar' && typeof value.value === 'string' && !isDate(value))
      return { text: value.value, node: value };
    this.#wrongType(name, value, 'a text');
    return undefined;
  }

  #wrongType(name: string, value: TreeNode, wanted: string, help?: string): void {
    const isBare = wanted === 'a text' && value.kind === 'scalar' && value.value !== null;
    const message = `\`${name}\` of ${this.#name} must be ${wanted}, not ${kindName(value)}`;
    this.#findings.error('yadage/wrong-type', spanOf(value), message, {
      help: isBare ? 'put it in quotes' : help,
    });
  }
}

/** The fields of a node that must be a mapping; `undefined` after a finding. */
export function fieldsOf(node: TreeNode, name: string, findings: Findings): ObjectFields | undefined {
  if (node.kind === 'map') return new ObjectFields(node, name, findings);
  if (!isUnavailable(node)) {
    findings.error('yadage/wrong-type', spanOf(node), `${name} must be a mapping, not ${kindName(node)}`);
  }
  return undefined;
}
