// Requirements and hints.
// Source: CWL v1.0, v1.1 and v1.2, sections "InlineJavascriptRequirement" to "StepInputExpressionRequirement".
import type { CwlVersion } from '../../fields.ts';
import {
  either,
  expression,
  field,
  list,
  namedList,
  nothing,
  number,
  record,
  required,
  template,
  text,
  truth,
  whole,
  word,
  type Field,
  type RecordTable,
  type Shape,
} from './shape.ts';

export interface RequirementTable extends RecordTable {
  readonly since: CwlVersion;
}

const listed = either(record('file'), record('directory'));

const amounts: readonly Field[] = [
  'coresMin',
  'coresMax',
  'ramMin',
  'ramMax',
  'tmpdirMin',
  'tmpdirMax',
  'outdirMin',
  'outdirMax',
].flatMap((name) => [
  field(name, either(whole, template), { until: 'v1.0' }),
  field(name, either(whole, expression), { since: 'v1.1', until: 'v1.1' }),
  field(name, either(number, expression), { since: 'v1.2' }),
]);

const definedTypes = (side: 'input' | 'tool input'): Shape =>
  list(either(record(`${side} record`), record(`${side} enum`), record(`${side} array`)));

/** Each kind by its class. */
export const requirementTables: Readonly<Record<string, RequirementTable>> = {
  InlineJavascriptRequirement: table('v1.0', field('expressionLib', list(text))),
  SchemaDefRequirement: table(
    'v1.0',
    field('types', definedTypes('input'), { required: true, until: 'v1.0' }),
    field('types', definedTypes('tool input'), { required: true, since: 'v1.1' }),
  ),
  DockerRequirement: table(
    'v1.0',
    ...[
      'dockerPull',
      'dockerLoad',
      'dockerFile',
      'dockerImport',
      'dockerImageId',
      'dockerOutputDirectory',
    ].map((name) => field(name, text)),
  ),
  SoftwareRequirement: table('v1.0', required('packages', namedList('software package', 'package', 'specs'))),
  InitialWorkDirRequirement: table(
    'v1.0',
    field('listing', either(template, list(either(template, record('directory entry'), listed))), {
      required: true,
      until: 'v1.0',
    }),
    field(
      'listing',
      either(expression, list(either(expression, record('directory entry'), listed, list(listed), nothing))),
      { required: true, since: 'v1.1' },
    ),
  ),
  EnvVarRequirement: table(
    'v1.0',
    required('envDef', namedList('environment variable', 'envName', 'envValue')),
  ),
  ShellCommandRequirement: table('v1.0'),
  ResourceRequirement: table('v1.0', ...amounts),
  LoadListingRequirement: table(
    'v1.1',
    field('loadListing', word('no_listing', 'shallow_listing', 'deep_listing')),
  ),
  WorkReuse: table('v1.1', required('enableReuse', either(truth, expression))),
  NetworkAccess: table('v1.1', required('networkAccess', either(truth, expression))),
  InplaceUpdateRequirement: table('v1.1', required('inplaceUpdate', truth)),
  ToolTimeLimit: table('v1.1', required('timelimit', either(whole, expression))),
  SubworkflowFeatureRequirement: table('v1.0'),
  ScatterFeatureRequirement: table('v1.0'),
  MultipleInputFeatureRequirement: table('v1.0'),
  StepInputExpressionRequirement: table('v1.0'),
};

export const requirementRecords: Readonly<Record<string, RecordTable>> = {
  'software package': {
    title: 'a package of a `SoftwareRequirement`',
    fields: [required('package', text), field('version', list(text)), field('specs', list(text))],
  },
  'environment variable': {
    title: 'a variable of an `EnvVarRequirement`',
    fields: [required('envName', text), required('envValue', template)],
  },
  'directory entry': {
    title: 'an entry of a `listing`',
    fields: [field('entryname', template), required('entry', template), field('writable', truth)],
  },
};

function table(since: CwlVersion, ...fields: Field[]): RequirementTable {
  return { title: '', since, fields };
}
