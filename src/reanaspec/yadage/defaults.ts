// What the loader of Yadage fills in where a workflow says nothing. @see yadage-schemas 0.10.8
import type { MapNode, TreeNode } from '../../source/tree.ts';

/** Makes what is filled in, at the place of the object that lacks it. */
type Make = (at: MapNode) => TreeNode;

const scalar =
  (value: string | boolean | null): Make =>
  ({ source, start, end }) => ({ kind: 'scalar', style: 'plain', source, start, end, value });
const list: Make = ({ source, start, end }) => ({ kind: 'sequence', source, start, end, items: [] });
const map: Make = ({ source, start, end }) => ({ kind: 'map', source, start, end, entries: [] });

/** No dependencies at all. */
const dependencies: Make = (at) => {
  const { source, start, end } = at;
  const key = (name: string) =>
    ({ kind: 'scalar', style: 'plain', source, start, end, value: name }) as const;
  return {
    ...{ kind: 'map', source, start, end },
    entries: [
      { key: key('dependency_type'), value: key('jsonpath_ready') },
      { key: key('expressions'), value: list(at) },
    ],
  };
};

/** By the type of an object: its fields, and what they are when they are missing. */
const fieldDefaults: Readonly<Record<string, Readonly<Record<string, Make>>>> = {
  stage: { dependencies },
  'jq-stage': { stepscript: scalar('[.]'), postscript: scalar('.') },
  'interpolated-script-cmd': { interpreter: scalar('sh') },
  'docker-encapsulated': {
    imagetag: scalar('latest'),
    resources: list,
    envscript: scalar(''),
    env: map,
    workdir: scalar(null),
    par_mounts: list,
  },
  'interpolated-pub': { glob: scalar(false), relative_paths: scalar(false) },
  'fromparjq-pub': {
    script: scalar('.'),
    tryExact: scalar(true),
    glob: scalar(false),
    relative_paths: scalar(false),
  },
};

/** What is filled into an object of a type; nothing for a type that is not known. */
export function defaultsOf(type: string): Readonly<Record<string, Make>> {
  return (Object.hasOwn(fieldDefaults, type) ? fieldDefaults[type] : undefined) ?? {};
}

/** The type that an object without one gets, and the field that must be there for it. */
export const firstTypes: Readonly<
  Record<
    'process_type' | 'publisher_type' | 'environment_type',
    { readonly type: string; readonly mark: string } | undefined
  >
> = {
  process_type: { type: 'string-interpolated-cmd', mark: 'cmd' },
  publisher_type: { type: 'fromyaml-pub', mark: 'yamlfile' },
  environment_type: undefined,
};
