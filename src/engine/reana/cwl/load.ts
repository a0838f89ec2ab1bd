// The CWL workflow of a run: from its specification, or from a file in its workspace.
import { join } from 'node:path';
import { PchainError } from '../../../base/errors.ts';
import { ExitCode } from '../../../base/exit-code.ts';
import { Findings } from '../../../base/finding.ts';
import type { ReadText } from '../../../base/read-text.ts';
import { checkCwlDocument } from '../../../cwl/documents/check.ts';
import { placedInputs, withInputRequirements } from '../../../cwl/execution/job-file.ts';
import { ProcessLoader } from '../../../cwl/execution/load.ts';
import type { Process } from '../../../cwl/execution/process.ts';
import { isRecord, wholeFloat } from '../../../cwl/execution/values.ts';
import type { Values } from '../../../cwl/execution/values.ts';
import { pythonJson } from '../../../reanaspec/python-json.ts';
import { PythonFloat } from '../../../reanaspec/python-value.ts';
import type { Value } from '../../../workflow/model.ts';
import { textIn } from '../workspace/workspace-text.ts';

export interface LoadedCwl {
  readonly process: Process;
  /** Files at absolute paths. */
  readonly inputs: Values;
}

/** @param specification what was sent as `workflow.specification`: a packed document, or nothing
 *  @param file `workflow.file`, relative to the workspace
 *  @throws PchainError with the first fault of the documents */
export function loadCwl(
  specification: Value,
  file: string | undefined,
  parameters: Values,
  workspace: string,
): LoadedCwl {
  const inWorkspace = textIn(workspace);
  const isSent = isRecord(specification) && ('class' in specification || '$graph' in specification);
  const sent = isSent ? pythonJson(specification) : undefined;
  // What was sent stands where the file would be, so that files beside it are found.
  const place = join(workspace, (file ?? 'workflow.cwl').replace(/#.*$/, ''));
  const name = /#.*$/.exec(file ?? '')?.[0] ?? '';
  const readText: ReadText = (path) =>
    sent !== undefined && path === place ? { ok: true, text: sent } : inWorkspace(path);
  refuseFaulty(place, readText);
  const loader = new ProcessLoader(readText);
  const process = loader.load(place + (isSent ? '' : name));
  const given = givenInputs(parameters, process, loader, workspace);
  return { process: withInputRequirements(process, given), inputs: given };
}

function refuseFaulty(place: string, readText: ReadText): void {
  const findings = new Findings();
  checkCwlDocument(place, readText, findings);
  const fault = findings.sorted().find((finding) => finding.severity === 'error');
  if (fault !== undefined) throw new PchainError(ExitCode.findings, fault.message);
}

/** The parameters are the inputs; or they name the file that has them, as `input`. */
function givenInputs(parameters: Values, process: Process, loader: ProcessLoader, workspace: string): Values {
  const { input, ...others } = parameters;
  const isFile =
    typeof input === 'string' &&
    Object.keys(others).length === 0 &&
    !process.inputs.some((one) => one.name === 'input');
  if (!isFile) return placedInputs(parameters, join(workspace, 'reana.yaml'));
  const path = join(workspace, input);
  return placedInputs(loader.value(path), path);
}

/** Parameters of a run as inputs of CWL: a float stays one. */
export function cwlInputs(parameters: Readonly<Record<string, unknown>>): Values {
  return JSON.parse(
    JSON.stringify(parameters, function (this: unknown, key, value: unknown) {
      // Given here is what `toJSON` has made of it.
      const before: unknown = Reflect.get(Object(this), key);
      const isWhole = before instanceof PythonFloat && Number.isInteger(before.value);
      return isWhole ? wholeFloat(before.value) : value;
    }),
  ) as Values;
}
