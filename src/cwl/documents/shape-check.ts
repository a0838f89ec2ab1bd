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
  valueOf,
  type MapEntry,
  type MapNode,
  type ScalarNode,
  type TreeNode,
} from '../../source/tree.ts';
import { isNull } from '../document.ts';
import { knownVersions, type CwlVersion } from '../fields.ts';
import { fieldSince, fieldUntil, recordOf, recordTables, type VersionedRecord } from './grammar/records.ts';
import { requirementTables } from './grammar/requirements.ts';
import type { Field, NamedList, Shape, TypeSide } from './grammar/shape.ts';
import { fits, fitsAtFirst, fitsAtHand, flat, holdsExpression, quotes } from './shape-fit.ts';
import { isUnknown } from './sources.ts';
import { streamFault } from './stream-types.ts';
import { describe } from './words.ts';

/** A text that holds `$(…)` or `${…}` where such are evaluated. */
export interface FoundExpression {
  readonly node: ScalarNode;
  /** The step it belongs to; `undefined` for those of the process itself. */
  readonly step: MapNode | undefined;
  /** Whether it is the whole value, with nothing beside it. */
  readonly isWhole: boolean;
  /** Whether it is part of the requirements or hints, which the processes below inherit. */
  readonly inRequirements: boolean;
}

/** What one process is checked with, and what is collected on the way. */
export interface ShapeCheck {
  readonly findings: Findings;
  readonly version: CwlVersion;
  /** Prefixes that `$namespaces` declares. */
  readonly prefixes: ReadonlySet<string>;
  readonly expressions: FoundExpression[];
  /** Types as they are written, without those inside of others. */
  readonly types: TreeNode[];
  /** How many more values may be looked at. Imports can repeat a value without end. */
  readonly budget: { left: number };
}

/** Where a value stands. */
interface Place {
  /** In words: `` `label` ``. */
  readonly what: string;
  /** What stands for the value when it is empty, or lacks something: mostly its key. */
  readonly node: TreeNode;
}

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

