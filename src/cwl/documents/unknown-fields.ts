// Fields that CWL does not have here: of another version, of an extension, or misspelt.
import { closest } from '../../base/closest.ts';
import {
  entryOf,
  keyText,
  spanOf,
  textOf,
  valueOf,
  type MapNode,
  type ScalarNode,
} from '../../source/tree.ts';
import { knownVersions, type CwlVersion } from '../fields.ts';
import { fieldSince, fieldUntil, type VersionedRecord } from './grammar/records.ts';
import type { ShapeCheck } from './shape-state.ts';

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

/** Says what is wrong with a field that the table of this version does not have.
 *  @param name of the table
 *  @returns the field that a misspelt name was meant to be */
export function unknownField(
  check: ShapeCheck,
  { name, table }: { readonly name: string; readonly table: VersionedRecord },
  key: ScalarNode,
  map: MapNode,
): string | undefined {
  const field = keyText(key);
  if (field.startsWith('$')) return undefined;
  if (field.includes(':')) {
    undeclaredPrefix(check, key, field);
    return undefined;
  }
  const { findings, version } = check;
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

/** Warns of `prefix:name` when nothing declares the prefix. */
export function undeclaredPrefix(check: ShapeCheck, key: ScalarNode, name: string): void {
  const prefix = name.slice(0, name.indexOf(':'));
  if (check.prefixes.has(prefix) || knownPrefixes.has(prefix)) return;
  const message = `the prefix \`${prefix}\` is not declared`;
  check.findings.warning('cwl/unknown-prefix', spanOf(key), message, {
    help: `declare it in \`$namespaces\` of this document`,
  });
}

function nextVersion(version: CwlVersion | undefined): string {
  return (version === undefined ? undefined : knownVersions[knownVersions.indexOf(version) + 1]) ?? 'v1.0';
}

/** `{id: x, type: array, items: string}`: the map of the type is missing around the last two. */
function isPartOfType(table: VersionedRecord, field: string, map: MapNode): boolean {
  const owner = { items: 'array', symbols: 'enum', fields: 'record' }[field];
  return owner !== undefined && table.fields.has('type') && textOf(valueOf(map, 'type')) === owner;
}
