// Reads `settings.yaml`: every fault names its line, every value knows the line it came from.
import type { Document, LineCounter } from 'yaml';
import { closest } from '../base/closest.ts';
import { UsageError } from '../base/errors.ts';
import type { SettingsFileContent } from './file-shape.ts';

export interface SettingsFile {
  readonly path: string;
  readonly content: SettingsFileContent;
  /** Line (from 1) of the value at a path of keys; of the file's first line when there is none. */
  lineOf(keys: readonly string[]): number;
}

/** Reads the text of a settings file. An empty one is fine.
 *  @throws UsageError with file and line for bad YAML, unknown keys and values of the wrong kind */
export async function parseSettingsFile(text: string, path: string): Promise<SettingsFile> {
  // Loaded only when there is a file to read: most machines have none, and a check should start at once.
  const yaml = await import('yaml');
  const valibot = await import('valibot');
  const shape = await import('./file-shape.ts');

  const lines = new yaml.LineCounter();
  const document = yaml.parseDocument(text, { prettyErrors: false, lineCounter: lines });
  const fault = document.errors[0];
  if (fault !== undefined) {
    throw new UsageError(`\`${path}:${lines.linePos(fault.pos[0]).line}\`: ${fault.message}`, {
      cause: fault,
    });
  }
  const lineOf = (keys: readonly string[]): number => lineOfKey(yaml, document, lines, keys);

  const mustBe = (keys: readonly string[], form: string): UsageError =>
    new UsageError(
      `\`${path}:${lineOf(keys)}\`: ${keys.length === 0 ? 'the settings' : `\`${keys.join('.')}\``} must be ${form}`,
    );

  let value: unknown;
  try {
    value = document.toJS() ?? {};
  } catch (cause) {
    throw new UsageError(`\`${path}\`: it refers to itself too often to be read`, { cause });
  }
  const list = listInsteadOfMapping(value);
  if (list !== undefined) throw mustBe(list, 'a mapping');
  const parsed = valibot.safeParse(shape.settingsFileShape, value);
  if (parsed.success) return { path, content: parsed.output, lineOf };

  const [issue] = parsed.issues;
  const keys = (issue.path ?? []).map((item) => String(item.key));
  const place = `\`${path}:${lineOf(keys)}\``;
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const known = keys[0] === 'profiles' ? shape.profileKeys : shape.settingsFileKeys;
    const near = closest(keys.at(-1) ?? '', known);
    throw new UsageError(`${place}: unknown setting \`${keys.join('.')}\``, {
      hint:
        near === undefined
          ? `known are ${known.map((key) => `\`${key}\``).join(', ')}`
          : `did you mean \`${near}\`?`,
    });
  }
  throw mustBe(keys, issue.message);
}

/** The keys of the first list where only a mapping can be: a list passes for an object otherwise. */
function listInsteadOfMapping(value: unknown): readonly string[] | undefined {
  const isList = (keys: readonly string[]): boolean =>
    Array.isArray(keys.reduce<unknown>((inside, key) => memberOf(inside, key), value));
  const profiles = memberOf(value, 'profiles');
  const names = typeof profiles === 'object' && profiles !== null ? Object.keys(profiles) : [];
  return [[], ['datasets'], ['profiles'], ...names.map((name) => ['profiles', name])].find(isList);
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;
}

type Yaml = typeof import('yaml');

function lineOfKey(yaml: Yaml, document: Document, lines: LineCounter, keys: readonly string[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const key of keys) {
    if (yaml.isAlias(node)) node = node.resolve(document);
    if (yaml.isMap(node)) {
      const pair = node.items.find((item) => yaml.isScalar(item.key) && String(item.key.value) === key);
      if (pair === undefined) break;
      offset = yaml.isScalar(pair.key) ? (pair.key.range?.[0] ?? offset) : offset;
      node = pair.value;
    } else if (yaml.isSeq(node)) {
      node = node.items[Number(key)];
      offset = yaml.isNode(node) ? (node.range?.[0] ?? offset) : offset;
    } else break;
  }
  return lines.linePos(offset).line || 1;
}
