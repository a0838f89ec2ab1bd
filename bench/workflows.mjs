// Workflows to measure with: as long as one likes, with steps that hang together in chains and fans.

/** The step that a step reads from: every tenth begins a fan of nine. */
function parentOf(index) {
  return index % 10 === 0 ? index - 1 : index - (index % 10);
}

/** A workflow for PanDA with so many steps, as text. Every tenth step starts a fan of nine.
 *  @param isVaried whether every step has a payload and arguments of its own, instead of the same ones */
export function pandaWorkflow(steps, isVaried = false) {
  const name = (index) => `step_${String(index).padStart(5, '0')}`;
  const parts = Array.from({ length: steps }, (_, index) => {
    const input = index === 0 ? '' : `      opt_inDS: ${name(parentOf(index))}/outDS\n`;
    const file = isVaried ? `out_${index}.root` : 'out.root';
    const options = isVaried ? ` --nFilesPerJob ${(index % 7) + 1} --site SITE-${index}` : '';
    return `  ${name(index)}:
    run: prun
    in:
${input}      opt_exec:
        default: "echo ${index === 0 ? '%RNDM:10' : '%IN'} > ${file}"
      opt_args:
        default: "--outputs ${file}${options}${index === 0 ? ' --nJobs 3' : ''}"
    out: [outDS]
`;
  });
  return `cwlVersion: v1.0
class: Workflow
inputs: []
outputs:
  outDS:
    type: string
    outputSource: ${name(steps - 1)}/outDS
steps:
${parts.join('')}`;
}

/** The same shape with steps that run a tool, for programs that know nothing of PanDA. */
export function toolWorkflow(steps) {
  const parts = Array.from({ length: steps }, (_, index) => {
    const source = index === 0 ? 'start' : `step_${parentOf(index)}/out`;
    return `  step_${index}:\n    run: tool.cwl\n    in: {file: ${source}}\n    out: [out]\n`;
  });
  return `cwlVersion: v1.2
class: Workflow
inputs: {start: File}
outputs:
  out: {type: File, outputSource: step_${steps - 1}/out}
steps:
${parts.join('')}`;
}

export const tool = `cwlVersion: v1.2
class: CommandLineTool
baseCommand: cat
inputs: {file: {type: File, inputBinding: {position: 1}}}
outputs: {out: stdout}
stdout: out.txt
`;

/** One step with so many jobs that do nothing. */
export function jobsWorkflow(jobs) {
  return `cwlVersion: v1.0
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: work/outDS}
steps:
  work:
    run: prun
    in:
      opt_exec: {default: "true"}
      opt_args: {default: "--nJobs ${jobs}"}
    out: [outDS]
`;
}

/** So many steps with one job each, which leaves an empty file for the next. */
export function stepsWorkflow(steps) {
  const parts = Array.from({ length: steps }, (_, index) => {
    const input = index === 0 ? '' : `      opt_inDS: step_${parentOf(index)}/outDS\n`;
    return `  step_${index}:
    run: prun
    in:
${input}      opt_exec: {default: ": > out.txt"}
      opt_args: {default: "--outputs out.txt${index === 0 ? ' --nJobs 1' : ''}"}
    out: [outDS]
`;
  });
  return `cwlVersion: v1.0
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: step_${steps - 1}/outDS}
steps:
${parts.join('')}`;
}

/** So many steps that do nothing, for programs that know nothing of PanDA; `true.cwl` lies beside it. */
export function trueWorkflow(steps) {
  const parts = Array.from(
    { length: steps },
    (_, index) => `  step_${index}:\n    run: true.cwl\n    in: []\n    out: []\n`,
  );
  return `cwlVersion: v1.2\nclass: Workflow\ninputs: []\noutputs: []\nsteps:\n${parts.join('')}`;
}

export const trueTool = `cwlVersion: v1.2
class: CommandLineTool
baseCommand: 'true'
inputs: []
outputs: []
`;

/** The same for Snakemake, which wants a file of every job. */
export function snakefile(jobs) {
  return `rule all:
    input: expand("{job}.txt", job=range(${jobs}))

rule one:
    output: "{job}.txt"
    shell: ": > {output}"
`;
}
