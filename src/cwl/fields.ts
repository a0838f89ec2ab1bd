// Which fields each kind of CWL object has, by version. Source: CWL v1.0, v1.1 and v1.2, Workflow description.

export const knownVersions = ['v1.0', 'v1.1', 'v1.2'] as const;
export type CwlVersion = (typeof knownVersions)[number];

export type ObjectKind = 'workflow' | 'input' | 'output' | 'step' | 'step input' | 'step output';

interface FieldTable {
  /** In every version. */
  readonly always: readonly string[];
  /** Since which version. */
  readonly since?: Readonly<Partial<Record<CwlVersion, readonly string[]>>>;
  readonly required: readonly string[];
}

const tables: Readonly<Record<ObjectKind, FieldTable>> = {
  workflow: {
    always: [
      'id',
      'label',
      'doc',
      'inputs',
      'outputs',
      'requirements',
      'hints',
      'cwlVersion',
      'class',
      'steps',
    ],
    since: { 'v1.2': ['intent'] },
    required: ['inputs', 'outputs', 'steps'],
  },
  input: {
    always: [
      'id',
      'label',
      'doc',
      'secondaryFiles',
      'streamable',
      'format',
      'inputBinding',
      'default',
      'type',
    ],
    since: { 'v1.1': ['loadContents', 'loadListing'] },
    required: [],
  },
  output: {
    always: [
      'id',
      'label',
      'doc',
      'secondaryFiles',
      'streamable',
      'format',
      'outputSource',
      'linkMerge',
      'type',
    ],
    since: { 'v1.2': ['pickValue'] },
    required: ['outputSource'],
  },
  step: {
    always: ['id', 'label', 'doc', 'in', 'out', 'requirements', 'hints', 'run', 'scatter', 'scatterMethod'],
    since: { 'v1.2': ['when'] },
    required: ['run', 'in', 'out'],
  },
  'step input': {
    always: ['id', 'source', 'linkMerge', 'default', 'valueFrom'],
    since: { 'v1.1': ['label', 'loadContents', 'loadListing'], 'v1.2': ['pickValue'] },
    required: [],
  },
  'step output': { always: ['id'], required: ['id'] },
};

const known: Readonly<Record<CwlVersion, Map<ObjectKind, ReadonlySet<string>>>> = {
  'v1.0': new Map(),
  'v1.1': new Map(),
  'v1.2': new Map(),
};

/** The fields an object may have. */
export function fieldsOf(kind: ObjectKind, version: CwlVersion): ReadonlySet<string> {
  let fields = known[version].get(kind);
  if (fields === undefined) {
    fields = new Set(fieldList(kind, version));
    known[version].set(kind, fields);
  }
  return fields;
}

function fieldList(kind: ObjectKind, version: CwlVersion): readonly string[] {
  const { always, since = {} } = tables[kind];
  const versions = knownVersions.slice(0, knownVersions.indexOf(version) + 1);
  // CWL v1.0 alone has an outputBinding on the outputs of a workflow.
  const gone = kind === 'output' && version === 'v1.0' ? ['outputBinding'] : [];
  return [...always, ...versions.flatMap((candidate) => since[candidate] ?? []), ...gone];
}

/** The version that brought a field an older document uses, or `undefined`. */
export function versionOf(kind: ObjectKind, field: string): CwlVersion | undefined {
  return knownVersions.find((version) => tables[kind].since?.[version]?.includes(field) === true);
}

/** The fields an object must have. */
export function requiredFields(kind: ObjectKind): readonly string[] {
  return tables[kind].required;
}
