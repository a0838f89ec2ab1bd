// A process with its inputs, from the tools that may run now to its outputs. It is asked again after each end of a tool;
// what it answers depends on nothing but the ends it was told.
import type { Value } from '../../workflow/model.ts';
import { evaluate, type ExpressionRules } from './expression.ts';
import { CwlFault } from './fault.ts';
import { completed, jobInputs, withContents } from './job-inputs.ts';
import type { EvaluateJavaScript, FileView } from './ports.ts';
import type { CommandLineTool, ExpressionTool, Process, Step, StepInput, Workflow } from './process.ts';
import { expressionRules } from './requirements.ts';
import { scattered, type Scattered } from './scatter.ts';
import { merged } from './sources.ts';
import { toolJob, type ToolJob } from './tool-job.ts';
import { isAny, isOfType, typeText, valueText, type Type } from './types.ts';
import { asText, isItem, isRecord, listOf, mapItems, textIn } from './values.ts';
import type { Values } from './values.ts';

export interface CwlSite {
  readonly files: FileView;
  readonly evaluate: EvaluateJavaScript;
  /** Of the machine. */
  readonly cores: number;
  /** The directory of a job, absolute. */
  readonly homeOf: (key: string) => string;
}

export type ToolEnd =
  { readonly at: 'finished'; readonly outputs: Values } | { readonly at: 'failed'; readonly reason: string };

export interface ReadyTool {
  /** The steps that lead to it, such as `fit/limits[2]`; the name of the process itself when it is the whole. */
  readonly key: string;
  readonly job: ToolJob;
  readonly rules: ExpressionRules;
}

export type Progress =
  | {
      readonly at: 'running';
      readonly ready: readonly ReadyTool[];
      /** Tools in all, as far as known. */ readonly total: number;
    }
  | { readonly at: 'finished'; readonly outputs: Values };

type Outcome = { readonly at: 'done'; readonly outputs: Values } | { readonly at: 'waiting' };
const waiting: Outcome = { at: 'waiting' };

/** Deeper than any workflow that means to end. */
const deepest = 50;

export class CwlRun {
  readonly #process: Process;
  readonly #given: Values;
  readonly #site: CwlSite;
  readonly #ends = new Map<string, ToolEnd>();
  /** Of processes that have ended. */
  readonly #outputs = new Map<string, Values>();
  readonly #tools = new Map<string, ReadyTool>();
  /** What the scattered steps consist of. */
  readonly #scattered = new Map<string, Scattered>();
  #ready: ReadyTool[] = [];
  #hidden = 0;

  /** @param given inputs, with files at absolute paths */
  constructor(process: Process, given: Values, site: CwlSite) {
    this.#process = process;
    this.#given = given;
    this.#site = site;
  }

  settle(key: string, end: ToolEnd): void {
    this.#ends.set(key, end);
  }

  /** @throws CwlFault when a tool has failed, or the workflow cannot go on */
  next(): Progress {
    this.#ready = [];
    this.#hidden = 0;
    const outcome = this.#run(this.#process, this.#given, '', 0);
    if (outcome.at === 'done') return { at: 'finished', outputs: outcome.outputs };
    return { at: 'running', ready: this.#ready, total: this.#tools.size + this.#hidden };
  }

  #run(process: Process, given: Values, key: string, depth: number): Outcome {
    if (depth > deepest) throw new CwlFault('the workflow is nested too deeply');
    const known = this.#outputs.get(key);
    if (known !== undefined) return { at: 'done', outputs: known };
    const outcome = this.#runNew(process, given, key, depth);
    if (outcome.at === 'done') this.#outputs.set(key, outcome.outputs);
    return outcome;
  }

  #runNew(process: Process, given: Values, key: string, depth: number): Outcome {
    const rules = expressionRules(process, this.#site.evaluate);
    switch (process.class) {
      case 'CommandLineTool':
        return this.#runTool(process, given, key === '' ? 'main' : key, rules);
      case 'ExpressionTool':
        return { at: 'done', outputs: this.#runExpression(process, given, rules) };
      case 'Workflow':
        return this.#runWorkflow(process, given, key, rules, depth);
    }
  }

  #runTool(tool: CommandLineTool, given: Values, key: string, rules: ExpressionRules): Outcome {
    const end = this.#ends.get(key);
    if (end?.at === 'failed') throw new CwlFault(`step \`${key}\` ${end.reason}`);
    if (end?.at === 'finished') return { at: 'done', outputs: end.outputs };
    let ready = this.#tools.get(key);
    if (ready === undefined) {
      const { files, cores, homeOf } = this.#site;
      const inputs = jobInputs(tool, given, { files, rules, isOutermost: key === 'main' });
      ready = { key, job: toolJob(tool, inputs, { home: homeOf(key), cores, files }, rules), rules };
      this.#tools.set(key, ready);
    }
    this.#ready.push(ready);
    return waiting;
  }

