// The tables as a JSON Schema, for editors and for a second opinion: `schemas/cwl/` holds what this makes.
// The check itself reads the tables: a schema can say that none of nine alternatives fits, but not which was meant.
import type { CwlVersion } from '../../fields.ts';
import { knownVersions } from '../../fields.ts';
import { processClasses } from './processes.ts';
import { recordOf, recordTables, type VersionedRecord } from './records.ts';
import { requirementTables } from './requirements.ts';
import type { NamedList, Shape, TypeSide } from './shape.ts';

export type JsonSchema = { readonly [key: string]: unknown };

const evaluated = { type: 'string', pattern: '\\$[({]' };

/** The schema of documents of one version, with `$import` and the like replaced. */
export function documentSchema(version: CwlVersion): JsonSchema {
  const names = Object.keys(recordTables).filter((name) => isKnown(name, version));
  const process = { oneOf: classes(version).map((name) => reference(name)) };
  const extra: Record<string, JsonSchema> = {};
  const records = Object.fromEntries(names.map((name) => [key(name), recordSchema(recordOf(name, version))]));
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: `cwl-${version}.schema.json`,
    title: `CWL ${version} documents`,
    description:
      'Workflows and tools, with $import, $include and $mixin replaced by what they name. Links, names of types and expressions are not part of it.',
    type: 'object',
    required: ['cwlVersion'],
    properties: { cwlVersion: { const: version } },
    if: { required: ['$graph'] },
    then: {
      properties: {
        $graph: {
          type: 'array',
          items: { allOf: [{ $ref: '#/definitions/process' }, { type: 'object', required: ['id'] }] },
        },
      },
    },
    else: { $ref: '#/definitions/process' },
    definitions: {
      process,
      ...records,
      ...extra,
      ...Object.fromEntries(sides.map((side) => [key(`${side} type`), typeSchema(side)])),
      requirement: { oneOf: knownRequirements(version).map(reference) },
    },
  };

  function recordSchema(table: VersionedRecord): JsonSchema {
    const properties = [...table.fields.values()].map((field) => {
      const schema = shapeSchema(field.shape);
      // An optional field may be empty, but for requirements.
      const mayBeEmpty = !field.required && field.shape.is !== 'requirements';
      return [field.name, !mayBeEmpty ? schema : { anyOf: [schema, { type: 'null' }] }] as const;
    });
    return {
      type: 'object',
      required: table.required,
      properties: Object.fromEntries(properties),
      // Directives and extensions.
      patternProperties: { '^\\$': {}, ':': {} },
      additionalProperties: false,
    };
  }

  function shapeSchema(shape: Shape): JsonSchema {
    switch (shape.is) {
      case 'text':
        return { type: 'string' };
      case 'expression':
        return evaluated;
      case 'number':
        return { type: shape.whole ? 'integer' : 'number' };
      case 'truth':
        return { type: 'boolean' };
      case 'null':
        return { type: 'null' };
      case 'anything':
        return {};
      case 'word':
        return { enum: shape.words };
      case 'list':
        return { type: 'array', items: shapeSchema(shape.of) };
      case 'record':
        return reference(shape.name);
      case 'named list':
        return namedListSchema(shape);
      case 'either':
        return { anyOf: shape.of.map(shapeSchema) };
      case 'type':
        return reference(`${shape.side} type`);
      case 'requirements':
        return requirementsSchema(shape.mayBeUnknown);
      case 'process':
        return { $ref: '#/definitions/process' };
    }
  }

  function namedListSchema({ record, by, short }: NamedList): JsonSchema {
    const field = short === undefined ? undefined : recordOf(record, version).fields.get(short);
    const unnamed = named(record, by);
    const values = field === undefined ? [] : [notMap(shapeSchema(field.shape), field.required)];
    return {
      oneOf: [
        {
          type: 'array',
          items: {
            allOf: [reference(record), { required: [by], properties: { [by]: { not: { type: 'null' } } } }],
          },
        },
        { type: 'object', additionalProperties: { anyOf: [unnamed, ...values] } },
      ],
    };
  }

  /** A record without the field that its key stands for. */
  function named(record: string, by: string): JsonSchema {
    const table = recordOf(record, version);
    const name = `${record} by ${by}`;
    if (!(key(name) in extra)) {
      // Known before it is whole: types hold types.
      extra[key(name)] = {};
      extra[key(name)] = { ...recordSchema(table), required: table.required.filter((field) => field !== by) };
    }
    return reference(name);
  }

  /** In place of a map only what is none: a map is the record itself. */
  function notMap(schema: JsonSchema, required: boolean): JsonSchema {
    const allowed = { allOf: [schema, { not: { type: 'object' } }] };
    return required ? allowed : { anyOf: [allowed, { type: 'null' }] };
  }

  function requirementsSchema(mayBeUnknown: boolean): JsonSchema {
    const known = knownRequirements(version);
    const byName = known.map((name) => [name, named(name, 'class')] as const);
    const other = mayBeUnknown ? {} : { additionalProperties: false };
    const isKnown = { properties: { class: mayBeUnknown ? { enum: known } : { not: { pattern: ':' } } } };
    const one = { type: 'object', required: ['class'], if: isKnown, then: reference('requirement') };
    // PanDA's loops are a hint by name alone.
    const item = mayBeUnknown ? { anyOf: [one, { const: 'loop' }] } : one;
    return {
      oneOf: [
        { type: 'array', items: item },
        { type: 'object', properties: Object.fromEntries(byName), patternProperties: { ':': {} }, ...other },
      ],
    };
  }

  function typeSchema(side: TypeSide): JsonSchema {
    const one = [
      { type: 'string' },
      ...['record', 'enum', 'array'].map((kind) => reference(`${side} ${kind}`)),
    ];
    return { anyOf: [...one, { type: 'array', items: reference(`${side} type`) }] };
  }
}

const sides: readonly TypeSide[] = ['input', 'output', 'tool input', 'tool output'];

function reference(name: string): JsonSchema {
  return { $ref: `#/definitions/${key(name)}` };
}

function key(name: string): string {
  return name.replaceAll(' ', '-');
}

function knownRequirements(version: CwlVersion): readonly string[] {
  return Object.entries(requirementTables).flatMap(([name, { since }]) =>
    knownVersions.indexOf(since) <= knownVersions.indexOf(version) ? [name] : [],
  );
}

function classes(version: CwlVersion): readonly string[] {
  return processClasses.filter((name) => isKnown(name, version));
}

function isKnown(name: string, version: CwlVersion): boolean {
  if (name in requirementTables) return knownRequirements(version).includes(name);
  return version === 'v1.2' || !name.toLowerCase().startsWith('operation');
}
