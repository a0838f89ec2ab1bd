// Declared files that are not there, and a workflow that is not declared. The official client says nothing of either: what is
// not there is left out when it uploads, and so is what nobody has declared.
import { posix } from 'node:path';
import type { Findings } from '../base/finding.ts';
import { keyText, spanOf, textOf, valueOf } from '../source/tree.ts';
import type { MapNode } from '../source/tree.ts';
import type { DeclaredPath } from './model.ts';
import type { ReanaSurroundings } from './surroundings.ts';

export interface DeclaredInputs {
  readonly files: readonly DeclaredPath[];
  readonly directories: readonly DeclaredPath[];
  /** `tests.files`. */
  readonly tests: readonly DeclaredPath[];
  /** `workflow.files` and `workflow.directories`. */
  readonly workflowFiles: readonly DeclaredPath[];
  readonly workflowDirectories: readonly DeclaredPath[];
}

/** Looks for declared paths, when it can be looked for them.
 *  @param directory of the specification */
export function checkInputs(
  declared: DeclaredInputs,
  directory: string,
  { kindOf }: ReanaSurroundings,
  findings: Findings,
): void {
  if (kindOf === undefined) return;
  const look = (
    paths: readonly DeclaredPath[],
    wanted: 'file' | 'directory',
    list: `${'inputs' | 'tests' | 'workflow'}.${'files' | 'directories'}`,
  ): void => {
    const [section = ''] = list.split('.');
    for (const { path, span } of paths) {
      const kind = kindOf(posix.join(directory, path));
      if (kind === wanted) continue;
      if (kind === 'missing') {
        if (list === 'tests.files')
          findings.warning('reana/missing-test', span, `test \`${path}\` does not exist`);
        else if (section === 'inputs')
          findings.error('reana/missing-input', span, `input \`${path}\` does not exist`);
        else findings.error('reana/missing-input', span, `\`${path}\` in \`${list}\` does not exist`);
        continue;
      }
      findings.error('reana/wrong-kind-of-input', span, `\`${path}\` in \`${list}\` is a ${kind}`, {
        help:
          list.endsWith('.files') && section !== 'tests'
            ? `put it under \`${section}.directories\``
            : undefined,
      });
    }
  };
  look(declared.files, 'file', 'inputs.files');
  look(declared.directories, 'directory', 'inputs.directories');
  look(declared.tests, 'file', 'tests.files');
  look(declared.workflowFiles, 'file', 'workflow.files');
  look(declared.workflowDirectories, 'directory', 'workflow.directories');
}

/** Looks for the file of a workflow among the inputs. Only Yadage and Snakemake read it from the workspace: the other workflows
 *  are sent with the specification. Servers of the 0.95 line get it in any case, and a specification that says what belongs to its
 *  workflow is for them. */
export function checkWorkflowIsInput(
  workflow: MapNode,
  declared: Pick<DeclaredInputs, 'files' | 'directories'>,
  directory: string,
  { kindOf }: ReanaSurroundings,
  findings: Findings,
): void {
  const node = valueOf(workflow, 'file');
  const file = textOf(node);
  // One that is not there is reported elsewhere.
  if (node === undefined || file === undefined || kindOf?.(posix.join(directory, file)) !== 'file') return;
  const path = posix.normalize(file);
  const isUploaded =
    workflow.entries.some(({ key }) => ['files', 'directories'].includes(keyText(key))) ||
    declared.files.some((one) => posix.normalize(one.path) === path) ||
    declared.directories.some((one) => !posix.relative(one.path, path).startsWith('..'));
  if (isUploaded) return;
  findings.warning(
    'reana/unsent-workflow',
    spanOf(node),
    `the workflow file \`${file}\` is not among the inputs, and REANA before 0.95 does not find it then`,
    { help: `add \`${file}\` to \`inputs.files\`` },
  );
}
