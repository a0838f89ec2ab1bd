// What a stage has to offer under which names, as far as that is known before it runs.
import { entryOf, keyText } from '../../../source/tree.ts';
import type { TreeNode } from '../../../source/tree.ts';
import { parseJsonPath } from '../json-path.ts';
import type { YadagePublisher, YadageStage } from '../model.ts';
import { stepsOf, type InitValues } from './scope.ts';

/** What is found under the name of an output.
 *  `unknown`: it cannot be told · `missing`: nothing · `faulty`: the name is neither a key nor a JSONPath */
export type Lookup = 'there' | 'unknown' | 'missing' | 'faulty';

/** Looks for an output among what all steps of a stage publish. */
export function lookUpOutput(
  stage: YadageStage,
  output: string,
): { readonly lookup: Lookup; readonly names: readonly string[] } {
  const publishers = stepsOf(stage).map((step) => step.publisher);
  const lookups = publishers.map((publisher) => lookUpIn(publisher, stage, output));
  const names = publishers.flatMap((publisher) => namesOf(publisher, stage) ?? []);
  if (lookups.some((lookup) => lookup === 'there' || lookup === 'unknown') || lookups.length === 0) {
    return { lookup: lookups.includes('there') ? 'there' : 'unknown', names };
  }
  return { lookup: lookups.includes('faulty') ? 'faulty' : 'missing', names };
}

/** Looks for a value among those of `init`. */
export function lookUpInit(init: InitValues, output: string): Lookup {
  if (!init.isComplete) return 'unknown';
  if (init.values.has(output)) return 'there';
  const name = firstName(output);
  if (name === undefined) return parseJsonPath(output).kind === 'faulty' ? 'faulty' : 'unknown';
  const value = init.values.get(name);
  if (!init.values.has(name)) return 'missing';
  return value === undefined ? 'unknown' : lookUpNode(value, output, 1);
}

function lookUpIn(publisher: YadagePublisher | undefined, stage: YadageStage, output: string): Lookup {
  const names = namesOf(publisher, stage);
  if (publisher?.type === 'interpolated-pub' || publisher?.type === 'constant-pub') {
    if (names?.includes(output) === true) return 'there';
    return lookUpNode(publisher.publish, output, 0);
  }
  if (names === undefined || names.includes(output)) return names === undefined ? 'unknown' : 'there';
  const name = firstName(output);
  if (name === undefined) return parseJsonPath(output).kind === 'faulty' ? 'faulty' : 'unknown';
  // What lies below a name is not known.
  return names.includes(name) ? 'unknown' : 'missing';
}

/** Follows a path through a value as written. */
function lookUpNode(root: TreeNode, output: string, from: number): Lookup {
  const path = parseJsonPath(output);
  if (path.kind !== 'plain') return path.kind === 'faulty' ? 'faulty' : 'unknown';
  let node = root;
  for (const segment of path.segments.slice(from)) {
    if (segment.kind === 'anyField' || (segment.kind === 'fields' && segment.names.length > 1))
      return 'unknown';
    if (segment.kind === 'items' && segment.index === undefined) return 'unknown';
    const next =
      segment.kind === 'fields'
        ? node.kind === 'map'
          ? entryOf(node, segment.names[0] ?? '')?.value
          : undefined
        : node.kind === 'sequence'
          ? node.items.at(segment.index ?? 0)
          : undefined;
    if (next === undefined) return 'missing';
    node = next;
  }
  return 'there';
}

/** The names at the top of what a publisher gives; `undefined` when they are not known. */
export function namesOf(
  publisher: YadagePublisher | undefined,
  stage: YadageStage,
): readonly string[] | undefined {
  switch (publisher?.type) {
    case 'interpolated-pub':
    case 'constant-pub':
      return publisher.publish.kind === 'map' ? publisher.publish.entries.map(({ key }) => keyText(key)) : [];
    case 'frompar-pub':
      return publisher.outputMap.kind === 'map'
        ? publisher.outputMap.entries.map(({ key }) => keyText(key))
        : undefined;
    case 'fromglob-pub':
      return [publisher.outputKey.text];
    case 'fromparjq-pub':
      return publisher.script.text.trim() === '.' &&
        stage.scheduler.type !== 'jq-stage' &&
        stage.scheduler.isComplete
        ? stage.scheduler.parameters.map((parameter) => parameter.key)
        : undefined;
    case 'fromyaml-pub':
    case undefined:
      return undefined;
  }
}

/** True when what is published is known as soon as the step is scheduled, before it has run. */
export function isStatic(publisher: YadagePublisher | undefined): boolean {
  switch (publisher?.type) {
    case 'frompar-pub':
    case 'constant-pub':
      return true;
    case 'interpolated-pub':
    case 'fromparjq-pub':
      return !publisher.glob;
    default:
      return false;
  }
}

/** The name that a path begins with, when that is a single one. */
function firstName(path: string): string | undefined {
  const parsed = parseJsonPath(path);
  const first = parsed.kind === 'plain' ? parsed.segments[0] : undefined;
  return first?.kind === 'fields' && first.names.length === 1 ? first.names[0] : undefined;
}
