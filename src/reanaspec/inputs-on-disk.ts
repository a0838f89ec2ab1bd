// Declared files that are not there. The official client says nothing of missing inputs: it leaves them out when it uploads.
import { posix } from 'node:path';
import type { Findings } from '../base/finding.ts';
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
