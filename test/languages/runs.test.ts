// The same workflow in three languages, run to the end by the real binary on the embedded PanDA: the same files come out.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CliRig } from '../rigs/cli.ts';

let rig: CliRig;
beforeEach(() => {
  rig = new CliRig();
});
afterEach(() => rig.remove());

/** Runs a workflow and gives its final files: type of the dataset and content, sorted; and what was said. */
async function run(
  name: string,
  args: readonly string[],
): Promise<{ files: readonly string[]; said: string }> {
  const tar = `${name}.tar.gz`;
  const result = await rig.run([...args, '--outDS', `user.alice.${name}`, '--wait', '--output', tar]);
  if (result.exitCode !== 0) throw new Error(`exit ${result.exitCode}\n${result.stderr}\n${rig.serverLog()}`);
  const folder = join(rig.work, `unpacked-${name}`);
  mkdirSync(folder);
  execFileSync('tar', ['xzf', join(rig.work, tar), '-C', folder]);
  const files = rig
    .filesBelow(folder)
    .filter((file) => statSync(join(folder, file)).isFile() && !file.endsWith('MANIFEST.json'))
    .map((file) => `${file.replace(/^.*\._\d+\./, '')}: ${readFileSync(join(folder, file), 'utf8').trim()}`)
    .sort();
  return { files, said: result.stderr };
}

const chain = {
  'chain.cwl': `cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  points: {type: string, outputSource: generate/outDS}
  sums: {type: string, outputSource: merge/outDS}
steps:
  generate:
    run: prun
    in:
      opt_exec: {default: "echo %RNDM:10 > points.txt"}
      opt_args: {default: "--outputs points.txt --nJobs 2"}
    out: [outDS]
  calibrate:
    run: prun
    in:
      opt_exec: {default: "echo 1000 > shift.txt"}
      opt_args: {default: "--outputs shift.txt"}
    out: [outDS]
  merge:
    run: prun
    in:
      opt_inDS: generate/outDS
      opt_secondaryDSs: {source: [calibrate/outDS]}
      opt_secondaryDsTypes: {default: [shift.txt]}
      opt_exec: {default: "cat %IN %IN2 | tr ',' ' ' > sum.txt"}
      opt_args: {default: "--outputs sum.txt --nFilesPerJob 1 --secondaryDSs IN2:1:%{SECDS1} --reusableSecondary IN2"}
    out: [outDS]
`,
  'chain.yaml': `inputs: {}
outputs:
  points: {from: generate/outDS}
  sums: {from: merge/outDS, output_types: [sum.txt]}
steps:
  generate:
    type: prun
    args: --outputs points.txt --nJobs 2
    exec: echo %RNDM:10 > points.txt
  calibrate:
    type: prun
    args: --outputs shift.txt
    exec: echo 1000 > shift.txt
  merge:
    type: prun
    inDS: generate/outDS
    secondaryDSs: [calibrate/outDS]
    secondaryDsTypes: [shift.txt]
    args: --outputs sum.txt --nFilesPerJob 1 --secondaryDSs IN2:1:%{SECDS1} --reusableSecondary IN2
    exec: cat %IN %IN2 | tr ',' ' ' > sum.txt
`,
  Snakefile: `configfile: "config.json"

from pandaserver.workflow.snakeparser.utils import param_exp

rule all:
    input: "points", config["result"]

rule generate:
    params:
        opt_exec="echo %RNDM:10 > points.txt",
        opt_args=f"--outputs points.txt --nJobs {config['jobs']}"
    output: "points"
    shell: "prun"

rule calibrate:
    params:
        opt_exec="echo 1000 > shift.txt",
        opt_args="--outputs shift.txt"
    output: f"{config['result']}.shift"
    shell: "prun"

rule merge:
    params:
        opt_inDS=rules.generate.output[0],
        opt_secondaryDSs=[rules.calibrate.output[0]],
        opt_secondaryDsTypes=["shift.txt"],
        opt_exec="cat %IN %IN2 | tr ',' ' ' > sum.txt",
        opt_args=param_exp("--outputs sum.txt --nFilesPerJob 1 "
                           "--secondaryDSs IN2:1:%{SECDS1} --reusableSecondary IN2")
    input: rules.generate.output, rules.calibrate.output
    output: config["result"]
    shell: "prun"
`,
  'config.json': '{"result": "sum", "jobs": 2}\n',
  'none.yaml': '{}\n',
};

