// Every kind of record of a CWL document, by name, and which of its fields a version knows.
import { knownVersions, type CwlVersion } from '../../fields.ts';
import { processRecords } from './processes.ts';
import { requirementRecords, requirementTables } from './requirements.ts';
import { required, word, type Field, type RecordTable } from './shape.ts';
import { typeRecords } from './types.ts';

export const recordTables: Readonly<Record<string, RecordTable>> = {
  ...processRecords,
  ...typeRecords,
  ...requirementRecords,
  ...Object.fromEntries(
    Object.entries(requirementTables).map(([name, table]) => [
      name,
      {
        title: `${/^[AEIOU]/.test(name) ? 'an' : 'a'} \`${name}\``,
        fields: [required('class', word(name)), ...table.fields],
      },
    ]),
  ),
};

/** The table of a record in one version: only its fields, by name. */
export interface VersionedRecord {
  readonly title: string;
  readonly fields: ReadonlyMap<string, Field>;
  readonly required: readonly string[];
}

const tables = new Map<string, VersionedRecord>();

/** The table of a record as a version has it. */
export function recordOf(name: string, version: CwlVersion): VersionedRecord {
  const key = `${version} ${name}`;
  let table = tables.get(key);
  if (table === undefined) {
    const all = recordTables[name];
    const known = (all?.fields ?? []).filter((candidate) => isIn(candidate, version));
    table = {
      title: all?.title ?? name,
      fields: new Map(known.map((candidate) => [candidate.name, candidate])),
      required: known.flatMap((candidate) => (candidate.required ? [candidate.name] : [])),
    };
    tables.set(key, table);
  }
  return table;
}

/** The version that brought a field which an older document uses; `undefined` when no version has it. */
export function fieldSince(name: string, fieldName: string): CwlVersion | undefined {
  const versions = (recordTables[name]?.fields ?? [])
    .filter((candidate) => candidate.name === fieldName)
    .map((candidate) => candidate.since);
  return knownVersions.find((version) => versions.includes(version));
}

/** Whether a later version dropped the field. */
export function fieldUntil(name: string, fieldName: string): CwlVersion | undefined {
  const versions = (recordTables[name]?.fields ?? [])
    .filter((candidate) => candidate.name === fieldName)
    .map((candidate) => candidate.until);
  return knownVersions.findLast((version) => versions.includes(version));
}

function isIn({ since, until }: Field, version: CwlVersion): boolean {
  const at = knownVersions.indexOf(version);
  return knownVersions.indexOf(since) <= at && at <= knownVersions.indexOf(until);
}
