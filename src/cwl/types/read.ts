// Reads types in all the forms a document may write them: names, the short forms `string[]` and `string?`, lists of
// alternatives, and maps for arrays, enums and records.
// Source: CWL v1.0-v1.2 and Schema Salad v1.1, section "Domain Specific Language for types".
import { closest } from '../../base/closest.ts';
import { entryOf, keyText, textOf, type MapNode, type ScalarNode, type TreeNode } from '../../source/tree.ts';
import { arrayOf, isPlainType, optional, plainType, plainTypes, unknownType } from './type.ts';
import type { CwlType, RecordField } from './type.ts';

/** Looks up a type that the document gives a name itself, by the text of the reference: `#sample`,
 *  `types.yml#sample`. `undefined` when there is none. */
export type TypeNames = (reference: string) => CwlType | undefined;

/** A part of a type that means nothing. */
export interface TypeFault {
  readonly node: TreeNode;
  readonly code: 'cwl/unknown-type' | 'cwl/wrong-type' | 'cwl/missing-field';
  readonly message: string;
  readonly help?: string | undefined;
}

export type ReportTypeFault = (fault: TypeFault) => void;

/** The type a node stands for. Parts that mean nothing are reported and become the unknown type.
 *  @param node what stands under `type:`
 *  @returns `undefined` when nothing of it means anything */
export function readType(
  node: TreeNode,
  names: TypeNames,
  report: ReportTypeFault = () => {},
): CwlType | undefined {
  return new TypeReader(names, report).type(node, 'type');
}

/** Where a name stands: short forms are only known under `type`, not under `items`. */
type NamePlace = 'type' | 'items';

class TypeReader {
  readonly #names: TypeNames;
  readonly #report: ReportTypeFault;

  constructor(names: TypeNames, report: ReportTypeFault) {
    this.#names = names;
    this.#report = report;
  }

  type(node: TreeNode, place: NamePlace): CwlType | undefined {
    if (node.kind === 'map') return this.#map(node);
    if (node.kind === 'scalar') return this.#name(node, place);
    const members = node.items.map((item) => this.type(item, place) ?? unknownType);
    const [only] = members;
    return members.length === 1 ? only : { kind: 'union', members };
  }

