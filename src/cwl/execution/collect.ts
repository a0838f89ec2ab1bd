// The outputs of a tool that has ended well, from the files it left.
// Source: CWL v1.2, CommandLineTool, section "Output binding".
import type { Value } from '../../workflow/model.ts';
import { evaluate, type ExpressionRules, type Scope } from './expression.ts';
import { CwlFault } from './fault.ts';
import { globFiles } from './glob.ts';
import { completed, wholeAddress, withContents, withListing } from './job-inputs.ts';
import type { FileView } from './ports.ts';
import { pathIn } from './places.ts';
import { wantedFiles } from './secondary-files.ts';
import { isStream, type ToolJob } from './tool-job.ts';
import { isAny, typeFor, typeText, valueText, type Port, type Type } from './types.ts';
import { asText, isItem, isList, isRecord, itemsOf, listOf, mapItems, nameOf, textIn } from './values.ts';
import type { Item, Values } from './values.ts';

export interface OutputView extends FileView {
  /** `sha1$…` of a file. */
  checksumOf(path: string): Promise<string>;
}

/** @param exitCode of the tool, for `runtime.exitCode`
 *  @throws CwlFault naming the output that is missing or wrong */
export async function collectOutputs(
  job: ToolJob,
  exitCode: number,
  files: OutputView,
  rules: ExpressionRules,
): Promise<Values> {
  const scope: Scope = { inputs: job.inputs, self: null, runtime: { ...job.runtime, exitCode } };
  const collecting: Collecting = { job, scope, files, rules };
  const whole = wholeOutput(job, files);
  const outputs: [string, Value][] = [];
  for (const output of job.tool.outputs) {
    const place = `output \`${output.name}\``;
    const raw = whole === undefined ? collect(output, place, collecting) : (whole[output.name] ?? null);
    outputs.push([output.name, await finished(raw, output, place, collecting)]);
  }
  return Object.fromEntries(outputs);
}

interface Collecting {
  readonly job: ToolJob;
  readonly scope: Scope;
  readonly files: OutputView;
  readonly rules: ExpressionRules;
}

/** A tool may say itself what its outputs are. */
function wholeOutput(job: ToolJob, files: FileView): Values | undefined {
  const path = `${job.directory}/cwl.output.json`;
  if (files.kindOf(path) !== 'file') return undefined;
  let value: Value;
  try {
    value = JSON.parse(files.textOf(path, Number.MAX_SAFE_INTEGER)) as Value;
  } catch (cause) {
    throw new CwlFault('`cwl.output.json` is no JSON', { cause });
  }
  if (!isRecord(value)) throw new CwlFault('`cwl.output.json` must be an object');
  return mapItems(value, (item) => completed(inWorkDirectory(item, path), files)) as Values;
}

function inWorkDirectory(item: Item, file: string): Item {
  const place = textIn(item, 'path') ?? textIn(item, 'location');
  const { path: _, ...rest } = item;
  const listing = item['listing'];
  const secondary = item['secondaryFiles'];
  return {
    ...rest,
    ...(place === undefined ? {} : { location: pathIn(file, place) }),
    ...(isList(listing) ? { listing: itemsOf(listing).map((one) => inWorkDirectory(one, file)) } : {}),
    ...(isList(secondary)
      ? { secondaryFiles: itemsOf(secondary).map((one) => inWorkDirectory(one, file)) }
      : {}),
  };
}

function collect(port: Port, place: string, collecting: Collecting): Value {
  const { job, scope, files, rules } = collecting;
  const stream = (['stdout', 'stderr'] as const).find((name) => isStream(port.type, name));
  const streamFile = stream === undefined ? undefined : job.streams[stream];
  if (streamFile !== undefined) return found([streamFile], place, {}, collecting)[0] ?? null;

  const written = port.settings['outputBinding'];
  const fields = recordFields(port.type);
  if (!isRecord(written) || Object.keys(written).length === 0) {
    if (fields === undefined) return null;
    return Object.fromEntries(
      fields.map((field) => [field.name, collect(field, `field \`${field.name}\` of ${place}`, collecting)]),
    );
  }
  const glob = written['glob'];
  const patterns =
    glob === undefined || glob === null
      ? undefined
      : listOf(glob).flatMap((one) => patternsOf(one, place, scope, rules));
  const items =
    patterns === undefined ? undefined : found(patterns, place, { ...port.settings, ...written }, collecting);
  const evaluation = written['outputEval'];
  if (evaluation !== undefined && evaluation !== null) {
    const value = evaluate(evaluation, { ...scope, self: items ?? null }, rules);
    const whole = mapItems(value, (item) => completed(item, files));
    return isList(whole) && whole.every(isItem) && wantsItem(port.type) ? oneOf(whole, place) : whole;
  }
  if (items === undefined) return null;
  return wantsList(port.type) ? items : oneOf(items, place);
}