  #runExpression(tool: ExpressionTool, given: Values, rules: ExpressionRules): Values {
    const { files } = this.#site;
    const staged = mapItems(jobInputs(tool, given, { files, rules, isOutermost: false }), (item) => {
      const location = textIn(item, 'location');
      return location === undefined ? item : { ...item, path: location };
    }) as Values;
    const value = evaluate(tool.expression, { inputs: staged, self: null, runtime: {} }, rules);
    if (!isRecord(value) || isItem(value))
      throw new CwlFault(
        `an expression tool must give an object of its outputs, not \`${valueText(value)}\``,
      );
    return Object.fromEntries(
      tool.outputs.map((output) => {
        const member = mapItems(value[output.name] ?? null, (item) => completed(item, files));
        if (!fits(member, output.type))
          throw new CwlFault(
            `output \`${output.name}\` must be ${typeText(output.type)}, not \`${valueText(member)}\``,
          );
        return [output.name, member];
      }),
    );
  }

  #runWorkflow(
    workflow: Workflow,
    given: Values,
    key: string,
    rules: ExpressionRules,
    depth: number,
  ): Outcome {
    const inputs = jobInputs(workflow, given, {
      files: this.#site.files,
      rules,
      isOutermost: key === '',
    });
    const outcomes = new Map<string, Outcome>();
    const valueAt = (source: string): Value | undefined => {
      const [step, output] = stepSource(source, workflow);
      if (step === undefined) {
        if (!Object.hasOwn(inputs, output)) throw new CwlFault(`there is no source \`${source}\``);
        return inputs[output] ?? null;
      }
      const outcome = outcomeOf(step);
      return outcome.at === 'done' ? (outcome.outputs[output] ?? null) : undefined;
    };
    const outcomeOf = (step: Step): Outcome => {
      const known = outcomes.get(step.id);
      if (known !== undefined) return known;
      // A step that needs its own outputs waits for ever; it is told below.
      outcomes.set(step.id, waiting);
      const outcome = this.#runStep(step, valueAt, key === '' ? step.id : `${key}/${step.id}`, depth);
      outcomes.set(step.id, outcome);
      return outcome;
    };
    const isDone = workflow.steps.map(outcomeOf).every((outcome) => outcome.at === 'done');
    if (!isDone) {
      if (key === '' && this.#ready.length === 0)
        throw new CwlFault('the steps of the workflow wait for each other');
      return waiting;
    }
    return { at: 'done', outputs: workflowOutputs(workflow, valueAt) };
  }

  #runStep(step: Step, valueAt: (source: string) => Value | undefined, key: string, depth: number): Outcome {
    const known = this.#outputs.get(`step:${key}`);
    if (known !== undefined) return { at: 'done', outputs: known };
    const gathered = step.inputs.map((input) => ({ input, value: gatheredValue(step, input, valueAt) }));
    if (gathered.some(({ value }) => value === undefined)) {
      this.#hidden += leavesOf(step.process);
      return waiting;
    }
    const values: Values = Object.fromEntries(gathered.map(({ input, value }) => [input.id, value ?? null]));
    const outcome =
      step.scatter.length === 0
        ? this.#runOne(step, values, key, depth)
        : this.#runScattered(step, values, key, depth);
    if (outcome.at === 'done') this.#outputs.set(`step:${key}`, outcome.outputs);
    return outcome;
  }

  #runScattered(step: Step, values: Values, key: string, depth: number): Outcome {
    const parts = this.#scattered.get(key) ?? scattered(step, values);
    this.#scattered.set(key, parts);
    const { jobs, gather } = parts;
    const outcomes = jobs.map((job, index) => this.#runOne(step, job, `${key}[${index}]`, depth));
    const done = outcomes.flatMap((outcome) => (outcome.at === 'done' ? [outcome.outputs] : []));
    if (done.length < outcomes.length) return waiting;
    return {
      at: 'done',
      outputs: Object.fromEntries(
        step.outputs.map((name) => [name, gather(done.map((outputs) => outputs[name] ?? null))]),
      ),
    };
  }

  #runOne(step: Step, values: Values, key: string, depth: number): Outcome {
    const known = this.#outputs.get(key);
    if (known !== undefined) return { at: 'done', outputs: known };
    // Asked after the end of each of many others, a tool that runs must not cost more than this.
    const running = this.#ends.has(key) ? undefined : this.#tools.get(key);
    if (running !== undefined) {
      this.#ready.push(running);
      return waiting;
    }
    const rules = expressionRules(step, this.#site.evaluate);
    const inputs = this.#transformed(step, values, rules);
    if (step.when !== undefined) {
      const isWanted = evaluate(step.when, { inputs, self: null, runtime: {} }, rules);
      if (typeof isWanted !== 'boolean')
        throw new CwlFault(`step \`${key}\`: \`when\` must be true or false, not \`${valueText(isWanted)}\``);
      if (!isWanted)
        return { at: 'done', outputs: Object.fromEntries(step.outputs.map((name) => [name, null])) };
    }
    try {
      return this.#run(step.process, inputs, key, depth + 1);
    } catch (thrown) {
      if (thrown instanceof CwlFault && !thrown.message.startsWith('step `'))
        throw new CwlFault(`step \`${key}\`: ${thrown.message}`, { cause: thrown });
      throw thrown;
    }
  }

  /** The inputs of a step after its `valueFrom`s, each of which sees them as they were before. */
  #transformed(step: Step, values: Values, rules: ExpressionRules): Values {
    const { files } = this.#site;
    const seen = Object.fromEntries(
      step.inputs.map((input) => {
        const value = values[input.id] ?? null;
        if (input.settings['loadContents'] !== true) return [input.id, value];
        return [input.id, mapItems(value, (item) => withContents(completed(item, files), files, rules))];
      }),
    );
    return Object.fromEntries(
      step.inputs.map((input) => {
        const from = input.settings['valueFrom'];
        const self = seen[input.id] ?? null;
        return [
          input.id,
          from === undefined ? self : evaluate(from, { inputs: seen, self, runtime: {} }, rules),
        ];
      }),
    );
  }
}

