// What `InitialWorkDirRequirement` puts into the directory in which a tool runs.
import type { Value } from '../../workflow/model.ts';
import { evaluate, evaluateExactly, type ExpressionRules, type Scope } from './expression.ts';
import { CwlFault, CwlUnsupported } from './fault.ts';
import { jsonText } from './json-text.ts';
import type { CommandLineTool } from './process.ts';
import { requirement } from './requirements.ts';
import type { Staging } from './staging.ts';
import { completed } from './job-inputs.ts';
import type { FileView } from './ports.ts';
import { isItem, isList, isRecord, itemsOf, listOf, mapItems, textIn } from './values.ts';
import type { Item, Values } from './values.ts';

interface Entry {
  readonly item: Item;
  /** Instead of its base name; may name directories in between. */
  readonly name: string | undefined;
  readonly isWritable: boolean;
}

/** @returns the inputs, with new paths for those that lie in the work directory now */
export function placeInWorkDirectory(
  tool: CommandLineTool,
  scope: Scope,
  rules: ExpressionRules,
  staging: Staging,
  directory: string,
  files: FileView,
): Values {
  const written = requirement(tool, 'InitialWorkDirRequirement')?.['listing'];
  if (written === undefined || written === null) return scope.inputs;
  const isInPlace = requirement(tool, 'InplaceUpdateRequirement')?.['inplaceUpdate'] === true;
  const value = evaluate(written, scope, rules);
  if (value !== null && !isList(value) && !isRecord(value))
    throw new CwlFault('the listing of `InitialWorkDirRequirement` must be a list');
  const entries = listOf(value).flatMap((entry) => entriesOf(entry, scope, rules));
  const moved = new Map<string, Item>();
  for (const { item, name, isWritable } of entries) {
    const { into, as } = insideOf(directory, name);
    if (into !== directory) staging.steps.push({ make: 'directory', path: into });
    const how = isWritable && !isInPlace ? 'copy' : 'link';
    const placed = staging.place(completed(withoutPath(item), files), into, how, as);
    remember(item, placed, moved);
  }
  return mapItems(scope.inputs, (item) => relocated(item, moved)) as Values;
}

function entriesOf(written: Value, scope: Scope, rules: ExpressionRules): readonly Entry[] {
  const value = typeof written === 'string' ? evaluate(written, scope, rules) : written;
  if (isList(value)) return value.flatMap((member) => entriesOf(member, scope, rules));
  if (value === null) return [];
  if (isItem(value))
    return [
      { item: evaluatedItem(value, scope, rules), name: undefined, isWritable: value['writable'] === true },
    ];
  if (!isRecord(value)) throw new CwlFault(`\`${String(value)}\` cannot be placed in the work directory`);
  return dirent(value, scope, rules);
}

/** A literal in the document may have expressions in it. */
function evaluatedItem(item: Item, scope: Scope, rules: ExpressionRules): Item {
  return Object.fromEntries(
    Object.entries(item).map(([name, member]) => [
      name,
      name === 'listing' || name === 'secondaryFiles'
        ? itemsOf(member).map((one) => evaluatedItem(one, scope, rules))
        : name === 'contents' || name === 'basename'
          ? evaluate(member, scope, rules)
          : member,
    ]),
  ) as unknown as Item;
}

function dirent(written: Values, scope: Scope, rules: ExpressionRules): readonly Entry[] {
  const isWritable = written['writable'] === true;
  const source = written['entry'] ?? null;
  const entry = evaluateExactly(source, scope, rules);
  const named = written['entryname'];
  const name = named === undefined || named === null ? undefined : evaluate(named, scope, rules);
  if (name !== undefined && name !== null && typeof name !== 'string')
    throw new CwlFault(`\`entryname\` must be a text, not ${JSON.stringify(name)}`);
  if (isItem(entry)) return [{ item: entry, name: name ?? undefined, isWritable }];
  if (isList(entry) && entry.every(isItem)) {
    if (name !== undefined && name !== null)
      throw new CwlFault('a list of files cannot be placed under one `entryname`');
    return entry.map((item) => ({ item, name: undefined, isWritable }));
  }
  if (entry === null) return [];
  if (name === undefined || name === null)
    throw new CwlFault('what is written into the work directory needs an `entryname`');
  const contents = typeof entry === 'string' ? entry : jsonText(entry);
  return [{ item: { class: 'File', basename: name, contents }, name, isWritable }];
}

/** @throws CwlUnsupported for a place outside: there is no container whose directories it could name */
function insideOf(
  directory: string,
  name: string | undefined,
): { readonly into: string; readonly as: string | undefined } {
  if (name === undefined) return { into: directory, as: undefined };
  if (name.startsWith(`${directory}/`)) return insideOf(directory, name.slice(directory.length + 1));
  if (name.startsWith('/'))
    throw new CwlUnsupported(`\`${name}\` is outside of the work directory, which needs a container`);
  if (name.split('/').includes('..')) throw new CwlFault(`\`${name}\` leads out of the work directory`);
  const slash = name.lastIndexOf('/');
  return slash === -1
    ? { into: directory, as: name }
    : { into: `${directory}/${name.slice(0, slash)}`, as: name.slice(slash + 1) };
}

const withoutPath = (item: Item): Item => {
  const { path: _, dirname: __, ...rest } = item;
  return rest;
};

function remember(before: Item, after: Item, moved: Map<string, Item>): void {
  const location = textIn(before, 'location');
  if (location !== undefined) moved.set(location, after);
  const pairs = itemsOf(before['secondaryFiles']);
  itemsOf(after['secondaryFiles']).forEach((one, index) => {
    const pair = pairs[index];
    if (pair !== undefined) remember(pair, one, moved);
  });
}

function relocated(item: Item, moved: ReadonlyMap<string, Item>): Item {
  const after = moved.get(textIn(item, 'location') ?? '');
  const secondary = item['secondaryFiles'];
  const whole = isList(secondary)
    ? { ...item, secondaryFiles: itemsOf(secondary).map((one) => relocated(one, moved)) }
    : item;
  if (after === undefined) return whole;
  const { path, dirname, basename, nameroot, nameext } = after;
  return {
    ...whole,
    ...(path === undefined ? {} : { path }),
    ...(dirname === undefined ? {} : { dirname }),
    ...(basename === undefined ? {} : { basename }),
    ...(nameroot === undefined ? {} : { nameroot }),
    ...(nameext === undefined ? {} : { nameext }),
  };
}
