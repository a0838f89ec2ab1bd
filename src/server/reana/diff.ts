// What differs between two runs: their specifications, section by section, and the files of their workspaces.
import { readFileSync } from 'node:fs';
import { formatPatch, structuredPatch } from 'diff';
import type { FastifyInstance } from 'fastify';
import { membersOf } from '../../base/members.ts';
import type { ReanaEngine } from '../../engine/api.ts';
import type { RunRecord } from '../../engine/records.ts';
import { listFiles } from '../../engine/reana/workspace/workspace-listing.ts';
import { readablePath } from '../../engine/reana/workspace/workspace-path.ts';
import type { WorkspaceFile } from '../../engine/reana/workspace/workspace-listing.ts';
import { findRun } from './find-run.ts';
import { isTrue, single } from './query.ts';
import type { Query } from './query.ts';
import { fullName } from './run-answers.ts';

/** Of larger files it is only said that they differ. */
const largestTextBytes = 1 << 20;
const mostContextLines = 1000;

export function registerDiffRoute(app: FastifyInstance, engine: ReanaEngine): void {
  app.get<{ Params: { key: string; other: string }; Querystring: Query }>(
    '/api/workflows/:key/diff/:other',
    (request) => {
      const a = findRun(engine, request.params.key);
      const b = findRun(engine, request.params.other);
      const lines = Number(single(request.query, 'context_lines') ?? 5);
      const context = Number.isInteger(lines) ? Math.min(Math.max(lines, 0), mostContextLines) : 5;
      // Each of them is JSON inside of JSON.
      return {
        reana_specification: JSON.stringify(specificationDiff(a, b, context)),
        workspace_listing: JSON.stringify(workspaceDiff(a, b, isTrue(request.query, 'brief'), context)),
      };
    },
  );
}

function specificationDiff(a: RunRecord, b: RunRecord, context: number): object {
  const sections = ['version', 'inputs', 'outputs', 'workflow'];
  return Object.fromEntries(
    sections.map((section) => [
      section,
      hunks(shown(membersOf(a.specification)[section]), shown(membersOf(b.specification)[section]), context),
    ]),
  );
}

/** One line for each value, members in the order of their names. */
function shown(value: unknown): string {
  const ordered = (_key: string, member: unknown): unknown =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([first], [second]) => (first < second ? -1 : 1)))
      : member;
  return value === undefined ? '' : `${JSON.stringify(value, ordered, 2)}\n`;
}

function hunks(before: string, after: string, context: number): readonly string[] {
  return structuredPatch('a', 'b', before, after, undefined, undefined, { context }).hunks.flatMap((hunk) => [
    `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`,
    ...hunk.lines,
  ]);
}

/** In the words of `diff -r`. */
function workspaceDiff(a: RunRecord, b: RunRecord, isBrief: boolean, context: number): string {
  if (a.workspace === b.workspace) return '';
  const sides = [filesOf(a), filesOf(b)] as const;
  const names = [...new Set([...sides[0].keys(), ...sides[1].keys()])].sort();
  const directories = sides.map((files) => directoriesOf([...files.keys()]));
  const lines = new Set<string>();
  for (const name of names) {
    const [first, second] = [sides[0].get(name), sides[1].get(name)];
    if (first === undefined || second === undefined) {
      const [owner, others] = second === undefined ? [a, directories[1]] : [b, directories[0]];
      lines.add(`Only in ${onlyIn(fullName(owner), name, others ?? new Set())}`);
      continue;
    }
    const difference = fileDiff([a, first], [b, second], isBrief, context);
    if (difference !== undefined) lines.add(difference);
  }
  return [...lines].map((line) => `${line}\n`).join('');
}

const filesOf = (run: RunRecord): ReadonlyMap<string, WorkspaceFile> =>
  new Map(listFiles(run.workspace).map((file) => [file.name, file]));

/** The uppermost directory that the other side lacks, or the file itself. */
function onlyIn(run: string, name: string, others: ReadonlySet<string>): string {
  const parts = name.split('/');
  const isMissing = (_: string, index: number): boolean => !others.has(parts.slice(0, index + 1).join('/'));
  const depth = parts.findIndex(isMissing);
  return `${[run, ...parts.slice(0, depth)].join('/')}: ${parts[depth] ?? name}`;
}

function directoriesOf(names: readonly string[]): ReadonlySet<string> {
  const directories = new Set<string>();
  for (const name of names) {
    for (let end = name.lastIndexOf('/'); end > 0; end = name.lastIndexOf('/', end - 1)) {
      const directory = name.slice(0, end);
      if (directories.has(directory)) break;
      directories.add(directory);
    }
  }
  return directories;
}

function fileDiff(
  [a, first]: readonly [RunRecord, WorkspaceFile],
  [b, second]: readonly [RunRecord, WorkspaceFile],
  isBrief: boolean,
  context: number,
): string | undefined {
  const names = [`${fullName(a)}/${first.name}`, `${fullName(b)}/${second.name}`] as const;
  const differ = `Files ${names[0]} and ${names[1]} differ`;
  if (Math.max(first.sizeBytes, second.sizeBytes) > largestTextBytes) {
    const isSame = first.sizeBytes === second.sizeBytes && first.modifiedMs === second.modifiedMs;
    return isSame ? undefined : differ;
  }
  const [before, after] = [contentOf(a, first), contentOf(b, second)];
  if (before === undefined || after === undefined || before.equals(after)) return undefined;
  if (isBrief) return differ;
  if (before.includes(0) || after.includes(0)) return `Binary files ${names[0]} and ${names[1]} differ`;
  const patch = structuredPatch(
    ...names,
    before.toString('utf8'),
    after.toString('utf8'),
    undefined,
    undefined,
    {
      context,
    },
  );
  return formatPatch(patch).replace(/^=+\n/, '').trimEnd();
}

function contentOf(run: RunRecord, file: WorkspaceFile): Buffer | undefined {
  const path = readablePath(run.workspace, file.name);
  return path === undefined ? undefined : readFileSync(path);
}
