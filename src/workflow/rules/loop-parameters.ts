// `workflow/unused-parameter`: a parameter of a loop that nothing reads.
import type { Draft } from '../draft.ts';
import type { Workflow } from '../model.ts';
import { loopParameterName } from '../scope.ts';
import type { StepRule } from './rule.ts';
import type { StepView } from './step-view.ts';

export const unusedParameter: StepRule = (draft, findings, view) => {
  const { workflow, loop } = draft.step;
  if (!loop || workflow === undefined) return;
  const parameters = workflow.inputs.filter((input) => loopParameterName(input.name) !== undefined);
  if (parameters.length === 0) return;
  const texts = textsOf(draft, view);
  if (texts === undefined) return;
  const sources = sourcesIn(workflow);
  for (const { name, where } of parameters) {
    const parameter = loopParameterName(name) ?? '';
    // `param_i` is reported for its name.
    if (parameter === 'i' || sources.has(name) || texts.some((text) => text.includes(`%{${parameter}}`)))
      continue;
    const message = `nothing in \`${workflow.file}\` reads the parameter \`${name}\``;
    findings.warning('workflow/unused-parameter', where(), message, {
      help: `a step reads it as \`%{${parameter}}\` in \`opt_exec\` or \`opt_args\``,
    });
  }
};

/** All payloads and arguments of the steps in the body; `undefined` when one of them is not known. */
function textsOf(draft: Draft, view: StepView): readonly string[] | undefined {
  const texts: string[] = [];
  for (const inner of draft.steps) {
    if (inner.step.type === 'workflow') continue;
    const own = view.of(inner);
    for (const [name] of inner.inputs) {
      const text = own.text(name);
      if (typeof text === 'object') texts.push(text.text);
      else if (text === 'unknown' && (name === 'opt_exec' || name === 'opt_args')) return undefined;
    }
  }
  return texts;
}

function sourcesIn(workflow: Workflow): ReadonlySet<string> {
  const inputs = workflow.steps.flatMap((step) => step.inputs.flatMap((input) => input.source ?? []));
  return new Set([...inputs, ...workflow.outputs.flatMap((output) => output.sources)]);
}
