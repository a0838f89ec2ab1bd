// Options that prun takes without complaint in the arguments of a step, and that then do nothing.
// Source: panda-server `workflow_utils.Node.make_task_params`, panda-client 2.0.2 `PrunScript.py`.

const fromTemplate = 'the value comes from the command that submits the workflow';
const fromSandbox = 'the sandbox is packed once for the whole workflow, when it is submitted';

/** Why an option has no effect in a step, by its `dest`. */
export const overruledOptions: ReadonlyMap<string, string> = new Map([
  ['jobParams', 'the server uses `opt_exec`'],
  ['outDS', 'the server names the datasets of a step'],
  ['containerImage', 'the server uses `opt_containerImage`'],
  ['maxNFilesPerJob', 'the server keeps its default of 200 files in the number it sends on'],
  ['vo', fromTemplate],
  ['prodSourceLabel', fromTemplate],
  ['allowTaskDuplication', 'names of tasks in a workflow are always unique'],
  ['noSubmit', 'the workflow is submitted as a whole'],
  ['dumpJson', 'the workflow is submitted as a whole'],
  ['processingType', 'prun does not use it'],
  ['bexec', 'a step is not built; the build belongs to the submission'],
  ...[
    'extFile',
    'excludeFile',
    'maxFileSize',
    'followLinks',
    'gluePackages',
    'tmpDir',
    'inTarBall',
    'outTarBall',
  ].map((dest): [string, string] => [dest, fromSandbox]),
]);

/** The given options that have no effect in a step, in the order given.
 *  @param hasInput whether the step has `opt_inDS`, whose `--inDS` comes last and wins */
export function overruledIn(
  given: Iterable<string>,
  hasInput: boolean,
): readonly { dest: string; why: string }[] {
  return [...given].flatMap((dest) => {
    const why = dest === 'inDS' && hasInput ? 'the server uses `opt_inDS`' : overruledOptions.get(dest);
    return why === undefined ? [] : [{ dest, why }];
  });
}