function recordFields(type: Type): readonly Port[] | undefined {
  if (type.kind === 'record') return type.fields;
  const inside = type.kind === 'union' ? type.of.find((one) => one.kind === 'record') : undefined;
  return inside === undefined ? undefined : recordFields(inside);
}

function wantsList(type: Type): boolean {
  return type.kind === 'array' || (type.kind === 'union' && type.of.some(wantsList));
}

/** A file or directory and no list of them. */
function wantsItem(type: Type): boolean {
  if (type.kind === 'union') return type.of.some(wantsItem) && !wantsList(type);
  return type.kind === 'simple' && (type.name === 'File' || type.name === 'Directory');
}

function oneOf(items: readonly Item[], place: string): Value {
  if (items.length > 1) throw new CwlFault(`${place}: ${items.length} files match, but it is one`);
  return items[0] ?? null;
}

function patternsOf(written: Value, place: string, scope: Scope, rules: ExpressionRules): readonly string[] {
  return listOf(evaluate(written, scope, rules)).map((pattern) => {
    if (typeof pattern !== 'string')
      throw new CwlFault(`${place}: a \`glob\` must be a text, not ${JSON.stringify(pattern)}`);
    return pattern;
  });
}

function found(
  patterns: readonly string[],
  place: string,
  settings: Values,
  { job, files, rules }: Collecting,
): readonly Item[] {
  const paths = patterns.flatMap((pattern) => {
    const below =
      pattern === job.directory
        ? '.'
        : pattern.startsWith(`${job.directory}/`)
          ? pattern.slice(job.directory.length + 1)
          : pattern;
    if (below.startsWith('/') || below.split('/').includes('..'))
      throw new CwlFault(`${place}: \`${pattern}\` is outside of the work directory`);
    return globFiles(job.directory, below, files);
  });
  return paths.map((path) => {
    const isFile = files.kindOf(path) === 'file';
    const item: Item = {
      ...completed({ class: isFile ? 'File' : 'Directory', location: path }, files),
      path,
    };
    if (isFile) return settings['loadContents'] === true ? withContents(item, files, rules) : item;
    const depth = textIn(settings, 'loadListing') ?? (rules.version === 'v1.0' ? 'deep_listing' : undefined);
    return depth === 'shallow_listing' || depth === 'deep_listing' ? withListing(item, depth, files) : item;
  });
}

/** The value as the next step gets it: of its type, files with their companions, checksums and true places. */
async function finished(raw: Value, port: Port, place: string, collecting: Collecting): Promise<Value> {
  if (raw === null && isAny(port.type)) return null;
  const fitting = typeFor(raw, port.type);
  if (fitting === undefined) {
    throw new CwlFault(
      raw === null
        ? `${place} is missing: no file or value was found for it`
        : `${place} must be ${typeText(port.type)}, not \`${valueText(raw)}\``,
    );
  }
  return finishedAs(raw, fitting, port.settings, place, collecting);
}

async function finishedAs(
  value: Value,
  type: Type,
  settings: Values,
  place: string,
  collecting: Collecting,
): Promise<Value> {
  if (isItem(value)) return finishedItem(value, settings, place, collecting);
  if (isList(value)) {
    const items: Type = type.kind === 'array' ? type.items : { kind: 'simple', name: 'Any' };
    const list: Value[] = [];
    for (const member of value)
      list.push(await finishedAs(member, typeFor(member, items) ?? items, settings, place, collecting));
    return list;
  }
  if (!isRecord(value)) return value;
  const fields = type.kind === 'record' ? type.fields : [];
  const entries: [string, Value][] = [];
  for (const [name, member] of Object.entries(value)) {
    const field = fields.find((one) => one.name === name);
    const inside: Type =
      field === undefined ? { kind: 'simple', name: 'Any' } : (typeFor(member, field.type) ?? field.type);
    entries.push([name, await finishedAs(member, inside, field?.settings ?? {}, place, collecting)]);
  }
  return Object.fromEntries(entries);
}

