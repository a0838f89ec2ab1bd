// Runs a CWL document for real, in a directory of its own: its outputs, or why it failed.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PchainError } from '../../src/base/errors.ts';
import { Findings } from '../../src/base/finding.ts';
import { inputsIn } from '../../src/cwl/execution/document-value.ts';
import { placedInputs } from '../../src/cwl/execution/job-file.ts';
import { ProcessLoader } from '../../src/cwl/execution/load.ts';
import type { Values } from '../../src/cwl/execution/values.ts';
import { javaScriptIn } from '../../src/engine/evaluation/javascript.ts';
import { Sandbox } from '../../src/engine/evaluation/sandbox.ts';
import { conductCwl } from '../../src/engine/reana/cwl/conduct.ts';
import { readTree } from '../../src/source/tree.ts';
import { conduct } from '../rigs/conduct.ts';

export interface CwlEnd {
  /** What was published; `undefined` after a failure. */
  readonly outputs: Values | undefined;
  /** `undefined`: it has finished. */
  readonly failure: string | undefined;
}

/** @param document text of a CWL document
 *  @param inputs text of an inputs file
 *  @param files that lie beside the document, by name */
export async function runCwl(
  document: string,
  inputs = '{}',
  files: Readonly<Record<string, string>> = {},
): Promise<CwlEnd> {
  const directory = mkdtempSync(join(tmpdir(), 'pchain-cwl-'));
  const sandbox = new Sandbox();
  try {
    for (const [name, text] of Object.entries({ ...files, 'document.cwl': document })) {
      mkdirSync(dirname(join(directory, name)), { recursive: true });
      writeFileSync(join(directory, name), text);
    }
    return await attempt(directory, inputs, sandbox);
  } finally {
    sandbox.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function attempt(directory: string, inputs: string, sandbox: Sandbox): Promise<CwlEnd> {
  const workspace = join(directory, 'workspace');
  mkdirSync(workspace);
  let outputs: Values | undefined;
  try {
    const tree = readTree('inputs.yaml', inputs, new Findings());
    const conductor = conductCwl({
      process: loader().load(join(directory, 'document.cwl')),
      inputs: placedInputs(tree === undefined ? null : inputsIn(tree), join(directory, 'inputs.yaml')),
      workspace,
      evaluate: javaScriptIn(sandbox),
      cores: 2,
      onOutputs: (published) => (outputs = published),
    });
    const environment = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C.UTF-8' };
    const { failure } = await conduct(conductor, { workspace }, join(directory, 'control'), environment);
    return { outputs, failure };
  } catch (thrown) {
    if (thrown instanceof PchainError) return { outputs, failure: thrown.message };
    throw thrown;
  }
}

const loader = (): ProcessLoader =>
  new ProcessLoader((path) => ({ ok: true, text: readFileSync(path, 'utf8') }));
