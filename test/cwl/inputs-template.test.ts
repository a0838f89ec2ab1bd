import { describe, expect, it } from 'vitest';
import { Findings } from '../../src/base/finding.ts';
import { readInputs } from '../../src/cwl/inputs.ts';
import { inputsTemplate } from '../../src/cwl/inputs-template.ts';
import { readCwl } from '../../src/cwl/read.ts';
import { checkGivenInputs } from '../../src/workflow/rules/given-inputs.ts';
import type { Workflow } from '../../src/workflow/model.ts';
import { findingLine, readerOf } from '../rigs/documents.ts';

function workflowWith(inputs: string): Workflow {
  const text = `cwlVersion: v1.2\nclass: Workflow\ninputs: ${inputs}\noutputs: []\nsteps: []\n`;
  const workflow = readCwl('scan.cwl', readerOf({ 'scan.cwl': text }), new Findings());
  if (workflow === undefined) throw new Error('the workflow cannot be read');
  return workflow;
}

function findingsFor(workflow: Workflow, yaml: string): readonly string[] {
  const findings = new Findings();
  const readText = readerOf({ 'inputs.yaml': yaml });
  const inputs = readInputs('inputs.yaml', readText, findings);
  if (inputs !== undefined) checkGivenInputs(workflow, inputs, findings);
  return findings.sorted().map((finding) => findingLine(finding, readText));
}

describe('a template for inputs', () => {
  const workflow = workflowWith(
    '{signals: "string[]", name: string, n: {type: int, default: 5}, x: "float?", note: {type: string, default: "a: b"}, l: {type: "int[]", default: [1, 2]}}',
  );

  it('asks for what has no default and shows what has one', () => {
    expect(inputsTemplate(workflow)).toBe(`# Inputs of scan.cwl; use it with --yaml.

# string: text, needs a value
name:

# string[], needs a value
signals: []  # one or several values, separated by commas

# int[], the default is
# l: [1,2]

# int: whole number, the default is
# n: 5

# string: text, the default is
# note: "a: b"

# float: number, may be left out
# x:
`);
  });

  it('is a file that can be read, with every comment taken away too', () => {
    const template = inputsTemplate(workflow);
    expect(findingsFor(workflow, template)).toEqual([]);
    expect(findingsFor(workflow, template.replaceAll(/^# (?=(?:n|x|note|l):)/gm, ''))).toEqual([]);
  });

  it('is an empty map when nothing has to be given', () => {
    const optional = workflowWith('{n: {type: int, default: 5}}');
    expect(inputsTemplate(optional)).toBe(`# Inputs of scan.cwl; use it with --yaml.
# Everything has a default. To change something, take its \`#\` away, and the \`{}\`.

# int: whole number, the default is
# n: 5

{}
`);
    expect(findingsFor(optional, inputsTemplate(optional))).toEqual([]);
  });

  it('says so when there are no inputs', () => {
    expect(inputsTemplate(workflowWith('[]'))).toBe(
      '# Inputs of scan.cwl; use it with --yaml.\n# The workflow has no inputs, so nothing has to stand here.\n{}\n',
    );
  });

  it('writes names and values that YAML would take for something else in quotes', () => {
    const odd = workflowWith('{"yes": string, "a: b": {type: string, default: "true"}}');
    expect(inputsTemplate(odd)).toContain('"yes":\n');
    expect(inputsTemplate(odd)).toContain('# "a: b": "true"\n');
  });
});
