// A skeleton of the inputs of a native workflow, which stand in the document itself.
import type { Workflow } from '../workflow/model.ts';

/** YAML text of the section: every input, with the dataset it has. */
export function wfdInputsTemplate(workflow: Workflow): string {
  const head = `# Inputs of ${workflow.file.replaceAll(/\s+/g, ' ')}; they stand at its top.`;
  if (workflow.inputs.length === 0) return `${head}\ninputs: {}\n`;
  const lines = workflow.inputs.map(({ name, default: value }) => {
    const written =
      value === null
        ? '  # the name of a dataset, or a list of names to scatter over'
        : ` ${JSON.stringify(value)}`;
    return `  ${/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name)}:${written}`;
  });
  return `${[head, 'inputs:', ...lines].join('\n')}\n`;
}