const knownPrefixes = new Set([
  'cwl',
  'sld',
  'salad',
  'rdf',
  'rdfs',
  'xsd',
  'dct',
  'iana',
  'avro',
  'http',
  'https',
  'file',
]);

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
        if (!fits(shape, node)) this.#wrong(shape, node, place);
        break;
      case 'word':
        this.#word(shape.words, node, place);
        break;
      case 'list':
        this.#list(shape.of, node, place);
        break;
      case 'record':
        if (node.kind === 'map') this.record(shape.name, node, place.node, undefined);
        else this.#wrong(shape, node, place);
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
    if (field === undefined) return this.#unknownField(name, table, entry.key, map);
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

  #unknownField(name: string, table: VersionedRecord, key: ScalarNode, map: MapNode): string | undefined {
    const field = keyText(key);
    if (field.startsWith('$') || this.#told.has(key)) return undefined;
    if (field.includes(':')) {
      this.#extension(key, field);
      return undefined;
    }
    const { findings, version } = this.#check;
    const since = fieldSince(name, field);
    if (since !== undefined) {
      const isLater = knownVersions.indexOf(since) > knownVersions.indexOf(version);
      const message = isLater
        ? `\`${field}\` came with CWL ${since}; this document says ${version}`
        : `CWL has no \`${field}\` in ${table.title} since ${nextVersion(fieldUntil(name, field))}; this document says ${version}`;
      findings.error('cwl/field-version', spanOf(key), message, {
        help: isLater ? `write \`cwlVersion: ${since}\`` : undefined,
      });
      return undefined;
    }
    // That the type is no type by itself says it already.
    if (isPartOfType(table, field, map)) return undefined;
    const nearest = closest(field, table.fields.keys());
    findings.error('cwl/unknown-field', spanOf(key), `unknown field \`${field}\` in ${table.title}`, {
      help: nearest === undefined ? undefined : `did you mean \`${nearest}\`?`,
      fix:
        nearest === undefined || entryOf(map, nearest) !== undefined
          ? undefined
          : { span: spanOf(key), text: nearest },
    });
    return nearest;
  }

  #extension(key: ScalarNode, name: string): void {
    const prefix = name.slice(0, name.indexOf(':'));
    if (this.#check.prefixes.has(prefix) || knownPrefixes.has(prefix)) return;
    const message = `the prefix \`${prefix}\` is not declared`;
    this.#check.findings.warning('cwl/unknown-prefix', spanOf(key), message, {
      help: `declare it in \`$namespaces\` of this document`,
    });
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
      this.#wrong(shape, node, place);
      return;
    }
    const holds = holdsExpression(node.value);
    if (shape.is === 'expression' && !holds) {
      this.#wrong(shape, node, place);
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
      this.#wrong({ is: 'list', of }, node, place);
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
      if (given === undefined) this.#unnamed(shape.by, table.title, item, written?.key);
      if (given !== undefined && name !== undefined) this.#repeated(shape.by, name, given.value, names);
      if (item.kind === 'map') this.record(shape.record, item, given?.value ?? item, shape.by);
    }
  }

  #unnamed(by: string, title: string, item: TreeNode, empty: ScalarNode | undefined): void {
    const name = item.kind === 'map' && by === 'id' ? entryOf(item, 'name') : undefined;
    const message = `${title} in a list needs \`${by}\``;
    this.#check.findings.error('cwl/missing-field', spanOf(name?.key ?? empty ?? item), message, {
      help: name === undefined ? undefined : `write \`${by}\` in place of \`name\``,
      fix: name === undefined ? undefined : { span: spanOf(name.key), text: by },
    });
    if (name !== undefined) this.#told.add(name.key);
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

  #repeated(by: string, name: string, node: TreeNode, names: Map<string, TreeNode>): void {
    const before = names.get(name);
    if (before === undefined) {
      names.set(name, node);
      return;
    }
    this.#check.findings.error('cwl/duplicate-id', spanOf(node), `the ${by} \`${name}\` is repeated`, {
      related: [{ span: spanOf(before), message: 'first written here' }],
    });
  }

  #requirements(mayBeUnknown: boolean, node: TreeNode, place: Place): void {
    if (node.kind === 'map') {
      for (const { key, value } of node.entries) this.#requirement(mayBeUnknown, key, value, 'class');
      return;
    }
    if (node.kind !== 'sequence') {
      this.#wrong({ is: 'requirements', mayBeUnknown }, node, place);
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
    const { findings, version } = this.#check;
    const name = keyText(key).replace(/^(?:cwl:|https:\/\/w3id\.org\/cwl\/cwl#)/, '');
    const table = Object.hasOwn(requirementTables, name) ? requirementTables[name] : undefined;
    if (table === undefined) {
      this.#unknownRequirement(mayBeUnknown, key, name);
      return;
    }
    if (knownVersions.indexOf(table.since) > knownVersions.indexOf(version)) {
      const message = `\`${name}\` came with CWL ${table.since}; this document says ${version}`;
      findings.add({
        code: 'cwl/field-version',
        severity: mayBeUnknown ? 'warning' : 'error',
        span: spanOf(key),
        message,
        help: `write \`cwlVersion: ${table.since}\``,
      });
      return;
    }
    if (value.kind === 'map') {
      this.record(name, value, key, by);
      return;
    }
    if (!isNull(value)) {
      this.#wrong({ is: 'record', name }, value, { what: `\`${name}\``, node: key });
      return;
    }
    const needed = recordOf(name, version).required.find((field) => field !== 'class');
    const message =
      needed === undefined ? `\`${name}\` is empty` : `\`${name}\` needs the field \`${needed}\``;
    findings.error('cwl/wrong-type', spanOf(key), message, {
      help: needed === undefined ? `write \`${name}: {}\`` : undefined,
    });
  }

  #unknownRequirement(mayBeUnknown: boolean, key: ScalarNode, name: string): void {
    if (name.includes(':')) {
      this.#extension(key, name);
      return;
    }
    const { findings, version } = this.#check;
    const known = Object.entries(requirementTables).flatMap(([known, { since }]) =>
      knownVersions.indexOf(since) <= knownVersions.indexOf(version) ? [known] : [],
    );
    const nearest = closest(name, known);
    // A hint that nobody knows is passed over by every runner; only a slip of the pen is worth a word.
    if (mayBeUnknown && nearest === undefined) return;
    findings.add({
      code: 'cwl/unknown-requirement',
      severity: mayBeUnknown ? 'warning' : 'error',
      span: spanOf(key),
      message: `CWL ${version} has no requirement \`${name}\``,
      help: nearest === undefined ? undefined : `did you mean \`${nearest}\`?`,
      fix: nearest === undefined ? undefined : { span: spanOf(key), text: nearest },
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
      this.#wrong({ is: 'either', of: all }, node, place);
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
        .map((shape) => ({ shape, faults: this.#distance(shape, node) }))
        .sort((a, b) => a.faults - b.faults);
      this.value(nearest?.shape ?? first, node, place);
      return;
    }
    const fitting = near.find((shape) => this.#fitsWholly(shape, node, this.#check.version)) ?? first;
    this.value(fitting, node, place);
  }

  /** How far a map is from a record: what it has too much and too little; most of all a `class` or `type` of another kind. */
  #distance(shape: Shape, map: MapNode): number {
    if (shape.is !== 'record') return Number.POSITIVE_INFINITY;
    const table = recordOf(shape.name, this.#check.version);
    let distance = 0;
    for (const { key, value } of map.entries) {
      const field = table.fields.get(keyText(key));
      if (field === undefined) distance += 1;
      else if (field.shape.is === 'word') distance += fits(field.shape, value) ? -5 : 5;
    }
    return distance + table.required.filter((name) => entryOf(map, name) === undefined).length;
  }

  #wrong(shape: Shape, node: TreeNode, place: Place): void {
    const isEmpty = isNull(node);
    const message = `${place.what} must be ${describe(shape)}`;
    const span = spanOf(isEmpty ? place.node : node);
    this.#check.findings.error('cwl/wrong-type', span, message, quotes(shape, node));
  }
}

function nextVersion(version: CwlVersion | undefined): string {
  return (version === undefined ? undefined : knownVersions[knownVersions.indexOf(version) + 1]) ?? 'v1.0';
}

/** Requirements may be left out, but not be empty. */
function mayNotBeEmpty({ required, shape }: Field): boolean {
  return shape.is === 'requirements' || (required && shape.is !== 'anything');
}

function missingHelp(field: string): string | undefined {
  if (field === 'inputs' || field === 'outputs' || field === 'steps') {
    return `write \`${field}: []\` when there are none`;
  }
  if (field === 'requirements' || field === 'hints') return `take it out, or write \`${field}: {}\``;
  if (field === 'in') return 'write `in: {}` when it takes nothing';
  if (field === 'out') return 'write `out: []` when nothing is taken from it';
  return undefined;
}

/** `{id: x, type: array, items: string}`: the map of the type is missing around the last two. */
function isPartOfType(table: VersionedRecord, field: string, map: MapNode): boolean {
  const owner = { items: 'array', symbols: 'enum', fields: 'record' }[field];
  return owner !== undefined && table.fields.has('type') && textOf(valueOf(map, 'type')) === owner;
}

function plainTypeHelp(map: MapNode, name: string | undefined): string | undefined {
  return name === undefined || map.entries.length > 1 ? undefined : `write \`type: ${name}\``;
}
