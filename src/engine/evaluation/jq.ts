// jq of Yadage in the sandbox.
import type { PythonValue } from '../../reanaspec/python-value.ts';
import type { EvaluateJq } from '../../reanaspec/yadage/run/ports.ts';
import type { Sandbox } from './sandbox.ts';

export function jqIn(sandbox: Sandbox): EvaluateJq {
  return (program, input) =>
    sandbox.ask({ language: 'jq', program, inputJson: JSON.stringify(input) }) as readonly PythonValue[];
}