const nested = {
  'nested.cwl': `cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  total: {type: string, outputSource: total/outDS}
steps:
  sample:
    run: sample.cwl
    in: {}
    out: [outDS]
  total:
    run: prun
    in:
      opt_inDS: sample/outDS
      opt_exec: {default: "cat $(echo %IN | tr , ' ') | sort > total.txt"}
      opt_args: {default: "--outputs total.txt --nFilesPerJob 10"}
    out: [outDS]
`,
  'sample.cwl': `cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: double/outDS}
steps:
  draw:
    run: prun
    in:
      opt_exec: {default: "echo %RNDM:5 > drawn.txt"}
      opt_args: {default: "--outputs drawn.txt --nJobs 3"}
    out: [outDS]
  double:
    run: prun
    in:
      opt_inDS: draw/outDS
      opt_exec: {default: "echo $(( $(cat %IN) * 2 )) > doubled.txt"}
      opt_args: {default: "--outputs doubled.txt --nFilesPerJob 1"}
    out: [outDS]
`,
  'nested.yaml': `name: nested
inputs: []
outputs:
  total: {from: total/outDS}
steps:
  sample:
    type: workflow
    workflow_ref: sample.yaml
  total:
    inDS: sample/outDS
    args: --outputs total.txt --nFilesPerJob 10
    exec: cat $(echo %IN | tr , ' ') | sort > total.txt
`,
  'sample.yaml': `inputs: {}
outputs:
  outDS: {from: double/outDS, output_types: [doubled.txt]}
steps:
  draw:
    args: --outputs drawn.txt --nJobs 3
    exec: echo %RNDM:5 > drawn.txt
  double:
    inDS: draw/outDS
    args: --outputs doubled.txt --nFilesPerJob 1
    exec: echo $(( $(cat %IN) * 2 )) > doubled.txt
`,
  'nested/Snakefile': `rule all:
    input: "total"

rule sample:
    output: "sample"
    shell: "../sample/Snakefile"

rule total:
    params:
        opt_inDS=rules.sample.output[0],
        opt_exec="cat $(echo %IN | tr , ' ') | sort > total.txt",
        opt_args="--outputs total.txt --nFilesPerJob 10"
    input: rules.sample.output
    output: "total"
    shell: "prun"
`,
  'sample/Snakefile': `rule all:
    input: "doubled"

rule draw:
    params:
        opt_exec="echo %RNDM:5 > drawn.txt",
        opt_args="--outputs drawn.txt --nJobs 3"
    output: "drawn"
    shell: "prun"

rule double:
    params:
        opt_inDS=rules.draw.output[0],
        opt_exec="echo $(( $(cat %IN) * 2 )) > doubled.txt",
        opt_args="--outputs doubled.txt --nFilesPerJob 1"
    input: rules.draw.output
    output: "doubled"
    shell: "prun"
`,
  'none.yaml': '{}\n',
};

describe('the same chain', () => {
  const expected = ['points.txt: 10', 'points.txt: 11', 'sum.txt: 10\n1000', 'sum.txt: 11\n1000'];

  it('gives the same files in CWL, as a native workflow and as a Snakefile', async () => {
    rig.write(chain);
    const cwl = await run('cwl', ['--cwl', 'chain.cwl', '--yaml', 'none.yaml']);
    const native = await run('native', ['--wfd', 'chain.yaml']);
    const snakemake = await run('snakemake', ['--snakefile', 'Snakefile']);
    expect(cwl.files).toEqual(expected);
    expect(native.files).toEqual(expected);
    expect(snakemake.files).toEqual(expected);
    // Each engine of PanDA numbers in its own way.
    expect(native.said).toContain('user.alice.native_003_merge_sum.txt/');
    expect(snakemake.said).toMatch(/user\.alice\.snakemake_00\d_merge_sum\.txt\//);
  });

  it('is not submitted twice, and is found again', async () => {
    rig.write(chain);
    const command = ['--wfd', 'chain.yaml', '--outDS', 'user.alice.native', '--wait'];
    expect((await rig.run(command)).exitCode).toBe(0);
    const again = await rig.run(command);
    expect(again.exitCode).toBe(0);
    expect(again.stderr).toContain('is done already');
  });
});

describe('a workflow in a workflow', () => {
  it('gives the same files in CWL, as native workflows and as Snakefiles', async () => {
    rig.write(nested);
    const expected = ['total.txt: 10\n12\n14'];
    expect((await run('cwl', ['--cwl', 'nested.cwl', '--yaml', 'none.yaml'])).files).toEqual(expected);
    const native = await run('native', ['--wfd', 'nested.yaml']);
    expect(native.files).toEqual(expected);
    expect((await run('snakemake', ['--snakefile', 'nested/Snakefile'])).files).toEqual(expected);
    // The container of the sub-workflow holds the data of its output, under both of its names.
    const fetched = await rig.run(['fetch', '--dataset', 'user.alice.native_001_sample', '--to', 'data']);
    expect(fetched.stderr + fetched.stdout).toMatch(/3 files|doubled\.txt/);
    expect(
      rig.filesBelow(join(rig.work, 'data')).filter((file) => file.endsWith('doubled.txt')),
    ).toHaveLength(3);
  });
});
