// The files that a specification or a command line names as inputs, found on this machine.
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import ignore from 'ignore';
import { LocalError, UsageError } from '../../base/errors.ts';
import type { Findings } from '../../base/finding.ts';
import type { DeclaredPath, ReanaSpec } from '../../reanaspec/model.ts';
import { plainName } from '../../reanaspec/paths.ts';
import { readTextFile } from '../../source/text-file.ts';
import { kindOf, namesIn } from './disk.ts';
import type { PathKind } from './disk.ts';

export interface InputFile {
  /** Relative to the workspace, with `/`. */
  readonly name: string;
  readonly path: string;
}

/** A file or directory that is not uploaded. */
export interface LeftOut {
  readonly name: string;
  /** As the end of the sentence `… is left out, because `. */
  readonly why: string;
}

export interface CollectedInputs {
  /** By name. */
  readonly files: readonly InputFile[];
  readonly leftOut: readonly LeftOut[];
}

/** All files that `inputs.files` and `inputs.directories` stand for. As REANA's own client does, `.gitignore` and
 *  `.reanaignore` of the directory apply to what lies in declared directories, and links are left out. What is missing,
 *  of the wrong kind, or a link, becomes a finding.
 *  @param directory where the specification lies: declared paths are relative to it
 *  @param written paths of files that pchain itself writes while it works: in a declared directory they are no inputs */
export function collectInputs(
  spec: ReanaSpec,
  directory: string,
  findings: Findings,
  written: readonly string[] = [],
): CollectedInputs {
  const gathering = new Gathering(written);
  for (const declared of spec.inputs.files) {
    const name = plainName(declared.path);
    if (isThere(declared, directory, name, 'file', findings)) gathering.file(name, join(directory, name));
  }
  const isIgnored = ignoreRules(directory);
  for (const declared of spec.inputs.directories) {
    const name = plainName(declared.path);
    if (!isThere(declared, directory, name, 'directory', findings)) continue;
    for (const { name: skipped, why } of gathering.directory(name, join(directory, name), isIgnored)) {
      findings.warning('reana/skipped-input', declared.span, `\`${skipped}\` ${why} and is not uploaded`);
    }
  }
  return gathering.result();
}

/** The same for paths that stand elsewhere, such as on a server, where there is no specification to point at.
 *  @param how `isInput`: what the ignore files name is left out; `field`: where the paths are declared, for messages
 *  @throws LocalError for one that is missing or of the wrong kind */
export function collectDeclared(
  declared: { readonly files: readonly string[]; readonly directories: readonly string[] },
  directory: string,
  how: { readonly isInput: boolean; readonly field?: string } = { isInput: true },
): CollectedInputs {
  const gathering = new Gathering();
  const require = (path: string, wanted: 'file' | 'directory'): string => {
    const name = plainName(path);
    const fault = faultOf(directory, name, wanted);
    const what = how.field === undefined ? `input \`${path}\`` : `\`${path}\` in \`${how.field}\``;
    if (fault !== undefined) throw new LocalError(`${what} ${fault}`);
    return name;
  };
  for (const path of declared.files) {
    const name = require(path, 'file');
    gathering.file(name, join(directory, name));
  }
  const isIgnored: IgnoreRules = how.isInput ? ignoreRules(directory) : () => undefined;
  for (const path of declared.directories) {
    const name = require(path, 'directory');
    gathering.leaveOut(gathering.directory(name, join(directory, name), isIgnored));
  }
  return gathering.result();
}

/** Files and directories from a command line. They have to lie below `directory`, whose place the workspace takes; what the
 *  ignore files say does not apply to what is named.
 *  @throws UsageError for a path outside of it, LocalError for one that is not there or is a link */
export function collectArguments(paths: readonly string[], directory: string): CollectedInputs {
  const gathering = new Gathering();
  for (const typed of paths) {
    const path = isAbsolute(typed) ? typed : join(directory, typed);
    const inside = relative(directory, path);
    if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
      throw new UsageError(`\`${typed}\` lies outside of \`${directory}\`, whose place the workspace takes`, {
        hint: 'change into a directory above it, or copy it here',
      });
    }
    const name = plainName(inside.split(sep).join('/'));
    const kind = kindOf(path);
    const link = linkOnTheWay(directory, name);
    if (link !== undefined) {
      throw new LocalError(`\`${typed}\` is not uploaded: \`${link}\` is a symbolic link`, {
        hint: 'copy what it points to',
      });
    }
    if (kind === 'directory') gathering.leaveOut(gathering.directory(name, path, () => undefined));
    else if (kind === 'file') gathering.file(name, path);
    else
      throw new LocalError(
        kind === 'missing' ? `there is no \`${typed}\`` : `\`${typed}\` is ${nameOf(kind)}`,
      );
  }
  return gathering.result();
}

