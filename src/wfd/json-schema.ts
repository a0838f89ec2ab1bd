// The form of native workflow descriptions as a JSON Schema, made from the same table of fields as the check: for editors, in `schemas/`.
import { leafTypes } from '../workflow/model.ts';
import { fieldsOf, type PartKind } from './fields.ts';

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const textOrList: Schema = { anyOf: [text, { type: 'array', items: text }] };
const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` });
const mapOf = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });
/** The server goes through the items of a map, or of a list that is empty. */
const mapOrEmpty = (values: Schema): Schema => ({
  anyOf: [mapOf(values), { type: 'array', maxItems: 0 }],
});

const inputs = mapOrEmpty({ anyOf: [textOrList, { type: 'null' }] });
const outputs = mapOf(ref('output'));
const steps = mapOf(ref('step'));

/** What stands in each field, by the part it is in. */
const valuesOf: Readonly<Record<PartKind, Readonly<Record<string, Schema>>>> = {
  document: {
    name: text,
    inputs,
    outputs,
    options: { anyOf: [ref('options'), { type: 'null' }] },
    workflow_blocks: { anyOf: [mapOf(ref('document')), { type: 'null' }] },
    steps,
    workflow: ref('workflow'),
  },
  workflow: { inputs, outputs, steps },
  'task step': {
    type: { enum: leafTypes },
    inDS: textOrList,
    inDsType: text,
    args: text,
    exec: text,
    containerImage: text,
    useAthenaPackages: { type: 'boolean' },
    secondaryDSs: textOrList,
    secondaryDsTypes: textOrList,
  },
  'workflow step': {
    type: { const: 'workflow' },
    workflow_ref: text,
    inputs: mapOrEmpty({ anyOf: [textOrList, { type: 'null' }] }),
    outputs,
    steps,
    scatter_inputs: mapOf(text),
    scatter_mode: { const: 'zip' },
  },
  output: { from: text, output_types: textOrList },
  options: { allow_partial_inputs: { type: 'boolean' }, min_input_files: { type: 'integer', minimum: 1 } },
};

export function wfdSchema(): Schema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Native workflow description of PanDA (WFD)',
    $ref: '#/$defs/main',
    $defs: {
      // Notes of one's own at the top do no harm, so only what is inside is closed.
      main: {
        ...partSchema('document'),
        additionalProperties: true,
        anyOf: [{ required: ['steps'] }, { required: ['workflow'] }],
      },
      document: partSchema('document'),
      workflow: { ...partSchema('workflow'), required: ['steps'] },
      step: {
        if: { properties: { type: { const: 'workflow' } }, required: ['type'] },
        then: partSchema('workflow step'),
        else: partSchema('task step'),
      },
      output: { ...partSchema('output'), required: ['from'] },
      options: partSchema('options'),
    },
  };
}

function partSchema(kind: PartKind): Schema {
  const values = valuesOf[kind];
  return {
    type: 'object',
    properties: Object.fromEntries(fieldsOf[kind].map((name) => [name, values[name] ?? {}])),
    additionalProperties: false,
  };
}