async function finishedItem(
  item: Item,
  settings: Values,
  place: string,
  collecting: Collecting,
): Promise<Item> {
  const { files, scope, rules } = collecting;
  const companions = [...itemsOf(item['secondaryFiles'])];
  if (item.class === 'File' && settings['secondaryFiles'] !== undefined) {
    for (const wanted of wantedFiles(settings['secondaryFiles'], withPath(item), 'output', scope, rules)) {
      const companion = companionOf(wanted.what, item, files);
      if (companion !== undefined) companions.push(companion);
      else if (wanted.isRequired)
        throw new CwlFault(
          `${place}: \`${typeof wanted.what === 'string' ? wanted.what : nameOf(wanted.what)}\` is missing beside \`${nameOf(item)}\``,
        );
    }
  }
  const format = settings['format'];
  const whole = await withTruth(item, place, collecting);
  const secondaryFiles: Item[] = [];
  for (const companion of companions) secondaryFiles.push(await withTruth(companion, place, collecting));
  return {
    ...whole,
    ...(secondaryFiles.length === 0 ? {} : { secondaryFiles }),
    ...(format === undefined || format === null || item.class === 'Directory'
      ? {}
      : {
          format: wholeAddress(
            asText(evaluate(format, { ...scope, self: withPath(item) }, rules)),
            collecting.job.tool.namespaces,
          ),
        }),
  };
}

const withPath = (item: Item): Item => {
  const location = textIn(item, 'location');
  return location === undefined || 'path' in item ? item : { ...item, path: location };
};

function companionOf(what: string | Item, primary: Item, files: FileView): Item | undefined {
  if (typeof what !== 'string') {
    const whole = completed(what, files);
    const location = textIn(whole, 'location');
    return location === undefined || files.kindOf(location) !== undefined ? whole : undefined;
  }
  const directory = textIn(primary, 'location')?.replace(/\/[^/]*$/, '');
  if (directory === undefined) return undefined;
  const kind = files.kindOf(`${directory}/${what}`);
  if (kind === undefined) return undefined;
  return completed(
    { class: kind === 'file' ? 'File' : 'Directory', location: `${directory}/${what}` },
    files,
  );
}

/** Where it really is, and what is in it. Links may lead to what was staged, and nowhere else. */
async function withTruth(item: Item, place: string, collecting: Collecting): Promise<Item> {
  const { files } = collecting;
  const { path: _, dirname: __, contents, ...rest } = item;
  const bare = rest;
  const location = textIn(item, 'location');
  if (location === undefined) {
    const listing: Item[] = [];
    for (const one of itemsOf(item['listing'])) listing.push(await withTruth(one, place, collecting));
    if (item.class === 'Directory') return { ...bare, listing };
    return { ...bare, contents: contents ?? '' };
  }
  const kind = files.kindOf(location);
  if (kind === undefined) throw new CwlFault(`${place}: there is no \`${location}\``);
  const real = truePlace(location, place, collecting);
  if (item.class === 'Directory') {
    const listed = withListing({ ...bare, location: real }, 'deep_listing', files);
    const listing: Item[] = [];
    for (const one of itemsOf(listed['listing'])) listing.push(await withTruth(one, place, collecting));
    return { ...listed, listing };
  }
  return { ...bare, location: real, size: files.sizeOf(real), checksum: await files.checksumOf(real) };
}

function truePlace(location: string, place: string, { job, files }: Collecting): string {
  const real = files.realPath(location);
  const isBelow = (directory: string): boolean => real === directory || real.startsWith(`${directory}/`);
  if (isBelow(files.realPath(job.directory))) return real;
  const isStaged = job.staging.some((step) => 'target' in step && isBelow(files.realPath(step.target)));
  if (!isStaged)
    throw new CwlFault(`${place}: \`${location}\` is a link that leads out of the work directory`);
  return real;
}

/** What an exit status means. */
export function outcomeOf({ codes }: ToolJob, exitStatus: number): 'success' | 'temporary' | 'permanent' {
  if (codes.success.includes(exitStatus)) return 'success';
  if (codes.temporary.includes(exitStatus)) return 'temporary';
  // Codes that count as success come on top of 0, which fails only where the tool says so.
  return exitStatus === 0 && !codes.permanent.includes(0) ? 'success' : 'permanent';
}
