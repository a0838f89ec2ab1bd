// Workflows, their steps, and the three kinds of tools.
// Source: CWL v1.0, v1.1 and v1.2, sections "Workflow", "CommandLineTool", "ExpressionTool" and "Operation".
import type { CwlVersion } from '../../fields.ts';
import {
  anything,
  condition,
  either,
  expression,
  field,
  list,
  namedList,
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
} from './shape.ts';

const requirements: readonly Field[] = [
  field('requirements', { is: 'requirements', mayBeUnknown: false }),
  field('hints', { is: 'requirements', mayBeUnknown: true }),
];

const documentation: readonly Field[] = [
  field('doc', text, { until: 'v1.0' }),
  field('doc', some(text), { since: 'v1.1' }),
];

const process: readonly Field[] = [
  field('id', text),
  field('label', text),
  ...documentation,
  ...requirements,
  // Which it is decides about everything else, so it is judged before the fields are.
  field('cwlVersion', anything),
  field('intent', list(text), { since: 'v1.2' }),
];

export const processClasses = ['Workflow', 'CommandLineTool', 'ExpressionTool', 'Operation'] as const;
export type ProcessClass = (typeof processClasses)[number];

/** The version that brought each class. */
export const classSince: Readonly<Record<ProcessClass, CwlVersion>> = {
  Workflow: 'v1.0',
  CommandLineTool: 'v1.0',
  ExpressionTool: 'v1.0',
  Operation: 'v1.2',
};

export const processRecords: Readonly<Record<string, RecordTable>> = {
  Workflow: {
    title: 'a workflow',
    fields: [
      required('class', word('Workflow')),
      ...process,
      required('inputs', namedList('workflow input', 'id', 'type')),
      required('outputs', namedList('workflow output', 'id', 'type')),
      required('steps', namedList('step', 'id')),
    ],
  },
  CommandLineTool: {
    title: 'a tool',
    fields: [
      required('class', word('CommandLineTool')),
      ...process,
      required('inputs', namedList('tool input', 'id', 'type')),
      required('outputs', namedList('tool output', 'id', 'type')),
      field('baseCommand', some(text)),
      field('arguments', list(either(template, record('input binding')))),
      field('stdin', template),
      field('stdout', template),
      field('stderr', template),
      field('successCodes', list(whole)),
      field('temporaryFailCodes', list(whole)),
      field('permanentFailCodes', list(whole)),
    ],
  },
  ExpressionTool: {
    title: 'an expression tool',
    fields: [
      required('class', word('ExpressionTool')),
      ...process,
      required('inputs', namedList('expression tool input', 'id', 'type')),
      required('outputs', namedList('expression tool output', 'id', 'type')),
      field('expression', template, { required: true, until: 'v1.0' }),
      field('expression', expression, { required: true, since: 'v1.1' }),
    ],
  },
  Operation: {
    title: 'an operation',
    fields: [
      required('class', word('Operation')),
      ...process,
      required('inputs', namedList('operation input', 'id', 'type')),
      required('outputs', namedList('operation output', 'id', 'type')),
    ],
  },
  step: {
    title: 'a workflow step',
    fields: [
      field('id', text),
      field('label', text),
      ...documentation,
      required('run', either(text, { is: 'process' })),
      required('in', namedList('step input', 'id', 'source')),
      required('out', list(either(text, record('step output')))),
      ...requirements,
      field('scatter', some(text)),
      field('scatterMethod', word('dotproduct', 'nested_crossproduct', 'flat_crossproduct')),
      field('when', condition, { since: 'v1.2' }),
    ],
  },
  'step input': {
    title: 'an input of a step',
    fields: [
      field('id', text),
      field('source', some(text)),
      field('linkMerge', word('merge_nested', 'merge_flattened')),
      field('default', anything),
      field('valueFrom', template),
      field('label', text, { since: 'v1.1' }),
      field('loadContents', truth, { since: 'v1.1' }),
      field('loadListing', word('no_listing', 'shallow_listing', 'deep_listing'), { since: 'v1.1' }),
      field('pickValue', word('first_non_null', 'the_only_non_null', 'all_non_null'), { since: 'v1.2' }),
    ],
  },
  'step output': { title: 'an output of a step', fields: [field('id', text)] },
};
