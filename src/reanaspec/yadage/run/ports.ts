// What running Yadage needs from outside: jq, and a look at files.
import type { PythonValue } from '../../python-value.ts';

/** All values that a jq program gives for an input.
 *  @throws PchainError with what jq says, or when it takes too long */
export type EvaluateJq = (program: string, input: PythonValue) => readonly PythonValue[];

/** Files as they are now; paths are absolute. */
export interface YadageFiles {
  exists(path: string): boolean;
  /** Paths that a pattern finds: `*`, `?`, `[…]`, and `**` for directories at any depth; in order. */
  glob(pattern: string): readonly string[];
  /** @throws YadageFault when there is no such file, or it is no YAML */
  yaml(path: string): PythonValue;
}