  #name(node: ScalarNode, place: NamePlace): CwlType | undefined {
    const { value } = node;
    if (typeof value !== 'string') {
      const help = value === null ? 'write `"null"` in quotes for the type of nothing' : undefined;
      this.#fault(node, 'cwl/wrong-type', 'a type is a name, a list or a map', help);
      return undefined;
    }
    const whole = this.#simple(value);
    if (whole !== undefined) return whole;
    const short = /^([^[?]+)(\[\])?(\?)?$/.exec(value);
    const base = short?.[1];
    const item = base === undefined || base === value ? undefined : this.#simple(base);
    if (short === null || item === undefined) {
      this.#unknownName(node, value);
      return undefined;
    }
    const list = short[2] === undefined ? item : arrayOf(item);
    const type = short[3] === undefined ? list : optional(list);
    if (place === 'items') {
      this.#fault(
        node,
        'cwl/unknown-type',
        `\`items\` has no short forms like \`${value}\``,
        longForm(value),
      );
    }
    return type;
  }

  /** A name without `[]` and `?`. */
  #simple(name: string): CwlType | undefined {
    const short = name.replace(/^http:\/\/www\.w3\.org\/2001\/XMLSchema#/, '');
    return isPlainType(short) ? plainType(short) : this.#names(name);
  }

  #unknownName(node: ScalarNode, name: string): void {
    const base = name.replace(/[[\]?]+$/, '');
    const ending = name.slice(base.length);
    if (this.#simple(base) !== undefined) {
      const message = `\`${name}\` is no short form of a type: only \`[]\`, \`?\` and \`[]?\` follow a name`;
      this.#fault(node, 'cwl/unknown-type', message, longForm(name));
      return;
    }
    const help =
      base === 'array' || base === 'record' || base === 'enum' ? mapForms[base] : nearestName(base);
    this.#fault(
      node,
      'cwl/unknown-type',
      `there is no type \`${base}\``,
      help?.replace('`?', `${ending}\`?`),
    );
  }

  #map(map: MapNode): CwlType | undefined {
    if (entryOf(map, '$import') !== undefined || entryOf(map, '$include') !== undefined) return unknownType;
    const kind = entryOf(map, 'type');
    switch (textOf(kind?.value)) {
      case 'array':
        return this.#array(map);
      case 'enum':
        return this.#enum(map);
      case 'record':
        return this.#record(map);
      default: {
        const message = 'a type that is a map has the `type` `array`, `enum` or `record`';
        this.#fault(kind?.value ?? map, 'cwl/wrong-type', message);
        return undefined;
      }
    }
  }

  #array(map: MapNode): CwlType {
    const items = entryOf(map, 'items')?.value;
    if (items === undefined) this.#fault(map, 'cwl/missing-field', 'an array type needs `items`');
    return arrayOf((items && this.type(items, 'items')) ?? unknownType);
  }

  #enum(map: MapNode): CwlType {
    const symbols = entryOf(map, 'symbols')?.value;
    if (symbols?.kind !== 'sequence') {
      const code = symbols === undefined ? 'cwl/missing-field' : 'cwl/wrong-type';
      this.#fault(symbols ?? map, code, 'an enum type needs `symbols`, a list of texts');
      return unknownType;
    }
    const texts = new Set<string>();
    for (const symbol of symbols.items) {
      const text = textOf(symbol);
      if (text === undefined)
        this.#fault(symbol, 'cwl/wrong-type', 'a symbol is a text', 'write it in quotes');
      else if (texts.has(text)) this.#fault(symbol, 'cwl/wrong-type', `the symbol \`${text}\` is repeated`);
      else texts.add(text);
    }
    return { kind: 'enum', name: nameOf(map), symbols: [...texts] };
  }

  #record(map: MapNode): CwlType {
    const fields = entryOf(map, 'fields')?.value;
    // A record may leave its fields out; which it has is not known then.
    if (fields === undefined) return unknownType;
    return { kind: 'record', name: nameOf(map), fields: this.#fields(fields) };
  }

  #fields(node: TreeNode): readonly RecordField[] {
    if (node.kind === 'map') {
      return node.entries.map(({ key, value }) => ({
        name: keyText(key),
        type: this.#fieldType(value, key) ?? unknownType,
      }));
    }
    if (node.kind === 'scalar') {
      this.#fault(node, 'cwl/wrong-type', '`fields` is a map by name, or a list of maps with `name`');
      return [];
    }
    return node.items.flatMap((item) => {
      const name = item.kind === 'map' ? textOf(entryOf(item, 'name')?.value) : undefined;
      if (name === undefined) {
        this.#fault(item, 'cwl/missing-field', 'a field of a record needs a `name`');
        return [];
      }
      return [{ name: lastPart(name), type: this.#fieldType(item, item) ?? unknownType }];
    });
  }

  /** A field is a type, or a map with a `type`: `{type: array, items: int}` is read as the map, as `type` is what both
   *  have. */
  #fieldType(value: TreeNode, place: TreeNode): CwlType | undefined {
    if (value.kind !== 'map') return this.type(value, 'type');
    const type = entryOf(value, 'type')?.value;
    if (type !== undefined) return this.type(type, 'type');
    if (entryOf(value, '$import') === undefined) {
      this.#fault(place, 'cwl/missing-field', 'a field of a record needs a `type`');
    }
    return undefined;
  }

  #fault(node: TreeNode, code: TypeFault['code'], message: string, help?: string): void {
    this.#report({ node, code, message, help });
  }
}

/** What follows the last `#` and `/` of a name: names are written `x`, `#x`, `#sample/x`, `types.yml#sample/x`. */
export function lastPart(name: string): string {
  return name.slice(Math.max(name.lastIndexOf('#'), name.lastIndexOf('/')) + 1);
}

function nameOf(map: MapNode): string | undefined {
  return textOf(entryOf(map, 'name')?.value);
}

const mapForms = {
  array: 'write `type: {type: array, items: …}`',
  record: 'write `type: {type: record, fields: …}`',
  enum: 'write `type: {type: enum, symbols: …}`',
} as const;

/** Names of types in other languages. */
const foreignNames: Readonly<Record<string, string>> = {
  str: 'string',
  text: 'string',
  integer: 'int',
  number: 'double',
  bool: 'boolean',
  dir: 'Directory',
  folder: 'Directory',
  path: 'File',
  any: 'Any',
};

function nearestName(name: string): string | undefined {
  const lower = name.toLowerCase();
  const same = plainTypes.find((known) => known.toLowerCase() === lower);
  const nearest = same ?? foreignNames[lower] ?? closest(name, plainTypes);
  return nearest === undefined ? undefined : `did you mean \`${nearest}\`?`;
}

/** `string[][]`, `int?[]` written out; `string??` is `string?`. */
function longForm(written: string): string | undefined {
  const base = written.replace(/[[\]?]+$/, '');
  const endings = written.slice(base.length).match(/\[\]|\?/g) ?? [];
  if (base + endings.join('') !== written) return undefined;
  const once = base + endings.join('').replace(/\?+/g, '?');
  if (once !== written && /^[^[?]+(?:\[\])?\?$/.test(once)) return `write \`${once}\``;
  const form = endings.reduce(
    (inner, ending) => (ending === '?' ? `["null", ${inner}]` : `{type: array, items: ${inner}}`),
    base,
  );
  return `write \`${form}\``;
}
