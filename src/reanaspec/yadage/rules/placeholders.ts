// Placeholders: `{name}` in commands, scripts and publishers takes a parameter of the stage, in parameters it takes a
// directory. A name that is not there stops the step with a KeyError; other braces must be doubled.
import { closest } from '../../../base/closest.ts';
import type { Findings, FindingExtras } from '../../../base/finding.ts';
import type { Span } from '../../../base/span.ts';
import { spanOf } from '../../../source/tree.ts';
import type { ScalarNode, TreeNode } from '../../../source/tree.ts';
import { spanWithin } from '../../../source/within.ts';
import { isPositional, parseFormat, type FormatField } from '../../python-format.ts';
import type { TextAt, YadageStage, YadageStep } from '../model.ts';
import { stepsOf } from './scope.ts';

/** Checks the format strings of all steps of a stage, and that each of its parameters is used. */
export function checkPlaceholders(stage: YadageStage, findings: Findings): void {
  const { scheduler } = stage;
  // Their parameters are made by a program.
  if (scheduler.type === 'jq-stage' || !scheduler.isComplete) return;
  const parameters = scheduler.parameters.map((parameter) => parameter.key);
  const used = new Set<string>();
  for (const step of stepsOf(stage)) {
    checkProcess(step, stage, parameters, used, findings);
    checkPublisher(step, stage, parameters, used, findings);
  }
  checkUnused(stage, used, findings);
}

function checkProcess(
  { process }: YadageStep,
  stage: YadageStage,
  parameters: readonly string[],
  used: Set<string>,
  findings: Findings,
): void {
  if (process === undefined) return;
  const source = process.type === 'string-interpolated-cmd' ? process.command : process.script;
  for (const field of fieldsIn(source, 'a process', findings)) {
    used.add(field.name);
    if (parameters.includes(field.name)) {
      checkAttribute(source, field, stage, findings);
      continue;
    }
    if (field.name === 'workdir') reportWorkdir(source, field, parameters, findings);
    else reportUnknown(source, field, stage, parameters, used, findings);
  }
}

/** The trap that everybody falls into once. */
function reportWorkdir(
  source: TextAt,
  field: FormatField,
  parameters: readonly string[],
  findings: Findings,
): void {
  const free = ['outdir', 'outputdir', 'directory'].find((name) => !parameters.includes(name)) ?? 'outdir2';
  const message = '`{workdir}` is not known in a process, so the step fails with a KeyError';
  findings.error('reana/workdir-in-process', spanWithin(source.node, field.start, field.end), message, {
    help: `give the stage a parameter, \`${free}: '{workdir}'\`, and use \`{${free}}\` here`,
  });
}

function reportUnknown(
  source: TextAt,
  field: FormatField,
  stage: YadageStage,
  parameters: readonly string[],
  used: Set<string>,
  findings: Findings,
): void {
  const span = spanWithin(source.node, field.start, field.end);
  const written = source.text.slice(field.start, field.end);
  const shown = written.length > 40 ? `${written.slice(0, 39)}…` : written.replace(/\s+/g, ' ');
  const isShell = source.text.charAt(field.start - 1) === '$';
  const isName = /^[A-Za-z_]\w*$/.test(field.name);
  const related = { related: [{ span: spanOf(stage.nameNode), message: `stage \`${stage.name}\` runs it` }] };
  if (isShell || !isName) {
    const doubled = `{${written}}`;
    const message = `\`${isShell ? '$' : ''}${shown}\` is read as the placeholder of a parameter, and there is none of that name`;
    findings.error('yadage/unknown-placeholder', span, message, {
      ...related,
      ...(written.includes('\n')
        ? { help: 'double the braces that the script itself needs' }
        : doubling(span, written, doubled, isShell)),
    });
    return;
  }
  const near = closest(field.name, parameters);
  // What was meant is not unused.
  if (near !== undefined) used.add(near);
  const message = `\`${stage.name}\` has no parameter \`${field.name}\`, so the step fails with a KeyError`;
  findings.error('yadage/unknown-placeholder', span, message, {
    ...related,
    help: near === undefined ? undefined : `did you mean \`{${near}}\`?`,
  });
}

/** What Python's numbers have beside methods, which print nothing useful. */
const attributes: ReadonlySet<string> = new Set(['real', 'imag', 'numerator', 'denominator']);

function checkAttribute(source: TextAt, field: FormatField, stage: YadageStage, findings: Findings): void {
  const { name, attribute } = field;
  if (attribute === undefined || attributes.has(attribute)) return;
  const parameters = stage.scheduler.type === 'jq-stage' ? [] : stage.scheduler.parameters;
  const value = parameters.find(({ key }) => key === name)?.value;
  const isMapping = value?.kind === 'literal' && value.node.kind === 'map';
  const message = `\`${name}\` has no attribute \`${attribute}\`, so the step fails with an AttributeError`;
  findings.error('yadage/unknown-placeholder', spanWithin(source.node, field.start, field.end), message, {
    related: [{ span: spanOf(stage.nameNode), message: `stage \`${stage.name}\` runs it` }],
    help: isMapping ? `a member of a mapping is \`{${name}[${attribute}]}\`` : undefined,
  });
}

