// Values against the forms that the tables of a version allow. Of several forms that do not fit, the nearest is reported.
// Long because it is one walk over one grammar: every form calls the others.
import { closest } from '../../base/closest.ts';
import { Findings } from '../../base/finding.ts';
import {
  entryOf,
  keyText,
  scalarText,
  spanOf,
  textOf,
  type MapEntry,
  type MapNode,
  type ScalarNode,
  type TreeNode,
} from '../../source/tree.ts';
import { isNull } from '../document.ts';
import { knownVersions, type CwlVersion } from '../fields.ts';
import { recordOf, recordTables, type VersionedRecord } from './grammar/records.ts';
import { requirementTables } from './grammar/requirements.ts';
import type { Field, NamedList, Shape, TypeSide } from './grammar/shape.ts';
import { distance, fits, fitsAtFirst, fitsAtHand, flat, holdsExpression } from './shape-fit.ts';
import { missingHelp, repeatedName, unnamedItem, wrongForm } from './shape-faults.ts';
import { requirementName } from './requirement-name.ts';
import type { Place, ShapeCheck } from './shape-state.ts';
import { isUnknown } from './sources.ts';
import { unknownField } from './unknown-fields.ts';
import { streamFault } from './stream-types.ts';
import { describe } from './words.ts';

/** A map against the table of its kind. */
export function checkRecord(check: ShapeCheck, name: string, map: MapNode, place: TreeNode): void {
  new ShapeWalk(check).record(name, map, place, undefined);
}

/** A value of a section against the shape of a field, for documents that are read by somebody else otherwise. */
export function checkField(check: ShapeCheck, recordName: string, entry: MapEntry): void {
  const name = keyText(entry.key);
  const field = recordOf(recordName, check.version).fields.get(name);
  if (field === undefined || isNull(entry.value)) return;
  new ShapeWalk(check).value(field.shape, entry.value, { what: `\`${name}\``, node: entry.key });
}

class ShapeWalk {
  readonly #check: ShapeCheck;
  #step: MapNode | undefined;
  #inRequirements = false;
  #inType = false;
  /** Keys that something is said about already. */
  readonly #told = new Set<ScalarNode>();

  constructor(check: ShapeCheck) {
    this.#check = check;
  }

