// What a Yadage workflow begins with: parameters, over the values of its `initfiles`, and where they may name files.
import { join } from 'node:path';
import type { PythonValue } from '../../../reanaspec/python-value.ts';
import { membersOf } from '../../../reanaspec/yadage/run/texts.ts';
import { yadageFiles } from './files.ts';

export interface YadageInputs {
  readonly initDirectory: string;
  /** @throws YadageFault when an `initfile` cannot be read */
  readonly inputs: () => Readonly<Record<string, PythonValue>>;
}

/** @param parameters of the run
 *  @param options the operational options `initdir` and `initfiles` */
export function yadageInputs(
  parameters: Readonly<Record<string, unknown>>,
  options: Readonly<Record<string, unknown>>,
  workspace: string,
): YadageInputs {
  const initdir = options['initdir'];
  const initDirectory = typeof initdir === 'string' ? join(workspace, initdir) : workspace;
  const written = options['initfiles'];
  const files = Array.isArray(written) ? written : written === undefined ? [] : [written];
  return {
    initDirectory: initDirectory.replace(/(?<=.)\/+$/, ''),
    inputs: () => ({
      ...(Object.assign(
        {},
        ...files.map((file) => membersOf(yadageFiles.yaml(join(workspace, String(file))))),
      ) as Readonly<Record<string, PythonValue>>),
      ...(parameters as Readonly<Record<string, PythonValue>>),
    }),
  };
}