/** Journals, locks and unfinished downloads. They change while a run is under way, and another call would take it for another. */
const ownName = /^\.pchain-(?:reana|download)-|\.part-[0-9a-f]{12}$/;

/** Why they are left out. */
export const whyOwn = 'pchain writes it itself';

class Gathering {
  readonly #files = new Map<string, InputFile>();
  readonly #leftOut: LeftOut[] = [];
  readonly #written: ReadonlySet<string>;

  constructor(written: readonly string[] = []) {
    this.#written = new Set(written.map((path) => resolve(path)));
  }

  file(name: string, path: string): void {
    this.#files.set(name, { name, path });
  }

  /** Links and the like, as `directory` gives them. */
  leaveOut(items: readonly LeftOut[]): void {
    this.#leftOut.push(...items.map(({ name, why }) => ({ name, why: `it ${why}` })));
  }

  /** Takes what lies in a directory; what the rules leave out is noted.
   *  @returns links and the like; what they are begins with a verb */
  directory(name: string, path: string, isIgnored: IgnoreRules): readonly LeftOut[] {
    const strange: LeftOut[] = [];
    for (const entry of namesIn(path)) {
      const below = name === '' ? entry : `${name}/${entry}`;
      const at = join(path, entry);
      if (ownName.test(entry) || this.#written.has(resolve(at))) {
        this.#leftOut.push({ name: below, why: whyOwn });
        continue;
      }
      const kind = kindOf(at);
      const rule = isIgnored(kind === 'directory' ? `${below}/` : below);
      if (rule !== undefined) this.#leftOut.push({ name: below, why: `\`${rule}\` says so` });
      else if (kind === 'directory') strange.push(...this.directory(below, at, isIgnored));
      else if (kind === 'file') this.file(below, at);
      else strange.push({ name: below, why: `is ${nameOf(kind)}` });
    }
    return strange;
  }

  result(): CollectedInputs {
    const files = [...this.#files.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    return { files, leftOut: this.#leftOut };
  }
}

function isThere(
  declared: DeclaredPath,
  directory: string,
  name: string,
  wanted: 'file' | 'directory',
  findings: Findings,
): boolean {
  const fault = faultOf(directory, name, wanted);
  if (fault === undefined) return true;
  if (kindOf(join(directory, name)) === 'missing') {
    findings.error('reana/missing-input', declared.span, `input \`${declared.path}\` does not exist`);
  } else {
    const list = wanted === 'file' ? 'inputs.files' : 'inputs.directories';
    findings.error(
      'reana/wrong-kind-of-input',
      declared.span,
      `\`${declared.path}\` in \`${list}\` ${fault}`,
    );
  }
  return false;
}

/** What is wrong with a path, as the end of a sentence about it. */
function faultOf(directory: string, name: string, wanted: 'file' | 'directory'): string | undefined {
  const kind = kindOf(join(directory, name));
  if (kind === 'missing') return 'does not exist';
  if (kind !== wanted) return `is ${nameOf(kind)}`;
  const link = linkOnTheWay(directory, name);
  return link === undefined ? undefined : `lies behind \`${link}\`, a symbolic link`;
}

/** The first link among a path and what is above it, up to `directory`. */
function linkOnTheWay(directory: string, name: string): string | undefined {
  const segments = name === '' ? [] : name.split('/');
  for (let count = 1; count <= segments.length; count++) {
    const way = segments.slice(0, count).join('/');
    if (kindOf(join(directory, way)) === 'link') return way;
  }
  return undefined;
}

/** Which file of rules leaves a name out; `undefined`: none. */
type IgnoreRules = (name: string) => string | undefined;

function ignoreRules(directory: string): IgnoreRules {
  const rules = ['.gitignore', '.reanaignore'].flatMap((file) => {
    const read = readTextFile(join(directory, file));
    return read.ok ? [{ file, rule: ignore().add(read.text) }] : [];
  });
  return (name) => rules.find(({ rule }) => rule.ignores(name))?.file;
}

function nameOf(kind: PathKind): string {
  switch (kind) {
    case 'directory':
      return 'a directory';
    case 'file':
      return 'a file';
    case 'link':
      return 'a symbolic link';
    case 'missing':
      return 'missing';
    case 'other':
      return 'no regular file';
  }
}
