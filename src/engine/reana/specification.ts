// The specification of a run, from what a client sent to the conductor that leads it. What a client sends has passed its
// own check; here it is read again, because anybody may send anything.
import { PchainError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { Findings, type Finding } from '../../base/finding.ts';
import { membersOf } from '../../base/members.ts';
import type { ReadResult } from '../../base/read-text.ts';
import type { ReanaSpec } from '../../reanaspec/model.ts';
import { pythonJson } from '../../reanaspec/python-json.ts';
import { readReanaSpec } from '../../reanaspec/read.ts';
import type { RunStart } from '../api.ts';
import type { Value } from '../../workflow/model.ts';
import type { Values } from '../../cwl/execution/values.ts';
import { javaScriptIn } from '../evaluation/javascript.ts';
import { jqIn } from '../evaluation/jq.ts';
import type { Conductor } from './conductor.ts';
import { conductCwl } from './cwl/conduct.ts';
import { cwlInputs, loadCwl } from './cwl/load.ts';
import type { RunContext } from './run-context.ts';
import { conductSerial } from './serial.ts';
import { conductSnakemake, requireSnakemake } from './snakemake/conduct.ts';
import { conductYadage } from './yadage/conduct.ts';
import { yadageInputs } from './yadage/inputs.ts';
import { loadYadageOf } from './yadage/load.ts';
import { refuseOption, refuseUnknownOptions, selectSteps } from './step-selection.ts';

/** An input that lies in another one is sent twice: no reason not to run. */
const onlyForTheSender = 'reana/repeated-input';

const notHere: ReadResult = {
  ok: false,
  reason: 'missing',
  detail: 'is not read here: the steps must stand in `workflow.specification`',
};

/** What can be said before the files of the workflow are in the workspace.
 *  @throws PchainError with the first fault */
export function runnableSpec(specification: unknown): ReanaSpec {
  const findings = new Findings();
  const file = 'reana.yaml';
  const text = specification === undefined ? undefined : pythonJson(specification);
  const spec = readReanaSpec(
    file,
    (path) => (path === file ? { ok: true, text: text ?? '' } : notHere),
    findings,
  );
  const fault = findings
    .sorted()
    .find(
      (finding) =>
        finding.severity === 'error' && finding.code !== onlyForTheSender && !isLater(finding, spec),
    );
  if (fault !== undefined) throw new PchainError(ExitCode.findings, fault.message);
  if (spec === undefined) throw new PchainError(ExitCode.findings, 'the specification has no workflow');
  if (spec.kind === 'serial') return spec;
  // Files are read when the run begins; until then there is what was sent.
  const document = membersOf(specification) as Values;
  const parameters = membersOf(membersOf(document['inputs'])['parameters']) as Values;
  return { ...spec, document, inputs: { ...spec.inputs, parameters } };
}

/** Workflows that are not serial lie in files, and so may their inputs; they are uploaded after the run has been created. */
const isLater = (finding: Finding, spec: ReanaSpec | undefined): boolean =>
  spec !== undefined &&
  spec.kind !== 'serial' &&
  (filesToCome.has(finding.code) || !finding.code.startsWith('reana/')) &&
  (spec.workflowFile !== undefined || hasSpecification(spec));

const filesToCome: ReadonlySet<string> = new Set([
  'reana/missing-workflow-file',
  'reana/missing-parameter-file',
  'reana/missing-input',
]);

const hasSpecification = (spec: ReanaSpec): boolean =>
  Object.keys(membersOf(membersOf(spec.document['workflow'])['specification'])).length > 0;

/** What a run is started with: the values of the specification, replaced by those given. */
export function startOf(spec: ReanaSpec, given: RunStart): RunStart {
  return {
    parameters: { ...spec.inputs.parameters, ...given.parameters },
    options: { ...spec.inputs.options, ...given.options },
  };
}

/** The jobs that are known before the start: those of a serial workflow.
 *  @param parameters what the run was started with; `undefined` before its start
 *  @throws UsageError for operational options that do not fit the workflow
 *  @throws UnsupportedError for what cannot be run on this machine */
export function plannedJobs(
  spec: ReanaSpec,
  parameters: RunStart['parameters'] | undefined,
  options: RunStart['options'],
  environment: RunContext['environment'],
): Pick<Conductor, 'planned' | 'total'> {
  refuseUnknownOptions(spec.kind, options);
  // A specification may name it: only who starts the run is told.
  if (spec.kind === 'cwl' && parameters !== undefined && 'TARGET' in options) refuseOption('TARGET');
  if (spec.kind === 'serial') return serialConductor(spec, parameters, options);
  if (spec.kind === 'snakemake') requireSnakemake(environment['PATH']);
  return { planned: [], total: 0 };
}

/** @throws PchainError when the files of the workflow are missing or faulty */
export function conductorOf(spec: ReanaSpec, start: RunStart, context: RunContext): Conductor {
  const { parameters, options } = start;
  const { workspace, sandbox, cores } = context;
  switch (spec.kind) {
    case 'serial':
      return serialConductor(spec, parameters, options);
    case 'cwl': {
      const specification = membersOf(spec.document['workflow'])['specification'] ?? null;
      const inputs = cwlInputs(parameters);
      const loaded = loadCwl(specification as Value, spec.workflowFile, inputs, workspace);
      return conductCwl({ ...loaded, workspace, evaluate: javaScriptIn(sandbox), cores });
    }
    case 'yadage': {
      const workflow = loadYadageOf(workflowFile(spec), textOf(options['toplevel']), workspace);
      const inputs = yadageInputs(parameters, options, workspace);
      return conductYadage({ workflow, ...inputs, workspace, jq: jqIn(sandbox) });
    }
    case 'snakemake':
      return conductSnakemake(
        { snakefile: workflowFile(spec), parameters, report: textOf(options['report']) },
        context,
      );
  }
}

function workflowFile(spec: ReanaSpec): string {
  if (spec.workflowFile !== undefined) return spec.workflowFile;
  throw new PchainError(ExitCode.findings, `a ${spec.kind} workflow needs a \`file\``);
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function serialConductor(
  spec: ReanaSpec,
  parameters: RunStart['parameters'] | undefined,
  options: RunStart['options'],
): Conductor {
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
