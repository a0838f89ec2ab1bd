// The specification of a run, from what a client sent to the conductor that leads it. What a client sends has passed its
// own check; here it is read again, because anybody may send anything.
import { PchainError, UnsupportedError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { Findings } from '../../base/finding.ts';
import { membersOf } from '../../base/members.ts';
import type { ReadResult } from '../../base/read-text.ts';
import type { ReanaSpec } from '../../reanaspec/model.ts';
import { readReanaSpec } from '../../reanaspec/read.ts';
import type { RunStart } from '../api.ts';
import type { Conductor } from './conductor.ts';
import { conductSerial } from './serial.ts';
import { refuseUnknownOptions, selectSteps } from './step-selection.ts';

/** An input that lies in another one is sent twice: no reason not to run. */
const onlyForTheSender = 'reana/repeated-input';

const notHere: ReadResult = {
  ok: false,
  reason: 'missing',
  detail: 'is not read here: the steps must stand in `workflow.specification`',
};

/** @throws PchainError with the first fault
 *  @throws UnsupportedError for what this engine does not run */
export function runnableSpec(specification: unknown): ReanaSpec {
  const findings = new Findings();
  const file = 'reana.yaml';
  const text = JSON.stringify(specification) as string | undefined;
  const spec = readReanaSpec(
    file,
    (path) => (path === file ? { ok: true, text: text ?? '' } : notHere),
    findings,
  );
  if (spec !== undefined && spec.kind !== 'serial') {
    throw new UnsupportedError(`this server runs serial workflows only, not \`${spec.kind}\``, {
      hint: 'set `REANA_SERVER_URL` to a REANA cluster',
    });
  }
  const fault = findings
    .sorted()
    .find(({ severity, code }) => severity === 'error' && code !== onlyForTheSender);
  if (fault !== undefined) throw new PchainError(ExitCode.findings, fault.message);
  if (spec === undefined) throw new PchainError(ExitCode.findings, 'the specification has no workflow');
  return spec;
}

/** What a run is started with: the values of the specification, replaced by those given. */
export function startOf(spec: ReanaSpec, given: RunStart): RunStart {
  return {
    parameters: { ...spec.inputs.parameters, ...given.parameters },
    options: { ...spec.inputs.options, ...given.options },
  };
}

/** @param parameters what the run was started with; `undefined` before its start
 *  @throws UsageError for operational options that do not fit the workflow */
export function conductorOf(
  spec: ReanaSpec,
  parameters: RunStart['parameters'] | undefined,
  options: RunStart['options'],
): Conductor {
  refuseUnknownOptions(spec.kind, options);
  if (spec.steps === undefined) throw new PchainError(ExitCode.findings, 'the specification has no steps');
  const written = writtenSteps(spec.document);
  const named = spec.steps.map((step, index) => ({
    ...step,
    name: step.name ?? String(index),
    settings: written[index] ?? {},
  }));
  const steps = selectSteps(named, options);
  return conductSerial(
    steps,
    steps.map((step) => step.settings),
    parameters,
  );
}

function writtenSteps(document: ReanaSpec['document']): readonly Readonly<Record<string, unknown>>[] {
  const steps = membersOf(membersOf(document['workflow'])['specification'])['steps'];
  return Array.isArray(steps) ? steps.map(membersOf) : [];
}