  value(shape: Shape, node: TreeNode, place: Place): void {
    if (this.#check.budget.left-- <= 0 || isUnknown(node)) return;
    switch (shape.is) {
      case 'anything':
      case 'process':
        break;
      case 'text':
      case 'expression':
        this.#text(shape, node, place);
        break;
      case 'number':
      case 'truth':
      case 'null':
        if (!fits(shape, node)) wrongForm(this.#check, shape, node, place);
        break;
      case 'word':
        this.#word(shape.words, node, place);
        break;
      case 'list':
        this.#list(shape.of, node, place);
        break;
      case 'record':
        if (node.kind === 'map') this.record(shape.name, node, place.node, undefined);
        else wrongForm(this.#check, shape, node, place);
        break;
      case 'named list':
        this.#namedList(shape, node, place);
        break;
      case 'requirements':
        this.#requirements(shape.mayBeUnknown, node, place);
        break;
      case 'type':
        this.#outerType(shape.side, node, place);
        break;
      case 'either':
        this.#either(shape.of, node, place);
        break;
    }
  }

  /** @param by the field that the key of the map stands for, so that it is not missing */
  record(name: string, map: MapNode, place: TreeNode, by: string | undefined): void {
    if (isUnknown(map)) return;
    const table = recordOf(name, this.#check.version);
    const step = this.#step;
    if (name === 'step') this.#step = map;
    const meant = new Set<string | undefined>();
    for (const entry of map.entries) meant.add(this.#field(name, table, entry, map));
    for (const needed of table.required) {
      // A misspelt name is one fault, not two.
      if (needed === by || meant.has(needed) || entryOf(map, needed) !== undefined) continue;
      const message = `${table.title} needs the field \`${needed}\``;
      this.#check.findings.error('cwl/missing-field', spanOf(place), message, { help: missingHelp(needed) });
    }
    this.#step = step;
  }

  /** @returns the field that a misspelt name was meant to be */
  #field(name: string, table: VersionedRecord, entry: MapEntry, map: MapNode): string | undefined {
    const fieldName = keyText(entry.key);
    const field = table.fields.get(fieldName);
    if (field === undefined)
      return this.#told.has(entry.key)
        ? undefined
        : unknownField(this.#check, { name, table }, entry.key, map);
    const place = { what: `\`${fieldName}\``, node: entry.key };
    if (isNull(entry.value)) {
      if (mayNotBeEmpty(field)) {
        this.#check.findings.error('cwl/wrong-type', spanOf(entry.key), `\`${fieldName}\` is empty`, {
          help: missingHelp(fieldName),
        });
      }
      return undefined;
    }
    if (fitsAtHand(field.shape, entry.value) || !this.#isLaterForm(name, fieldName, entry)) {
      const inRequirements = this.#inRequirements;
      if (field.shape.is === 'requirements') this.#inRequirements = true;
      this.value(field.shape, entry.value, place);
      this.#inRequirements = inRequirements;
    }
    return undefined;
  }

  /** Reports a form that a later version has, with that version. */
  #isLaterForm(name: string, fieldName: string, { value }: MapEntry): boolean {
    const { findings, version } = this.#check;
    const later = (recordTables[name]?.fields ?? []).find(
      (field) =>
        field.name === fieldName &&
        knownVersions.indexOf(field.since) > knownVersions.indexOf(version) &&
        this.#fitsWholly(field.shape, value, field.since),
    );
    if (later === undefined) return false;
    const message = `this form of \`${fieldName}\` came with CWL ${later.since}; this document says ${version}`;
    findings.error('cwl/field-version', spanOf(value), message, {
      help: `write \`cwlVersion: ${later.since}\``,
    });
    return true;
  }

  #fitsWholly(shape: Shape, node: TreeNode, version: CwlVersion): boolean {
    const findings = new Findings();
    const check = { ...this.#check, findings, version, expressions: [], types: [] };
    new ShapeWalk(check).value(shape, node, { what: '', node });
    return findings.count === 0;
  }

  #text(shape: Extract<Shape, { is: 'text' | 'expression' }>, node: TreeNode, place: Place): void {
    if (node.kind !== 'scalar' || typeof node.value !== 'string') {
      wrongForm(this.#check, shape, node, place);
      return;
    }
    const holds = holdsExpression(node.value);
    if (shape.is === 'expression' && !holds) {
      wrongForm(this.#check, shape, node, place);
      return;
    }
    if (holds && (shape.is === 'expression' || shape.expression)) {
      this.#check.expressions.push({
        node,
        step: this.#step,
        isWhole: shape.is === 'expression' && shape.alone,
        inRequirements: this.#inRequirements,
      });
    }
  }

  #word(words: readonly string[], node: TreeNode, place: Place): void {
    const text = textOf(node);
    if (text !== undefined && words.includes(text)) return;
    const nearest = text === undefined ? undefined : closest(text, words);
    this.#check.findings.error(
      'cwl/wrong-type',
      spanOf(node),
      `${place.what} must be ${describe({ is: 'word', words })}`,
      {
        help: nearest === undefined ? undefined : `did you mean \`${nearest}\`?`,
        fix: nearest === undefined ? undefined : { span: spanOf(node), text: nearest },
      },
    );
  }

  #list(of: Shape, node: TreeNode, place: Place): void {
    if (node.kind !== 'sequence') {
      wrongForm(this.#check, { is: 'list', of }, node, place);
      return;
    }
    for (const item of node.items) this.value(of, item, { what: `an item of ${place.what}`, node: item });
  }

  #namedList(shape: NamedList, node: TreeNode, place: Place): void {
    if (node.kind === 'map') {
      for (const { key, value } of node.entries) this.#namedEntry(shape, key, value);
      return;
    }
    if (node.kind !== 'sequence') {
      const told = `${place.what} must be a map by \`${shape.by}\`, or a list of maps with \`${shape.by}\``;
      this.#check.findings.error('cwl/wrong-type', spanOf(node), told);
      return;
    }
    const table = recordOf(shape.record, this.#check.version);
    const names = new Map<string, TreeNode>();
    for (const item of node.items) {
      const written = item.kind === 'map' ? entryOf(item, shape.by) : undefined;
      const given = isNull(written?.value) ? undefined : written;
      const name = given === undefined ? undefined : textOf(given.value)?.replace(/^#/, '');
      if (given === undefined) {
        const naming = { by: shape.by, title: table.title };
        const told = unnamedItem(this.#check, naming, item, written?.key);
        if (told !== undefined) this.#told.add(told);
      }
      if (given !== undefined && name !== undefined)
        repeatedName(this.#check, { by: shape.by, name }, given.value, names);
      if (item.kind === 'map') this.record(shape.record, item, given?.value ?? item, shape.by);
    }
  }

  #namedEntry({ record, by, short }: NamedList, key: ScalarNode, value: TreeNode): void {
    if (typeof key.value !== 'string' && by === 'id') {
      const message = `the name of ${recordOf(record, this.#check.version).title} must be a text`;
      this.#check.findings.error('cwl/wrong-type', spanOf(key), message, {
        help: `write \`"${scalarText(key)}"\``,
      });
    }
    if (value.kind === 'map') {
      this.record(record, value, key, by);
      return;
    }
    const table = recordOf(record, this.#check.version);
    const field = short === undefined ? undefined : table.fields.get(short);
    if (field === undefined) {
      const message = `\`${keyText(key)}\` must be a map: ${table.title}`;
      this.#check.findings.error('cwl/wrong-type', spanOf(isNull(value) ? key : value), message);
      return;
    }
    if (!isNull(value)) {
      this.value(field.shape, value, { what: `\`${keyText(key)}\``, node: key });
      return;
    }
    if (field.required) {
      const message = `\`${keyText(key)}\` needs a \`${field.name}\``;
      this.#check.findings.error('cwl/missing-field', spanOf(key), message);
    }
  }

  #requirements(mayBeUnknown: boolean, node: TreeNode, place: Place): void {
    if (node.kind === 'map') {
      for (const { key, value } of node.entries) this.#requirement(mayBeUnknown, key, value, 'class');
      return;
    }
    if (node.kind !== 'sequence') {
      wrongForm(this.#check, { is: 'requirements', mayBeUnknown }, node, place);
      return;
    }
    for (const item of node.items) {
      const given = item.kind === 'map' ? entryOf(item, 'class')?.value : undefined;
      if (given?.kind === 'scalar') this.#requirement(mayBeUnknown, given, item, undefined);
      else if (!isUnknown(item) && textOf(item) !== 'loop') {
        const message = 'a requirement in a list is a map with `class`';
        const name = textOf(item);
        const help = name !== undefined && requirementTables[name] ? `write \`class: ${name}\`` : undefined;
        this.#check.findings.error('cwl/missing-field', spanOf(item), message, { help });
      }
    }
  }

  #requirement(mayBeUnknown: boolean, key: ScalarNode, value: TreeNode, by: string | undefined): void {
    const name = requirementName(this.#check, mayBeUnknown, key);
    if (name === undefined) return;
    if (value.kind === 'map') {
      this.record(name, value, key, by);
      return;
    }
    if (!isNull(value)) {
      wrongForm(this.#check, { is: 'record', name }, value, { what: `\`${name}\``, node: key });
      return;
    }
    const needed = recordOf(name, this.#check.version).required.find((field) => field !== 'class');
    const message =
      needed === undefined ? `\`${name}\` is empty` : `\`${name}\` needs the field \`${needed}\``;
    this.#check.findings.error('cwl/wrong-type', spanOf(key), message, {
      help: needed === undefined ? `write \`${name}: {}\`` : undefined,
    });
  }

  #outerType(side: TypeSide, node: TreeNode, place: Place): void {
    const isOutermost = !this.#inType;
    if (isOutermost) this.#check.types.push(node);
    this.#inType = true;
    this.#type(side, node, place, isOutermost);
    this.#inType = !isOutermost;
  }

  /** Names of types are judged when all definitions are known; here it is what stands around them. */
  #type(side: TypeSide, node: TreeNode, place: Place, isAlone: boolean): void {
    if (node.kind === 'map') {
      this.#typeMap(side, node, place);
      return;
    }
    if (node.kind === 'sequence') {
      for (const item of node.items) this.#type(side, item, place, false);
      return;
    }
    const fault = streamFault(scalarText(node), side, this.#check.version, isAlone);
    if (fault !== undefined) this.#check.findings.error('cwl/wrong-type', spanOf(node), fault);
  }

  #typeMap(side: TypeSide, map: MapNode, place: Place): void {
    const kind = entryOf(map, 'type');
    const name = textOf(kind?.value);
    if (name === 'record' || name === 'enum' || name === 'array') {
      this.record(`${side} ${name}`, map, kind?.key ?? place.node, undefined);
      return;
    }
    const nearest = name === undefined ? undefined : closest(name, ['record', 'enum', 'array']);
    this.#check.findings.error(
      'cwl/wrong-type',
      spanOf(kind?.value ?? map),
      'a type that is a map has the `type` `record`, `enum` or `array`',
      { help: nearest === undefined ? plainTypeHelp(map, name) : `did you mean \`${nearest}\`?` },
    );
  }

  #either(shapes: readonly Shape[], node: TreeNode, place: Place): void {
    const all = flat(shapes);
    const near = all.filter((shape) => fitsAtFirst(shape, node));
    const [first, ...others] = near;
    if (first === undefined) {
      wrongForm(this.#check, { is: 'either', of: all }, node, place);
      return;
    }
    if (others.length === 0) {
      this.value(first, node, place);
      return;
    }
    if (node.kind === 'scalar') {
      const fitting = near.find((shape) => fits(shape, node)) ?? first;
      this.value(fitting, node, place);
      return;
    }
    if (node.kind === 'map') {
      const [nearest] = near
        .map((shape) => ({ shape, faults: distance(shape, node, this.#check.version) }))
        .sort((a, b) => a.faults - b.faults);
      this.value(nearest?.shape ?? first, node, place);
      return;
    }
    const fitting = near.find((shape) => this.#fitsWholly(shape, node, this.#check.version)) ?? first;
    this.value(fitting, node, place);
  }
}

/** Requirements may be left out, but not be empty. */
function mayNotBeEmpty({ required, shape }: Field): boolean {
  return shape.is === 'requirements' || (required && shape.is !== 'anything');
}

function plainTypeHelp(map: MapNode, name: string | undefined): string | undefined {
  return name === undefined || map.entries.length > 1 ? undefined : `write \`type: ${name}\``;
}
