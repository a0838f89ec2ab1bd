// An inputs file against the workflow it is for.
// `inputs/unknown`: it gives a value to something that is no input of the workflow. The server drops it.
// `inputs/wrong-type`: a value that the type of the input does not allow.
// `inputs/empty`: nothing in it at all, which the server cannot read.
import { closest } from '../../base/closest.ts';
import type { Findings } from '../../base/finding.ts';
import { misspeltName } from '../../base/misspelling.ts';
import type { Value, Where, Workflow, WorkflowInput } from '../model.ts';
import type { GivenShape } from './given-shape.ts';
import { listed } from './rule.ts';

export interface GivenInputs {
  readonly values: Readonly<Record<string, Value>>;
  readonly whereOf: (name: string) => Where;
  /** `undefined` for a language that does not keep what was written. */
  readonly shapeOf?: ((name: string) => GivenShape | undefined) | undefined;
  readonly isEmpty?: boolean | undefined;
}

/** Compares an inputs file with the workflow it is for. */
export function checkGivenInputs(workflow: Workflow, given: GivenInputs, findings: Findings): void {
  if (given.isEmpty === true && workflow.inputs.length > 0) {
    const message = 'the inputs file is empty, and the PanDA server fails on that when a workflow has inputs';
    findings.warning('inputs/empty', given.whereOf('')(), message, {
      help: workflow.inputs.every((input) => input.default !== null) ? 'write `{}` into it' : undefined,
    });
  }
  const known = workflow.inputs.map((input) => input.name);
  for (const name of Object.keys(given.values)) {
    if (known.includes(name) || workflow.hasUnreadInputs === true) continue;
    const nearest = closest(name, known);
    const offered = known.length === 0 ? 'it has no inputs at all' : `its inputs are ${listed(known)}`;
    const span = given.whereOf(name)();
    // A name in quotes is longer than itself; such a one is left to the user.
    const isPlain = span.end - span.start === name.length;
    const certain = isPlain && misspeltName(name, known) === nearest && !isGiven(given, nearest);
    findings.warning('inputs/unknown', span, `the workflow has no input \`${name}\``, {
      help: nearest === undefined ? offered : `did you mean \`${nearest}\`?`,
      fix: certain && nearest !== undefined ? { span, text: nearest } : undefined,
    });
  }
  for (const input of workflow.inputs) {
    const shape = given.shapeOf?.(input.name);
    if (shape !== undefined) checkType(input, shape, findings);
  }
}

function isGiven(given: GivenInputs, name: string | undefined): boolean {
  return name !== undefined && Object.hasOwn(given.values, name);
}

function checkType(input: WorkflowInput, shape: GivenShape, findings: Findings): void {
  const type = input.type?.trim();
  if (type === undefined) return;
  const fault = faultOf(type, shape);
  if (fault === undefined) return;
  const message = `\`${input.name}\` is ${withArticle(type)}, but this is ${kindNames[fault.shape.kind]}`;
  findings.add({
    code: 'inputs/wrong-type',
    // A number becomes a text on its way to the command line, so no harm is done by one without quotes.
    severity: fault.type === 'string' && isNumber(fault.shape) ? 'warning' : 'error',
    message:
      fault.shape === shape
        ? message
        : `\`${input.name}\` is ${withArticle(type)}, but this member is ${kindNames[fault.shape.kind]}`,
    span: fault.shape.where(),
    related: [{ span: input.where(), message: 'declared here' }],
    help: helpFor(fault),
  });
}

interface TypeFault {
  readonly type: string;
  readonly shape: GivenShape;
}

const kindNames: Readonly<Record<GivenShape['kind'], string>> = {
  text: 'a text',
  int: 'a number',
  float: 'a number with a fraction',
  boolean: '`true` or `false`',
  null: 'nothing',
  list: 'a list',
  map: 'a map',
};

const fitting: Readonly<Record<string, readonly GivenShape['kind'][]>> = {
  string: ['text'],
  int: ['int'],
  long: ['int'],
  float: ['int', 'float'],
  double: ['int', 'float'],
  boolean: ['boolean'],
};

/** The first value that does not fit; `undefined` when all do, and for types that say too little. */
function faultOf(type: string, shape: GivenShape): TypeFault | undefined {
  // That there is no value is another finding.
  if (shape.kind === 'null') return undefined;
  const plain = type.endsWith('?') ? type.slice(0, -1) : type;
  if (plain.endsWith('[]')) {
    if (shape.kind !== 'list') return isPrimitive(plain.slice(0, -2)) ? { type: plain, shape } : undefined;
    const inner = plain.slice(0, -2);
    for (const item of shape.items) {
      const fault = item.kind === 'null' ? nullFault(inner, item) : faultOf(inner, item);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
  const kinds = Object.hasOwn(fitting, plain) ? fitting[plain] : undefined;
  return kinds === undefined || kinds.includes(shape.kind) ? undefined : { type: plain, shape };
}

function nullFault(type: string, shape: GivenShape): TypeFault | undefined {
  return isPrimitive(type) && !type.endsWith('?') ? { type, shape } : undefined;
}

/** A list of anything else (files, records, types of one's own) has more forms than are known here. */
function isPrimitive(type: string): boolean {
  const plain = type.replace(/[?[\]]+$/, '');
  return Object.hasOwn(fitting, plain);
}

function isNumber(shape: GivenShape): boolean {
  return shape.kind === 'int' || shape.kind === 'float';
}

function withArticle(type: string): string {
  const plain = type.endsWith('?') ? type.slice(0, -1) : type;
  if (plain.endsWith('[]')) return `a list (\`${type}\`)`;
  return `${plain === 'int' ? 'an' : 'a'} \`${type}\``;
}

function helpFor({ type, shape }: TypeFault): string | undefined {
  if (type.endsWith('[]') && shape.kind !== 'map')
    return 'put brackets around it: a list of one is a list, too';
  if (type === 'string' && (isNumber(shape) || shape.kind === 'boolean')) return 'put quotes around it';
  if (shape.kind === 'list') return 'it takes one value only; did you mean to scatter over a list?';
  if (shape.kind === 'text' && type !== 'string') return 'write it without quotes';
  return undefined;
}
