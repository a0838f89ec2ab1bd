// The inputs of a process: defaults filled in, types held to, files looked at.
import { Buffer } from 'node:buffer';
import type { Value } from '../../workflow/model.ts';
import { evaluate, type ExpressionRules } from './expression.ts';
import { CwlFault } from './fault.ts';
import type { FileView } from './ports.ts';
import type { Process } from './process.ts';
import { requirement } from './requirements.ts';
import { wantedFiles } from './secondary-files.ts';
import { typeFor, typeText, valueText, type Port, type Type } from './types.ts';
import {
  asText,
  baseName,
  isItem,
  isList,
  isRecord,
  itemsOf,
  listOf,
  mapItems,
  named,
  nameOf,
  recordIn,
  textIn,
} from './values.ts';
import type { Item, Values } from './values.ts';

/** More of a file is not read into a value. */
const contentsLimitBytes = 64 * 1024;

export interface InputsContext {
  readonly files: FileView;
  readonly rules: ExpressionRules;
  /** Whether the inputs come from the user. Only then are secondary files looked for on disk; a step gets what the file
   *  came with. */
  readonly isOutermost: boolean;
}

/** @param given by name; others than those of the process are passed over
 *  @throws CwlFault naming the input that is missing or wrong */
export function jobInputs(process: Process, given: Values, context: InputsContext): Values {
  const { files, rules, isOutermost } = context;
  const values = Object.fromEntries(
    process.inputs.map((input) => {
      const value = given[input.name] ?? null;
      const filled = value === null ? (input.settings['default'] ?? null) : value;
      return [
        input.name,
        mapItems(filled, (item) => {
          const format = textIn(item, 'format');
          const whole = completed(item, files);
          return format === undefined
            ? whole
            : { ...whole, format: wholeAddress(format, process.namespaces) };
        }),
      ];
    }),
  );
  return Object.fromEntries(
    process.inputs.map((input) => {
      const value = values[input.name] ?? null;
      const place = `input \`${input.name}\``;
      const isDefault = (given[input.name] ?? null) === null;
      return [
        input.name,
        checked(value, input.type, input.settings, {
          place,
          process,
          values,
          files,
          rules,
          mayLookBeside: isOutermost || isDefault,
        }),
      ];
    }),
  );
}

interface Checking {
  /** What is checked, in words. */
  readonly place: string;
  readonly process: Process;
  /** All inputs. */
  readonly values: Values;
  readonly files: FileView;
  readonly rules: ExpressionRules;
  readonly mayLookBeside: boolean;
}

function checked(value: Value, type: Type, settings: Values, checking: Checking): Value {
  const fitting = typeFor(value, type);
  if (fitting === undefined) {
    if (value === null) throw new CwlFault(`${checking.place} is missing`);
    throw new CwlFault(`${checking.place} must be ${typeText(type)}, not \`${valueText(value)}\``);
  }
  switch (fitting.kind) {
    case 'array':
      if (!isList(value)) break;
      return value.map((member) => checked(member, fitting.items, settings, checking));
    case 'record': {
      if (!isRecord(value)) break;
      const fields = fitting.fields.map((field: Port) => [
        field.name,
        checked(value[field.name] ?? null, field.type, field.settings, {
          ...checking,
          place: `field \`${field.name}\` of ${checking.place}`,
        }),
      ]);
      return { ...value, ...(Object.fromEntries(fields) as Values) };
    }
    default:
      if (isItem(value)) return prepared(value, settings, checking);
      if (fitting.kind === 'simple' && fitting.name === 'Any')
        return mapItems(value, (item) => prepared(item, {}, checking));
      break;
  }
  if (fitting.kind === 'simple' && fitting.name === 'Any' && !isItem(value))
    return mapItems(value, (item) => prepared(item, {}, checking));
  return value;
}

/** A file as the job will see it: with secondary files, contents and listing as far as they are wanted. */
function prepared(item: Item, settings: Values, checking: Checking): Item {
  const { files } = checking;
  const location = textIn(item, 'location');
  if (location !== undefined && files.kindOf(location) !== kindOf(item)) {
    throw new CwlFault(
      `${checking.place}: there is no ${item.class === 'File' ? 'file' : 'directory'} \`${location}\``,
    );
  }
  if (item.class === 'Directory') {
    return withListing(item, listingDepth(settings, checking), files);
  }
  checkFormat(item, settings, checking);
  const whole = withSecondaryFiles(item, settings, checking);
  const binding = recordIn(settings, 'inputBinding');
  const wantsContents = settings['loadContents'] === true || binding['loadContents'] === true;
  return wantsContents ? withContents(whole, files, checking.rules) : whole;
}

const kindOf = (item: Item): 'file' | 'directory' => (item.class === 'File' ? 'file' : 'directory');

/** An item with everything that can be seen without being asked for. */
export function completed(item: Item, files: FileView): Item {
  const { path, ...rest } = item;
  const given = textIn(item, 'location') ?? (typeof path === 'string' ? path : undefined);
  // `_:` names what has no place.
  const location = given === undefined || given.startsWith('_:') ? undefined : given.replace(/\/+$/, '');
  const name = textIn(item, 'basename') ?? baseName(location ?? '');
  const { location: _, ...bare } = rest;
  const whole = named(
    location === undefined ? bare : { ...bare, location },
    // A literal without a name gets one that does not change from one replay to the next.
    name === '' ? 'unnamed' : name,
  );
  const listing = whole['listing'];
  const secondary = whole['secondaryFiles'];
  return {
    ...whole,
    ...(isList(listing) ? { listing: itemsOf(listing).map((one) => completed(one, files)) } : {}),
    ...(isList(secondary) ? { secondaryFiles: itemsOf(secondary).map((one) => completed(one, files)) } : {}),
    ...sizeOf(whole, files),
  };
}