/** `undefined`: a source has no value yet. */
function gatheredValue(
  step: Step,
  input: StepInput,
  valueAt: (source: string) => Value | undefined,
): Value | undefined {
  const values = input.sources.map(valueAt);
  if (values.includes(undefined)) return undefined;
  const given = values.map((value) => value ?? null);
  const place = `input \`${input.id}\` of step \`${step.id}\``;
  const value = given.length === 0 ? null : merged(given, input.settings, place);
  return value ?? input.settings['default'] ?? null;
}

function workflowOutputs(workflow: Workflow, valueAt: (source: string) => Value | undefined): Values {
  return Object.fromEntries(
    workflow.outputs.map((output) => {
      const written = output.settings['outputSource'];
      const values = listOf(written).map((source) => valueAt(asText(source)) ?? null);
      const place = `output \`${output.name}\``;
      const value = values.length === 0 ? null : merged(values, output.settings, place);
      if (!fits(value, output.type))
        throw new CwlFault(`${place} must be ${typeText(output.type)}, not \`${valueText(value)}\``);
      return [output.name, value];
    }),
  );
}

/** `step/output`, or the name of an input; what stands before them, in packed documents, is passed over. */
function stepSource(source: string, workflow: Workflow): readonly [Step | undefined, string] {
  const segments = source.replace(/^.*#/s, '').split('/');
  const output = segments.at(-1) ?? '';
  const name = segments.at(-2);
  const step = workflow.steps.find(
    (candidate) => candidate.id === name && candidate.outputs.includes(output),
  );
  if (
    step === undefined &&
    segments.length === 2 &&
    workflow.steps.some((candidate) => candidate.id === name)
  )
    throw new CwlFault(`step \`${name ?? ''}\` has no output \`${output}\``);
  return [step, output];
}

const fits = (value: Value, type: Type): boolean => isOfType(value, type) || (value === null && isAny(type));

function leavesOf(process: Process): number {
  if (process.class === 'Workflow')
    return process.steps.reduce((total, step) => total + leavesOf(step.process), 0);
  return process.class === 'CommandLineTool' ? 1 : 0;
}
