// Whether what one port gives can be what another one takes.
// Source: the meaning of links in CWL v1.2, Workflow description, sections "WorkflowStepInput" and
// "WorkflowOutputParameter", as cwltool's static checker decides it: a link it only warns about is a `maybe`.
import { alternatives, arrayOf, mayBeNull, optional, type CwlType, type RecordField } from './type.ts';

export type Flow = 'yes' | 'maybe' | 'no';

export interface LinkOptions {
  /** As written; with several sources and nothing written it is `merge_nested`. */
  readonly linkMerge?: 'merge_nested' | 'merge_flattened' | undefined;
  readonly pickValue?: 'first_non_null' | 'the_only_non_null' | 'all_non_null' | undefined;
  /** `valueFrom` makes another value of it, whose type is not known. */
  readonly hasValueFrom?: boolean;
  /** Over how many levels of lists the step is scattered by this input; the sink is the type of one run. */
  readonly scatterDepth?: number;
  /** A default stands in where the source gives `null`. */
  readonly hasDefault?: boolean;
}

/** Whether a value of type `source` may go into `sink`.
 *  `yes`: every value fits. `maybe`: some do, for example of `File?` into `File`. `no`: none does.
 *  With several sources each is asked by itself. */
export function canFlow(source: CwlType, sink: CwlType, options: LinkOptions = {}): Flow {
  if (options.hasValueFrom === true) return 'yes';
  const merged = mergedType(source, options);
  let wanted = sink;
  for (let depth = 0; depth < (options.scatterDepth ?? 0); depth++) wanted = arrayOf(wanted);
  if (options.hasDefault === true) wanted = optional(wanted);
  if (fits(merged, wanted, 'every')) return 'yes';
  return fits(merged, wanted, 'some') ? 'maybe' : 'no';
}

/** What arrives after `linkMerge` and `pickValue`. */
function mergedType(source: CwlType, { linkMerge, pickValue }: LinkOptions): CwlType {
  // Picking one value undoes the list that merging makes.
  if (pickValue === 'first_non_null' || pickValue === 'the_only_non_null') return withoutNull(source);
  if (linkMerge === undefined) return pickValue === 'all_non_null' ? withoutNullItems(source) : source;
  const left = pickValue === 'all_non_null' ? withoutNull(source) : source;
  return linkMerge === 'merge_nested' ? arrayOf(left) : flattened(left);
}

/** A list of one source is gone through by itself: that of a scattered step with `when`. */
function withoutNullItems(type: CwlType): CwlType {
  if (type.kind === 'union') return { kind: 'union', members: type.members.map(withoutNullItems) };
  return type.kind === 'array' ? arrayOf(withoutNull(type.items)) : type;
}

function withoutNull(type: CwlType): CwlType {
  const left = alternatives(type).filter((member) => !isNull(member));
  const [only] = left;
  if (only === undefined) return type;
  return left.length === 1 ? only : { kind: 'union', members: left };
}

function flattened(type: CwlType): CwlType {
  if (type.kind === 'union') return { kind: 'union', members: type.members.map(flattened) };
  return type.kind === 'array' ? type : arrayOf(type);
}

/** `every`: each alternative of the source has one of the sink that it can be; `some`: at least one that is not `null`. */
type Demand = 'every' | 'some';

function fits(source: CwlType, sink: CwlType, demand: Demand): boolean {
  if (isAny(source) || isAny(sink)) return true;
  if (source.kind === 'union') {
    const members = alternatives(source);
    if (demand === 'every') return members.every((member) => fits(member, sink, 'some'));
    return members.some((member) => !isNull(member) && fits(member, sink, 'some'));
  }
  if (sink.kind === 'union') return alternatives(sink).some((member) => fits(source, member, 'some'));
  if (source.kind === 'array') return sink.kind === 'array' && fits(source.items, sink.items, demand);
  if (source.kind === 'record')
    return sink.kind === 'record' && recordFits(source.fields, sink.fields, demand);
  // The symbols are compared when there are values: cwltool lets any enum go into any other.
  if (source.kind === 'enum') return sink.kind === 'enum';
  return source.kind === 'plain' && sink.kind === 'plain' && valueKind(source.name) === valueKind(sink.name);
}

/** Each field of the sink must be there, or may be left out; others do no harm. */
function recordFits(source: readonly RecordField[], sink: readonly RecordField[], demand: Demand): boolean {
  const given = new Map(source.map((field) => [field.name, field.type]));
  return sink.every(({ name, type }) => {
    const from = given.get(name);
    return from === undefined ? mayBeNull(type) || isAny(type) : fits(from, type, demand);
  });
}

/** What stands in for a name when values are compared: the streams of a tool are files. */
function valueKind(name: string): string {
  return name === 'stdin' || name === 'stdout' || name === 'stderr' ? 'File' : name;
}

function isAny(type: CwlType): boolean {
  return type.kind === 'unknown' || (type.kind === 'plain' && type.name === 'Any');
}

function isNull(type: CwlType): boolean {
  return type.kind === 'plain' && type.name === 'null';
}