function sizeOf(item: Item, files: FileView): Values {
  if (item.class === 'Directory') return {};
  const location = textIn(item, 'location');
  if (location !== undefined && files.kindOf(location) === 'file') return { size: files.sizeOf(location) };
  const contents = textIn(item, 'contents');
  return contents === undefined ? {} : { size: Buffer.byteLength(contents) };
}

export function withContents(item: Item, files: FileView, rules: ExpressionRules): Item {
  const location = textIn(item, 'location');
  if (location === undefined) return item;
  const size = files.sizeOf(location);
  if (size > contentsLimitBytes && rules.version === 'v1.2') {
    throw new CwlFault(
      `\`${nameOf(item)}\` has ${size} bytes; at most ${contentsLimitBytes} can be loaded as contents`,
    );
  }
  return { ...item, contents: files.textOf(location, contentsLimitBytes) };
}

export type ListingDepth = 'no_listing' | 'shallow_listing' | 'deep_listing';

function listingDepth(settings: Values, { process, rules }: Checking): ListingDepth {
  const own = textIn(settings, 'loadListing') ?? textIn(recordIn(settings, 'inputBinding'), 'loadListing');
  const wanted = own ?? textIn(requirement(process, 'LoadListingRequirement') ?? {}, 'loadListing');
  if (wanted === 'shallow_listing' || wanted === 'deep_listing' || wanted === 'no_listing') return wanted;
  return rules.version === 'v1.0' ? 'deep_listing' : 'no_listing';
}

export function withListing(item: Item, depth: ListingDepth, files: FileView): Item {
  const location = textIn(item, 'location');
  if (location === undefined) return item;
  const { listing: _, ...bare } = item;
  if (depth === 'no_listing') return bare;
  const listing = files.namesIn(location).map((name): Item => {
    const path = `${location}/${name}`;
    const isFile = files.kindOf(path) === 'file';
    const entry = completed({ class: isFile ? 'File' : 'Directory', location: path }, files);
    return isFile || depth === 'shallow_listing' ? entry : withListing(entry, depth, files);
  });
  return { ...item, listing };
}

function withSecondaryFiles(item: Item, settings: Values, checking: Checking): Item {
  if (settings['secondaryFiles'] === undefined) return item;
  const { files, rules, values } = checking;
  const found = [...itemsOf(item['secondaryFiles'])];
  const scope = { inputs: values, self: item, runtime: {} };
  for (const { what, isRequired } of wantedFiles(settings['secondaryFiles'], item, 'input', scope, rules)) {
    const whole = typeof what === 'string' ? undefined : completed(what, files);
    const name = whole === undefined ? asText(what) : nameOf(whole);
    if (found.some((one) => nameOf(one) === name)) continue;
    const companion = whole === undefined ? besides(item, name, checking) : existing(whole, files);
    if (companion !== undefined) found.push(companion);
    else if (isRequired)
      throw new CwlFault(`${checking.place}: \`${name}\` is missing beside \`${nameOf(item)}\``);
  }
  return found.length === 0 ? item : { ...item, secondaryFiles: found };
}

function besides(item: Item, name: string, { files, mayLookBeside }: Checking): Item | undefined {
  const directory = textIn(item, 'location')?.replace(/\/[^/]*$/, '');
  if (directory === undefined || !mayLookBeside) return undefined;
  const kind = files.kindOf(`${directory}/${name}`);
  if (kind === undefined) return undefined;
  return completed(
    { class: kind === 'file' ? 'File' : 'Directory', location: `${directory}/${name}` },
    files,
  );
}

function existing(item: Item, files: FileView): Item | undefined {
  const location = textIn(item, 'location');
  return location === undefined || files.kindOf(location) !== undefined ? item : undefined;
}

/** `edam:format_2330` with the beginning that `edam` stands for. */
export function wholeAddress(text: string, namespaces: Values): string {
  const colon = text.indexOf(':');
  const prefix = colon === -1 ? undefined : textIn(namespaces, text.slice(0, colon));
  return prefix === undefined ? text : prefix + text.slice(colon + 1);
}

// An ontology could say that one format is a kind of another; without it they must be the same.
function checkFormat(item: Item, settings: Values, { place, process, rules, values }: Checking): void {
  if (settings['format'] === undefined || settings['format'] === null) return;
  const wanted = listOf(evaluate(settings['format'], { inputs: values, self: item, runtime: {} }, rules)).map(
    (one) => wholeAddress(asText(one), process.namespaces),
  );
  const format = textIn(item, 'format');
  if (format === undefined) throw new CwlFault(`${place}: \`${nameOf(item)}\` has no format`);
  if (!wanted.includes(format) && !process.hasOntology)
    throw new CwlFault(
      `${place}: \`${nameOf(item)}\` is of the format \`${format}\`, not ${wanted.join(' or ')}`,
    );
}
