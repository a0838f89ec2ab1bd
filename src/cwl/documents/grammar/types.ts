// Types as they are written out, and parameters: inputs and outputs of tools and workflows.
// Source: CWL v1.0, v1.1 and v1.2, sections "CommandInputParameter" to "WorkflowOutputParameter".
import {
  anything,
  either,
  expression,
  field,
  list,
  namedList,
  number,
  record,
  required,
  some,
  template,
  text,
  truth,
  whole,
  word,
  type Field,
  type RecordTable,
  type TypeSide,
} from './shape.ts';

const loadListing = word('no_listing', 'shallow_listing', 'deep_listing');

const secondaryFiles: readonly Field[] = [
  field('secondaryFiles', some(template), { until: 'v1.0' }),
  field(
    'secondaryFiles',
    either(template, record('secondary file'), list(either(template, record('secondary file')))),
    {
      since: 'v1.1',
    },
  ),
];

const documentation: readonly Field[] = [field('label', text), field('doc', some(text))];

/** Fields that types have since they may be documented. */
const typeDocumentation: readonly Field[] = [
  field('label', text),
  field('name', text),
  field('doc', some(text), { since: 'v1.1' }),
];

const inputFormat = field('format', some(template));
const outputFormat = field('format', template);

const loading: readonly Field[] = [
  field('loadContents', truth, { since: 'v1.1' }),
  field('loadListing', loadListing, { since: 'v1.1' }),
];

/** The bindings a type may carry, by where it stands. */
function bindingsOf(side: TypeSide): readonly Field[] {
  if (side === 'tool input') return [field('inputBinding', record('input binding'))];
  if (side === 'input') return [field('inputBinding', record('input binding'), { until: 'v1.0' })];
  return [field('outputBinding', record('output binding'), { until: 'v1.0' })];
}

function recordFieldTable(side: TypeSide): RecordTable {
  const isInput = side === 'input' || side === 'tool input';
  const since = 'v1.1';
  const binding =
    side === 'tool output' ? [field('outputBinding', record('output binding'))] : bindingsOf(side);
  return {
    title: 'a field of a record',
    fields: [
      required('name', text),
      required('type', { is: 'type', side }),
      ...documentation,
      ...secondaryFiles.filter((candidate) => candidate.since === since),
      field('streamable', truth, { since }),
      field('format', isInput ? some(template) : template, { since }),
      ...(isInput ? loading : []),
      ...binding,
    ],
  };
}

function typeTables(side: TypeSide): Readonly<Record<string, RecordTable>> {
  return {
    [`${side} record`]: {
      title: 'a record type',
      fields: [
        required('type', word('record')),
        field('fields', namedList(`${side} field`, 'name', 'type')),
        ...typeDocumentation,
        // A whole record is bound only since v1.1; its fields always were.
        ...(side === 'tool input' ? [field('inputBinding', record('input binding'), { since: 'v1.1' })] : []),
      ],
    },
    [`${side} field`]: recordFieldTable(side),
    [`${side} enum`]: {
      title: 'an enum type',
      fields: [
        required('type', word('enum')),
        required('symbols', list(text)),
        ...typeDocumentation,
        ...bindingsOf(side),
      ],
    },
    [`${side} array`]: {
      title: 'an array type',
      fields: [
        required('type', word('array')),
        required('items', { is: 'type', side }),
        ...typeDocumentation,
        ...bindingsOf(side),
      ],
    },
  };
}

/** A type has no default in any version but v1.0, which lets it be left out. */
function typeField(side: TypeSide): readonly Field[] {
  return [
    field('type', { is: 'type', side }, { until: 'v1.0' }),
    field('type', { is: 'type', side }, { since: 'v1.1', required: true }),
  ];
}

const parameter: readonly Field[] = [
  field('id', text),
  ...documentation,
  ...secondaryFiles,
  field('streamable', truth),
];

const inputParameter: readonly Field[] = [...parameter, inputFormat, field('default', anything), ...loading];

export const typeRecords: Readonly<Record<string, RecordTable>> = {
  ...typeTables('input'),
  ...typeTables('output'),
  ...typeTables('tool input'),
  ...typeTables('tool output'),
  'secondary file': {
    title: 'a pattern of secondary files',
    fields: [required('pattern', template), field('required', either(truth, expression))],
  },
  'input binding': {
    title: 'an `inputBinding`',
    fields: [
      field('loadContents', truth),
      field('position', whole, { until: 'v1.0' }),
      field('position', either(whole, expression), { since: 'v1.1' }),
      field('prefix', text),
      field('separate', truth),
      field('itemSeparator', text),
      field('valueFrom', template),
      field('shellQuote', truth),
    ],
  },
  'workflow input binding': {
    title: 'the `inputBinding` of a workflow input',
    fields: [field('loadContents', truth)],
  },
  'output binding': {
    title: 'an `outputBinding`',
    fields: [
      field('loadContents', truth),
      field('loadListing', loadListing, { since: 'v1.1' }),
      field('glob', some(template)),
      field('outputEval', template, { until: 'v1.0' }),
      field('outputEval', expression, { since: 'v1.1' }),
    ],
  },
  'tool input': {
    title: 'an input of a tool',
    fields: [...inputParameter, ...typeField('tool input'), field('inputBinding', record('input binding'))],
  },
  'tool output': {
    title: 'an output of a tool',
    fields: [
      ...parameter,
      outputFormat,
      ...typeField('tool output'),
      field('outputBinding', record('output binding')),
    ],
  },
  'workflow input': {
    title: 'an input of a workflow',
    fields: [
      ...inputParameter,
      ...typeField('input'),
      field('inputBinding', record('input binding'), { until: 'v1.0' }),
      field('inputBinding', record('workflow input binding'), { since: 'v1.1' }),
    ],
  },
  'workflow output': {
    title: 'an output of a workflow',
    fields: [
      ...parameter,
      outputFormat,
      ...typeField('output'),
      field('outputBinding', record('output binding'), { until: 'v1.0' }),
      field('outputSource', some(text)),
      field('linkMerge', word('merge_nested', 'merge_flattened')),
      field('pickValue', word('first_non_null', 'the_only_non_null', 'all_non_null'), { since: 'v1.2' }),
    ],
  },
  'expression tool input': {
    title: 'an input of an expression tool',
    fields: [
      ...inputParameter,
      ...typeField('input'),
      field('inputBinding', record('input binding'), { until: 'v1.0' }),
      field('inputBinding', record('workflow input binding'), { since: 'v1.1' }),
    ],
  },
  'expression tool output': {
    title: 'an output of an expression tool',
    fields: [
      ...parameter,
      outputFormat,
      ...typeField('output'),
      field('outputBinding', record('output binding'), { until: 'v1.0' }),
    ],
  },
  'operation input': {
    title: 'an input of an operation',
    fields: [...inputParameter, ...typeField('input')],
  },
  'operation output': {
    title: 'an output of an operation',
    fields: [...parameter, outputFormat, ...typeField('output')],
  },
  file: {
    title: 'a `File`',
    fields: [
      required('class', word('File')),
      ...[
        'location',
        'path',
        'basename',
        'dirname',
        'nameroot',
        'nameext',
        'checksum',
        'format',
        'contents',
      ].map((name) => field(name, text)),
      field('size', number),
      field('secondaryFiles', list(either(record('file'), record('directory')))),
    ],
  },
  directory: {
    title: 'a `Directory`',
    fields: [
      required('class', word('Directory')),
      ...['location', 'path', 'basename'].map((name) => field(name, text)),
      field('listing', list(either(record('file'), record('directory')))),
    ],
  },
};
