// The Yadage workflow of a run, read from its workspace.
import { PchainError } from '../../../base/errors.ts';
import { ExitCode } from '../../../base/exit-code.ts';
import { Findings } from '../../../base/finding.ts';
import { loadYadage } from '../../../reanaspec/yadage/load.ts';
import type { YadageWorkflow } from '../../../reanaspec/yadage/model.ts';
import { readYadageWorkflow } from '../../../reanaspec/yadage/read.ts';
import { textIn } from '../workspace/workspace-text.ts';

/** Faults that Yadage itself runs with; the checker calls them errors, because nobody means them. */
const runsAnyway: ReadonlySet<string> = new Set(['yadage/parameter-list']);

/** @param file `workflow.file`
 *  @param toplevel the operational option
 *  @throws PchainError with the first fault */
export function loadYadageOf(file: string, toplevel: string | undefined, workspace: string): YadageWorkflow {
  const findings = new Findings();
  const readText = textIn(workspace);
  const loaded = loadYadage({ workspace: '', file, toplevel }, readText, findings);
  const [elsewhere] = loaded.elsewhere;
  if (elsewhere !== undefined)
    throw new PchainError(
      ExitCode.unsupported,
      `\`${elsewhere}\` lies on another machine, and is not read here`,
    );
  // REANA wants the file below the workspace, wherever `toplevel` is.
  const there = readText(file);
  if (!there.ok) throw new PchainError(ExitCode.findings, `the workflow file \`${file}\` ${there.detail}`);
  const workflow = loaded.root === undefined ? undefined : readYadageWorkflow(loaded.root, findings);
  const fault = findings
    .sorted()
    .find((finding) => finding.severity === 'error' && !runsAnyway.has(finding.code));
  if (fault !== undefined) throw new PchainError(ExitCode.findings, fault.message);
  if (workflow === undefined)
    throw new PchainError(
      ExitCode.findings,
      `\`${file}\` cannot be read: ${loaded.fault ?? 'it has no workflow'}`,
    );
  return workflow;
}
