// Declared paths: they are relative to the specification here and to the workspace there, so they must stay below both.
import type { Findings } from '../base/finding.ts';
import { spanOf, textOf, valueOf } from '../source/tree.ts';
import type { TreeNode } from '../source/tree.ts';
import type { DeclaredPath } from './model.ts';

/** The paths of `inputs.files` or the like; those that cannot be used are left out, with findings. */
export function readPaths(
  section: TreeNode | undefined,
  list: string,
  place: string,
  findings: Findings,
): readonly DeclaredPath[] {
  const node = section?.kind === 'map' ? valueOf(section, list) : undefined;
  if (node?.kind !== 'sequence') return [];
  return node.items.flatMap((item) => {
    const path = textOf(item);
    if (path === undefined) return [];
    const fault = pathFault(path);
    if (fault === undefined) return [{ path, span: spanOf(item) }];
    findings.error('reana/bad-path', spanOf(item), `path \`${path}\` in \`${place}.${list}\` ${fault}`);
    return [];
  });
}

/** The same for the files of which the workflow itself consists. REANA 0.95, the first to know them, takes a path in its shortest
 *  form only. */
export function readWorkflowPaths(
  workflow: TreeNode,
  list: 'files' | 'directories',
  findings: Findings,
): readonly DeclaredPath[] {
  const paths = readPaths(workflow, list, 'workflow', findings);
  for (const { path, span } of paths) {
    if (isShortest(path)) continue;
    const short = plainName(path);
    const message = `path \`${path}\` in \`workflow.${list}\` must be written without \`.\` and \`//\``;
    findings.error('reana/bad-path', span, message, {
      help: short === '' ? 'list what lies in it' : `write \`${short}\``,
    });
  }
  return paths;
}

/** True for a path without `.` and empty segments; a `/` at its end does no harm. */
export const isShortest = (path: string): boolean =>
  path.replace(/\/+$/, '') === plainName(path) && path !== '';

/** Reports paths that are declared twice, or that lie in a directory that is declared as well: REANA's server refuses both. */
export function checkOverlaps(
  files: readonly DeclaredPath[],
  directories: readonly DeclaredPath[],
  findings: Findings,
): void {
  const seen = new Map<string, DeclaredPath>();
  for (const declared of [...directories, ...files]) {
    const path = plainName(declared.path);
    const first = seen.get(path);
    if (first === undefined) seen.set(path, declared);
    else {
      findings.error('reana/repeated-input', declared.span, `input \`${declared.path}\` is declared twice`, {
        related: [{ span: first.span, message: 'first declared here' }],
      });
    }
  }
  const below = new Map(directories.map((directory) => [plainName(directory.path), directory]));
  for (const [path, declared] of seen) {
    for (const [directory, outer] of below) {
      if (path === directory || !(directory === '' || path.startsWith(`${directory}/`))) continue;
      findings.error(
        'reana/repeated-input',
        declared.span,
        `input \`${declared.path}\` lies in \`${outer.path}\`, which is an input too`,
        {
          related: [{ span: outer.span, message: 'declared here' }],
        },
      );
    }
  }
}

/** A path without `.` and empty segments. */
export function plainName(path: string): string {
  return path
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
    .join('/');
}

function pathFault(path: string): string | undefined {
  if (path.trim() === '') return 'is empty';
  if (path.startsWith('/') || path.startsWith('~') || /^[A-Za-z]:[\\/]/.test(path)) return 'must be relative';
  if (path.split('/').includes('..')) return 'must not contain `..`';
  // eslint-disable-next-line no-control-regex -- control characters are exactly what is looked for
  return /[\u0000-\u001f\u007f]/.test(path) ? 'must not contain control characters' : undefined;
}
