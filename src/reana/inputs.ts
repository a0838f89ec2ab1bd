// The files that a specification declares as inputs, found on this machine.
import { join } from 'node:path';
import ignore from 'ignore';
import type { Findings } from '../base/finding.ts';
import type { DeclaredPath, ReanaSpec } from '../reanaspec/model.ts';
import { readTextFile } from '../source/text-file.ts';
import { hashFile, kindOf, namesIn } from './disk.ts';
import type { PathKind } from './disk.ts';

export interface InputFile {
  /** Relative to the workspace, with `/`. */
  readonly name: string;
  readonly path: string;
}

/** All files that `inputs.files` and `inputs.directories` stand for, by name. As REANA's own client does, `.gitignore` and
 *  `.reanaignore` of the directory apply to what lies in declared directories, and links are left out. What is missing,
 *  is of the wrong kind, or is left out, becomes a finding.
 *  @param directory where the specification lies: declared paths are relative to it */
export function collectInputs(spec: ReanaSpec, directory: string, findings: Findings): readonly InputFile[] {
  const found = new Map<string, InputFile>();
  for (const declared of spec.inputs.files) {
    const name = plainName(declared.path);
    const path = join(directory, name);
    if (isThere(declared, path, 'file', findings)) found.set(name, { name, path });
  }
  const ignored = ignoreRules(directory);
  for (const declared of spec.inputs.directories) {
    const name = plainName(declared.path);
    const path = join(directory, name);
    if (isThere(declared, path, 'directory', findings)) walk(declared, name, path, ignored, found, findings);
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** One text that changes whenever a name or a byte of the inputs does.
 *  @throws LocalError when one cannot be read */
export async function describeInputs(inputs: readonly InputFile[]): Promise<string> {
  const lines: string[] = [];
  for (const input of inputs) lines.push(`${await hashFile(input.path)} ${input.name}`);
  return lines.join('\n');
}

function plainName(path: string): string {
  return path
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
    .join('/');
}

function isThere(
  declared: DeclaredPath,
  path: string,
  wanted: 'file' | 'directory',
  findings: Findings,
): boolean {
  const kind = kindOf(path);
  if (kind === wanted) return true;
  if (kind === 'missing') {
    findings.error('reana/missing-input', declared.span, `input \`${declared.path}\` does not exist`);
  } else {
    const list = wanted === 'file' ? 'inputs.files' : 'inputs.directories';
    findings.error(
      'reana/wrong-kind-of-input',
      declared.span,
      `\`${declared.path}\` in \`${list}\` is ${nameOf(kind)}`,
    );
  }
  return false;
}

function walk(
  declared: DeclaredPath,
  name: string,
  path: string,
  isIgnored: (name: string) => boolean,
  found: Map<string, InputFile>,
  findings: Findings,
): void {
  for (const entry of namesIn(path)) {
    const below = name === '' ? entry : `${name}/${entry}`;
    const at = join(path, entry);
    const kind = kindOf(at);
    if (isIgnored(kind === 'directory' ? `${below}/` : below)) continue;
    if (kind === 'directory') walk(declared, below, at, isIgnored, found, findings);
    else if (kind === 'file') found.set(below, { name: below, path: at });
    else
      findings.warning(
        'reana/skipped-input',
        declared.span,
        `\`${below}\` is ${nameOf(kind)} and is not uploaded`,
      );
  }
}

function ignoreRules(directory: string): (name: string) => boolean {
  const rules = ['.gitignore', '.reanaignore'].flatMap((file) => {
    const read = readTextFile(join(directory, file));
    return read.ok ? [ignore().add(read.text)] : [];
  });
  return (name) => rules.some((rule) => rule.ignores(name));
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
