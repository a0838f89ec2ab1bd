// A skeleton of an inputs file: every input of a workflow with its type, ready to be filled in.
import type { Value, Workflow, WorkflowInput } from '../workflow/model.ts';

/** YAML text for `--yaml`. Inputs that need a value come first and wait for one; those with a default stand behind a `#`, as
 *  the file need not name them. Filling in nothing gives a file that the check finds incomplete, not one that runs. */
export function inputsTemplate(workflow: Workflow): string {
  const required = workflow.inputs.filter((input) => !hasValue(input));
  const optional = workflow.inputs.filter(hasValue);
  const head = [`# Inputs of ${oneLine(workflow.file)}; use it with --yaml.`];
  if (workflow.inputs.length === 0) {
    return `${[...head, '# The workflow has no inputs, so nothing has to stand here.', '{}'].join('\n')}\n`;
  }
  const parts = [
    ...required.map((input) => [
      `# ${typeName(input)}, needs a value`,
      `${key(input.name)}: ${blank(input)}`.trimEnd(),
    ]),
    ...optional.map((input) => [`# ${typeName(input)}, ${optionalNote(input)}`, commented(input)]),
  ];
  // A file of comments alone is empty, and the server fails on that.
  const body = required.length === 0 ? [['{}']] : [];
  const notes =
    required.length === 0
      ? ['# Everything has a default. To change something, take its `#` away, and the `{}`.']
      : [];
  return `${[...[...head, ...notes].map((line) => [line]), [''], ...spaced([...parts, ...body])].flat().join('\n')}\n`;
}

function spaced(parts: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return parts.map((part, index) => (index === 0 ? part : ['', ...part]));
}

function hasValue(input: WorkflowInput): boolean {
  return input.default !== null || input.type?.endsWith('?') === true;
}

function typeName(input: WorkflowInput): string {
  const names: Readonly<Record<string, string>> = {
    string: 'text',
    int: 'whole number',
    long: 'whole number',
    float: 'number',
    double: 'number',
    boolean: 'true or false',
  };
  const type = input.type?.replace(/\?$/, '');
  if (type === undefined) return 'any type';
  const name = Object.hasOwn(names, type) ? names[type] : undefined;
  return name === undefined ? oneLine(type) : `${type}: ${name}`;
}

function optionalNote(input: WorkflowInput): string {
  return input.default === null ? 'may be left out' : 'the default is';
}

function blank(input: WorkflowInput): string {
  const type = input.type ?? '';
  return type.endsWith('[]') ? '[]  # one or several values, separated by commas' : '';
}

/** `# name: default`; JSON is YAML, and stays on one line whatever the value holds. */
function commented(input: WorkflowInput): string {
  return `# ${key(input.name)}: ${input.default === null ? '' : written(input.default)}`.trimEnd();
}

function written(value: Value): string {
  return typeof value === 'string' ? scalar(value) : JSON.stringify(value);
}

function key(name: string): string {
  return scalar(name);
}

/** Plain where YAML reads it back as the same text, else in quotes. */
function scalar(text: string): string {
  const isPlain = /^[A-Za-z_][\w./-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off)$/i.test(text);
  return isPlain ? text : JSON.stringify(text);
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
