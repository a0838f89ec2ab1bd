// `pchain reana validate` as a user starts it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CliRig } from '../rigs/cli.ts';

const specification = `inputs:
  files: [fit.py]
  parameters: {mass: 500}
workflow:
  type: serial
  specification:
    steps:
      - name: fit
        environment: python:3.12
        kerberos: true
        commands: ['python fit.py \${mass}']
outputs:
  files: [limit.json]
`;

let rig: CliRig;
beforeEach(() => (rig = new CliRig()));
afterEach(() => rig.remove());

describe('the check of an analysis', () => {
  it('takes the specification that lies here, and ends with 0 when it is good', async () => {
    rig.write({ 'reana.yaml': specification, 'fit.py': '' });
    const { exitCode, stdout, stderr } = await rig.run(['reana', 'validate']);
    expect([exitCode, stdout]).toEqual([0, '']);
    expect(stderr).toBe('no findings in 1 file\n');
  });

  it('looks for inputs on the disk, takes parameters and secrets, and names images', async () => {
    rig.write({ 'a/spec.yaml': specification });
    const words = [
      'reana',
      'validate',
      '-f',
      'a/spec.yaml',
      '-p',
      'mas=5',
      '--secret',
      'CERN_USER',
      '--environments',
    ];
    const { exitCode, stdout, stderr } = await rig.run(words);
    expect(exitCode).toBe(1);
    expect(stdout.split('\n')).toEqual([
      'a/spec.yaml:2:11: error[reana/missing-input] input `fit.py` does not exist',
      'a/spec.yaml:3:3: error[reana/unknown-parameter] the run is given `mas`, but `inputs.parameters` has no `mas`',
      'a/spec.yaml:10:9: error[reana/missing-secret] `kerberos` needs `CERN_KEYTAB`, and REANA has no secret of that name',
      '',
    ]);
    expect(stderr).toContain('image python:3.12\n');
  });

  it('says when the file of a workflow would not be uploaded', async () => {
    const snakefile =
      'rule all:\n    output: "limit.json"\n    container: "docker://python:3.12"\n    shell: "true"\n';
    const spec = (inputs: string, file: string): string =>
      `inputs: {${inputs}}\nworkflow: {type: snakemake, file: ${file}}\noutputs: {files: [limit.json]}\n`;
    rig.write({ 'work/Snakefile': snakefile, 'worker/Snakefile': snakefile });
    for (const inputs of ['files: [./work/Snakefile]', 'directories: [work]', 'directories: [./]']) {
      rig.write({ 'reana.yaml': spec(inputs, 'work/Snakefile') });
      expect((await rig.run(['reana', 'validate'])).stdout).toBe('');
    }
    rig.write({ 'reana.yaml': spec('parameters: {n: 1}', 'work/Snakefile, files: [work/Snakefile]') });
    expect((await rig.run(['reana', 'validate'])).stdout).not.toContain('unsent-workflow');
    rig.write({ 'reana.yaml': spec('directories: [work]', 'worker/Snakefile') });
    const { exitCode, stdout } = await rig.run(['reana', 'validate']);
    expect([exitCode, stdout]).toEqual([
      0,
      'reana.yaml:2:35: warning[reana/unsent-workflow] the workflow file `worker/Snakefile` is not among the inputs, and REANA before 0.95 does not find it then\n',
    ]);
  });

  it('names placeholders that are left open', async () => {
    const template = specification.replace('python:3.12', '"{{image}}"').replace('500', 'VAR_MASS');
    rig.write({ 'reana.yaml': `# VAR_NONE\n${template}`, 'fit.py': '' });
    const { exitCode, stderr } = await rig.run(['reana', 'validate']);
    expect(exitCode).toBe(0);
    expect(stderr).toContain(
      'warning: `reana.yaml` is checked with open placeholders: `VAR_MASS` (line 4), `image` (line 10); `--set VAR_MASS=… --set image=…` fills them\n',
    );
  });

  it('fills templates, and says more when it is asked to', async () => {
    rig.write({ 'reana.yaml': specification.replace('python:3.12', '"{{image}}"'), 'fit.py': '' });
    const { exitCode, stdout } = await rig.run(['reana', 'validate', '--set', 'image=python', '-v']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('[reana/image-without-tag] image `python`');
    expect(stdout).toContain('[reana/needs-secret] `kerberos` needs secrets: `CERN_USER`, `CERN_KEYTAB`');
    expect(stdout).toContain('[reana/no-memory-limit]');
  });

  it('gives hints that never count as errors, while warnings do with --strict', async () => {
    rig.write({ 'reana.yaml': specification, 'fit.py': '' });
    for (const words of [
      ['reana', 'validate'],
      ['check', 'reana.yaml'],
    ]) {
      const { exitCode, stdout } = await rig.run([...words, '-v', '--strict']);
      expect(stdout).toContain('[reana/needs-secret]');
      expect(stdout).toContain('[reana/no-memory-limit]');
      expect(exitCode).toBe(0);
    }
    rig.write({ 'reana.yaml': specification.replace(':3.12', '') });
    const warned = await rig.run(['reana', 'validate', '-v', '--strict']);
    expect(warned.stdout).toContain('[reana/image-without-tag]');
    expect(warned.exitCode).toBe(1);
  });

  it('asks which of two specifications is meant, and for one where there is none', async () => {
    const none = await rig.run(['reana', 'validate']);
    expect([none.exitCode, none.stderr]).toEqual([
      2,
      expect.stringContaining('there is no `reana.yaml` here'),
    ]);
    rig.write({ 'reana.yaml': specification, 'reana.yml': specification });
    const two = await rig.run(['reana', 'validate']);
    expect([two.exitCode, two.stderr]).toEqual([
      2,
      expect.stringContaining('both `reana.yaml` and `reana.yml` lie here'),
    ]);
  });
});
