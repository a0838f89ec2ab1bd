// How JEDI runs a job inside a container: before it, in it and after it.
import type { PlainObject } from './plain-value.ts';

/** The shell line that shows the script of a job and runs it in the container. */
export const runMainExec =
  'echo "=== cat exec script ==="; cat __run_main_exec.sh; echo; echo "=== exec script ==="; ' +
  '/bin/sh __run_main_exec.sh';

/** The task parameter `multiStepExec`. Source: panda-client 2.0.2 `PrunScript.py`, `PhpoScript.py`.
 *  @param containerImage its name; `null` where the task names none
 *  @param execArgs options of the container runtime; `undefined`: none */
export function multiStepExec(
  containerExec: string,
  containerImage: string | null,
  execArgs: string | undefined,
): PlainObject {
  return {
    preprocess: { command: '${TRF}', args: '--preprocess ${TRF_ARGS}' },
    postprocess: { command: '${TRF}', args: '--postprocess ${TRF_ARGS}' },
    containerOptions: {
      containerExec,
      containerImage,
      ...(execArgs === undefined ? {} : { execArgs }),
    },
  };
}