function doubling(span: Span, written: string, doubled: string, isShell: boolean): FindingExtras {
  const help = `double the braces that are the ${isShell ? 'shell' : 'script'}'s own: \`${isShell ? '$' : ''}${doubled}\``;
  const isExact = span.end - span.start === written.length;
  return { help, fix: isExact ? { span, text: doubled } : undefined };
}

function checkPublisher(
  { publisher }: YadageStep,
  stage: YadageStage,
  parameters: readonly string[],
  used: Set<string>,
  findings: Findings,
): void {
  if (publisher?.type === 'interpolated-pub') {
    for (const source of textsIn(publisher.publish)) {
      for (const field of fieldsIn(source, 'a publisher', findings)) {
        used.add(field.name);
        if (field.name === 'workdir' || parameters.includes(field.name)) {
          checkAttribute(source, field, stage, findings);
        } else reportUnknown(source, field, stage, parameters, used, findings);
      }
    }
    const clash =
      stage.scheduler.type === 'jq-stage'
        ? undefined
        : stage.scheduler.parameters.find(({ key }) => key === 'workdir');
    if (clash !== undefined) {
      const message =
        'a parameter `workdir` gets in the way of the `{workdir}` that the publisher brings: the step fails';
      findings.error('yadage/workdir-parameter', spanOf(clash.keyNode), message, {
        help: 'give it another name',
      });
    }
  } else if (publisher?.type === 'frompar-pub') {
    for (const source of textsIn(publisher.outputMap)) {
      used.add(source.text);
      if (parameters.includes(source.text)) continue;
      const near = closest(source.text, parameters);
      if (near !== undefined) used.add(near);
      const message = `\`${stage.name}\` has no parameter \`${source.text}\` to publish`;
      findings.error('yadage/unknown-parameter', spanOf(source.node), message, {
        related: [{ span: spanOf(stage.nameNode), message: `stage \`${stage.name}\` runs it` }],
        help: near === undefined ? undefined : `did you mean \`${near}\`?`,
      });
    }
  } else if (publisher?.type === 'fromparjq-pub') {
    const { text } = publisher.script;
    for (const parameter of parameters) {
      if (text.trim() === '.' || text.includes(parameter)) used.add(parameter);
    }
  }
}

/** A parameter that nothing takes. Cases may look at it, and nested workflows get all of them. */
function checkUnused(stage: YadageStage, used: ReadonlySet<string>, findings: Findings): void {
  const { scheduler } = stage;
  if (scheduler.type === 'jq-stage' || scheduler.runs?.kind !== 'step') return;
  const { step } = scheduler.runs;
  if (step.process === undefined || step.publisher === undefined) return;
  for (const { key, keyNode } of scheduler.parameters) {
    if (used.has(key)) continue;
    const isScattered =
      scheduler.type === 'multistep-stage' &&
      scheduler.scatter?.parameters.some(({ text }) => text === key) === true;
    // To repeat a step as often as a list is long is a use as well.
    if (isScattered) continue;
    findings.warning(
      'yadage/unused-parameter',
      spanOf(keyNode),
      `parameter \`${key}\` of \`${stage.name}\` is not used by its step`,
    );
  }
}

/** The fields of a format string; what is none, or what would need a place instead of a name, is reported. */
function fieldsIn(source: TextAt, owner: string, findings: Findings): readonly FormatField[] {
  const { fields, fault } = parseFormat(source.text);
  if (fault !== undefined) {
    const span = spanWithin(source.node, fault.start, fault.end);
    findings.error(
      'yadage/bad-format',
      span,
      `${fault.message} in ${owner}: braces that are no placeholder must be doubled`,
    );
  }
  const [positional] = fields.filter(isPositional);
  if (positional !== undefined) {
    const written = source.text.slice(positional.start, positional.end);
    const span = spanWithin(source.node, positional.start, positional.end);
    findings.error(
      'yadage/bad-format',
      span,
      `\`${written}\` in ${owner} has no name, and parameters have no order`,
      {
        help: `braces that are the script's own are doubled: \`{${written}}\``,
      },
    );
  }
  return fields.filter((field) => !isPositional(field));
}

/** All texts in a value. */
export function textsIn(node: TreeNode): readonly TextAt[] {
  if (node.kind === 'sequence') return node.items.flatMap(textsIn);
  if (node.kind === 'map') return node.entries.flatMap(({ value }) => textsIn(value));
  return typeof node.value === 'string' ? [{ text: node.value, node: node satisfies ScalarNode }] : [];
}
