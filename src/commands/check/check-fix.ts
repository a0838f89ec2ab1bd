// `--fix`: puts in the fixes that findings offer, pass by pass until nothing changes, and only then writes the files.
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { chmod, chown, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Finding, Fix } from '../../base/finding.ts';
import { LocalError, messageOf } from '../../base/errors.ts';
import type { ReadText } from '../../base/read-text.ts';
import { counted } from '../../base/text.ts';
import { applyFixes } from '../../source/fixes.ts';
import type { DocumentsCheck } from './check-documents.ts';

export interface FixedDocuments {
  /** What is left to say of the fixed texts. */
  readonly check: DocumentsCheck;
  /** Texts that differ from what is on the disk, by the name of the file. */
  readonly changed: ReadonlyMap<string, string>;
  /** Findings that are gone. */
  readonly fixed: number;
}

/** Fixes that make way for others need further passes; two that undo each other must not go on for ever. */
const mostPasses = 10;

/** Checks and fixes in turn, in memory.
 *  @param check checks all documents, whose texts the reader gives */
export async function fixDocuments(
  check: (readText: ReadText) => Promise<DocumentsCheck>,
  readText: ReadText,
): Promise<FixedDocuments> {
  const changed = new Map<string, string>();
  const read: ReadText = (path) => {
    const text = changed.get(path);
    return text === undefined ? readText(path) : { ok: true, text };
  };
  let current = await check(read);
  let fixed = 0;
  for (let pass = 0; pass < mostPasses; pass++) {
    const before = new Map(changed);
    for (const [file, fixes] of fixesByFile(current.findings)) {
      const answer = read(file);
      if (!answer.ok) continue;
      const { text } = applyFixes(answer.text, fixes);
      if (text !== answer.text) changed.set(file, text);
    }
    if ([...changed].every(([file, text]) => before.get(file) === text)) break;
    const next = await check(read);
    const gone = countGone(current.findings, next.findings);
    // A pass after which there is more to complain about than before was no fix.
    if (gone === 0 || next.findings.length > current.findings.length + gone) {
      changed.clear();
      for (const [file, text] of before) changed.set(file, text);
      break;
    }
    fixed += gone;
    current = next;
  }
  return { check: current, changed, fixed };
}

/** `fixed 3 of 5 findings in 2 files` */
export function describeFixes({ check, changed, fixed }: FixedDocuments): string {
  const total = fixed + check.findings.length;
  if (total === 0) return 'nothing to fix';
  if (fixed === 0) return `fixed none of ${counted(total, 'finding')}`;
  return `fixed ${fixed} of ${counted(total, 'finding')} in ${counted(changed.size, 'file')}`;
}

function fixesByFile(findings: readonly Finding[]): ReadonlyMap<string, readonly Fix[]> {
  const byFile = new Map<string, Fix[]>();
  for (const { fix } of findings) {
    if (fix === undefined) continue;
    const list = byFile.get(fix.span.file) ?? [];
    list.push(fix);
    byFile.set(fix.span.file, list);
  }
  return byFile;
}

/** How many findings of `before` are not there any more. Their places may have moved, so only what they say counts. */
function countGone(before: readonly Finding[], after: readonly Finding[]): number {
  const left = new Map<string, number>();
  for (const finding of after) left.set(keyOf(finding), (left.get(keyOf(finding)) ?? 0) + 1);
  return before.filter((finding) => {
    const key = keyOf(finding);
    const count = left.get(key) ?? 0;
    if (count > 0) left.set(key, count - 1);
    return count === 0;
  }).length;
}

function keyOf({ code, message, span }: Finding): string {
  return JSON.stringify([span.file, code, message]);
}

/** Writes the changed texts, each beside its file and then in its place, with its mode. Before the first is written, all of
 *  them are looked at.
 *  @param readText gives the texts that the fixes were made from
 *  @throws LocalError for a file that must not be written, or that somebody else has changed meanwhile */
export async function writeFixes(
  changed: ReadonlyMap<string, string>,
  readText: ReadText,
  workingDirectory: string,
): Promise<void> {
  const targets = [...changed].map(([file, text]) => ({
    ...targetOf(file, readText, workingDirectory),
    file,
    text,
  }));
  for (const target of targets) await replaceFile(target);
}

interface Target {
  readonly file: string;
  /** Where the file really lies: a link stays a link. */
  readonly path: string;
  readonly mode: number;
  readonly owner: readonly [number, number];
  readonly text: string;
}

function targetOf(
  file: string,
  readText: ReadText,
  workingDirectory: string,
): Pick<Target, 'path' | 'mode' | 'owner'> {
  let path: string;
  let now: string;
  let stats: ReturnType<typeof statSync>;
  try {
    path = realpathSync(resolve(workingDirectory, file));
    stats = statSync(path);
    now = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new LocalError(`cannot fix \`${file}\`: ${messageOf(cause)}`, { cause });
  }
  // The mode is asked, not the system: it lets the administrator write everywhere.
  if ((stats.mode & 0o222) === 0) {
    throw new LocalError(`cannot fix \`${file}\`: it is write-protected`, {
      hint: `chmod u+w ${file}, and try again`,
    });
  }
  const read = readText(file);
  // Both readers keep a byte order mark or both drop it; it is no difference.
  if (!read.ok || withoutMark(read.text) !== withoutMark(now)) {
    throw new LocalError(`cannot fix \`${file}\`: it was changed by somebody else meanwhile`, {
      hint: 'check it again',
    });
  }
  return { path, mode: stats.mode & 0o7777, owner: [stats.uid, stats.gid] };
}

function withoutMark(text: string): string {
  return text.replace(/^\ufeff/, '');
}

async function replaceFile({ file, path, mode, owner, text }: Target): Promise<void> {
  const beside = join(dirname(path), `.${basename(path)}.pchain-fix`);
  try {
    await writeFile(beside, text, { mode: mode | 0o200, flush: true });
    await chmod(beside, mode);
    // Only an administrator can give a file away; for everybody else it is theirs already.
    await chown(beside, ...owner).catch(() => undefined);
    await rename(beside, path);
  } catch (cause) {
    await rm(beside, { force: true });
    throw new LocalError(`cannot write \`${file}\`: ${messageOf(cause)}`, { cause });
  }
}
