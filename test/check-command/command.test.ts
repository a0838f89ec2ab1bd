// `pchain check` as a user starts it: files, patterns, formats, fixes, exit codes.
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CliRig } from '../rigs/cli.ts';

const good = `cwlVersion: v1.2
class: Workflow
inputs:
  signal: string
outputs:
  result: {type: string, outputSource: fit/outDS}
steps:
  fit:
    run: prun
    in:
      opt_inDS: signal
      opt_exec: {default: "wc -l %IN > limit.txt"}
      opt_args: {default: "--outputs limit.txt"}
    out: [outDS]
`;
const misspelt = good.replace('    out: [outDS]\n', '    lable: a fit\n    out: [outDS] # all of it\n');
const parent = `cwlVersion: v1.2
class: Workflow
inputs:
  data: string
outputs:
  result: {type: string, outputSource: analyse/result}
steps:
  analyse:
    run: part.cwl
    in: {signal: data}
    out: [result]
`;
const loopBody = good
  .replace('  signal: string\n', '  signal: string\n  param_mass: {type: int, default: 500}\n')
  .replace('wc -l', 'echo %{mass}; wc -l');

let rig: CliRig;
beforeEach(() => (rig = new CliRig()));
afterEach(() => rig.remove());
const path = (name: string): string => join(rig.work, name);

describe('the files of a check', () => {
  it('are named, found by quoted patterns and below directories, and each is checked once', async () => {
    rig.write({ 'good.cwl': good, 'more/bad.cwl': misspelt, 'more/deep/good.cwl': good, 'more/x.txt': 'x' });
    for (const words of [['**/*.cwl'], ['.'], ['more', 'good.cwl', './more/bad.cwl', path('more/bad.cwl')]]) {
      const { exitCode, stdout, stderr } = await rig.run(['check', ...words]);
      expect(stdout).toBe('more/bad.cwl:14:5: error[cwl/unknown-field] unknown field `lable` in a step\n');
      expect(stderr).toBe('1 error in 1 file\n');
      expect(exitCode).toBe(1);
    }
  });

  it('without faults say so, with exit code 0; quietly nothing at all', async () => {
    rig.write({ 'a.cwl': good, 'b.cwl': good });
    expect(await rig.run(['check', 'a.cwl', 'b.cwl'])).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: 'no findings in 2 files\n',
    });
    expect(await rig.run(['check', 'a.cwl', '--format', 'full'])).toMatchObject({
      exitCode: 0,
      stdout: 'no findings in 1 file\n',
      stderr: '',
    });
    expect(await rig.run(['check', 'a.cwl', '-q'])).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('that are not there, fit no pattern or are no workflows are findings', async () => {
    mkdirSync(path('empty'));
    rig.write({ 'inputs.yml': 'a: 1\n', 'notes.md': '# notes\n', 'named[1].cwl': good, 'latin.cwl': '' });
    writeFileSync(path('latin.cwl'), Buffer.from([0x61, 0x3a, 0x20, 0xe9, 0x0a]));
    const words = ['none.cwl', 'x/*.cwl', 'empty', 'inputs.yml', 'notes.md', 'named[1].cwl', 'latin.cwl'];
    const { exitCode, stdout } = await rig.run(['check', ...words]);
    expect(stdout.split('\n')).toEqual([
      'empty: error[check/no-files] there is nothing to check below `empty`: no CWL, no native workflow, no Snakefile for PanDA, no reana.yaml',
      'inputs.yml:1:1: error[check/unknown-document] `inputs.yml` is neither a workflow nor a reana.yaml',
      'latin.cwl: error[cwl/unreadable-file] the file `latin.cwl` is not UTF-8 text',
      'none.cwl: error[cwl/missing-file] the file `none.cwl` does not exist',
      'notes.md:1:1: error[check/unknown-document] `notes.md` is neither a workflow nor a reana.yaml',
      'x/*.cwl: error[check/no-files] no file fits the pattern `x/*.cwl`',
      '',
    ]);
    expect(exitCode).toBe(1);
  });

  it('of every language are found below a directory, and nothing that only looks like one', async () => {
    const misspelt = { step: 'steps:\n  a: {typo: prun, args: --outputs o, exec: x}\n' };
    rig.write({
      'd/a.cwl': 'cwlVersion: v1.0\nclass: Workflow\nimputs: []\nsteps: []\n',
      'd/sub/native.yaml': `inputs: {}\noutputs: {}\n${misspelt.step}`,
      'd/sub/reana.yaml': 'inputs: {}\nworkflow: {type: seriel}\n',
      'd/panda/Snakefile':
        'rule all:\n    input: "x"\nrule a:\n    params: opt_exek="x"\n    output: "x"\n    shell: "prun"\n',
      'd/other/Snakefile': 'rule all:\n    shell: "wc -l {input}"\n',
      'd/ci.yml': 'workflow:\n  rules: []\nsteps:\n  - run: x\n',
      'd/inputs.yaml': 'seed: 1\n',
      'd/node_modules/x/b.cwl': 'rubbish',
    });
    const { stdout } = await rig.run(['check', 'd', '--format', 'short']);
    const files = new Set(stdout.split('\n').map((line) => line.split(':')[0]));
    expect([...files].filter((name) => name !== '').toSorted()).toEqual([
      'd/a.cwl',
      'd/panda/Snakefile',
      'd/sub/native.yaml',
      'd/sub/reana.yaml',
    ]);
  });

  it('of all languages are checked together: other CWL documents and reana.yaml, too', async () => {
    rig.write({
      'tool.cwl': 'cwlVersion: v1.2\nclass: CommandLineTool\nbaseComand: wc\ninputs: []\noutputs: []\n',
      'reana.yaml': 'inputs: {}\nworkflow: {type: seriel}\n',
    });
    const { stdout } = await rig.run(['check', 'tool.cwl', 'reana.yaml']);
    expect(stdout).toMatch(/^reana\.yaml:2:18: error\[reana\/unknown-workflow-type\]/);
    expect(stdout).toMatch(/\ntool\.cwl:3:1: error\[cwl\/unknown-field\] .*`baseComand`/);
  });

  it('that another one runs are checked with what they get there, alone on their own', async () => {
    rig.write({ 'top.cwl': parent, 'part.cwl': loopBody });
    for (const words of [['part.cwl'], ['top.cwl', 'part.cwl'], ['part.cwl', 'top.cwl']]) {
      expect(await rig.run(['check', ...words])).toMatchObject({ exitCode: 0, stdout: '' });
    }
    rig.write({ 'part.cwl': misspelt });
    for (const words of [['part.cwl'], ['top.cwl', 'part.cwl'], ['top.cwl']]) {
      const { stdout } = await rig.run(['check', ...words]);
      expect(stdout).toBe('part.cwl:14:5: error[cwl/unknown-field] unknown field `lable` in a step\n');
    }
  });

  it('with several syntax errors show all of them, with the other files', async () => {
    rig.write({ 'a.cwl': 'a: b: c\nd: e\nf: g: h\n', 'b.cwl': misspelt });
    const { stdout } = await rig.run(['check', 'a.cwl', 'b.cwl']);
    expect(stdout.split('\n').map((line) => line.replace(/\] .*/, ']'))).toEqual([
      'a.cwl:1:5: error[yaml/syntax]',
      'a.cwl:3:4: error[yaml/syntax]',
      'b.cwl:14:5: error[cwl/unknown-field]',
      '',
    ]);
  });

  it('with a line that is indented with a tab show nothing of what follows from it', async () => {
    rig.write({ 'reana.yaml': 'inputs: {}\nworkflow:\n  type: cwl\n\tfile: a.cwl\n  files: []\n  x: 1\n' });
    const { stdout } = await rig.run(['check', 'reana.yaml']);
    expect(stdout).toBe(
      'reana.yaml:4:1: error[yaml/syntax] tab characters must not be used in indentation\n',
    );
  });
});

describe('inputs', () => {
  it('are checked beside the workflow that nothing runs', async () => {
    rig.write({ 'top.cwl': parent, 'part.cwl': good, 'inputs.yaml': 'dta: user.alice.x/\n' });
    const { stdout, exitCode } = await rig.run(['check', 'part.cwl', 'top.cwl', '--yaml', 'inputs.yaml']);
    expect(stdout).toBe(
      'inputs.yaml:1:1: warning[inputs/unknown] the workflow has no input `dta`\n' +
        "top.cwl:4:3: error[inputs/missing] the workflow's input `data` has no value\n",
    );
    expect(exitCode).toBe(1);
  });

  it('have a template for one workflow', async () => {
    rig.write({ 'a.cwl': good, 'b.cwl': good, 'c.cwl': 'class: x\n' });
    const { stdout, exitCode } = await rig.run(['check', '--inputs-template', 'a.cwl']);
    expect(stdout).toContain('signal:');
    expect(exitCode).toBe(0);
    const two = await rig.run(['check', '--inputs-template', 'a.cwl', 'b.cwl']);
    expect(two).toMatchObject({ exitCode: 2, stdout: '' });
    expect(two.stderr).toContain('`--inputs-template` takes one workflow');
    expect(await rig.run(['check', '--inputs-template', 'c.cwl'])).toMatchObject({ exitCode: 3, stdout: '' });
  });
});

describe('warnings', () => {
  it('are errors with --strict only, and can be silenced where they stand', async () => {
    const text = good.replace('opt_inDS: signal', 'opt_inDS: {source: signal, valueFrom: $(self)}');
    rig.write({ 'a.cwl': text });
    expect((await rig.run(['check', 'a.cwl'])).exitCode).toBe(0);
    expect((await rig.run(['check', 'a.cwl', '--strict'])).exitCode).toBe(1);
    const comment = '$(self)} # pchain: ignore panda/ignored';
    rig.write({ 'a.cwl': text.replace('$(self)}', comment).replace('opt_inDS: {', 'opt_inDS: {') });
    const { exitCode, stdout, stderr } = await rig.run(['check', 'a.cwl', '--strict']);
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: 'no findings in 1 file (1 silenced)\n',
    });
    const json = JSON.parse((await rig.run(['check', 'a.cwl', '--format', 'json'])).stdout) as unknown;
    expect(json).toMatchObject({
      findings: [],
      suppressed: [{ code: 'panda/ignored', comment: { line: 11 } }],
    });
  });

  it('that are silenced do not keep a workflow from being planned', async () => {
    rig.write({
      'a.cwl': misspelt.replace('a fit', 'a fit # pchain: ignore cwl/unknown-field'),
      'i.yaml': 'signal: x/\n',
    });
    const args = ['--cwl', 'a.cwl', '--yaml', 'i.yaml', '--outDS', 'user.alice.a'];
    const { exitCode, stdout } = await rig.run([...args, '--check']);
    expect(stdout).toContain('user.alice.a_000_fit');
    expect(exitCode).toBe(0);
    expect((await rig.run([...args, '--noSubmit'])).exitCode).toBe(0);
  });
});

describe('the examples of this project', () => {
  it('check clean', async () => {
    const examples = join(import.meta.dirname, '../../examples');
    const { stdout, exitCode } = await rig.run(['check', examples, '--strict']);
    expect(stdout).toBe('');
    expect(exitCode).toBe(0);
  });
});

describe('--fix', () => {
  it('corrects what is certain, keeps everything else, and says what is left', async () => {
    const text = `\ufeff${misspelt}    scatter: opt_inDS\n    unheard: of\n`.replaceAll('\n', '\r\n');
    rig.write({ 'a.cwl': text, 'b.cwl': good });
    chmodSync(path('a.cwl'), 0o640);
    const { exitCode, stdout, stderr } = await rig.run(['check', 'a.cwl', 'b.cwl', '--fix']);
    const fixed = text.replace('lable', 'label').replace('scatter: opt_inDS', 'scatter: [opt_inDS]');
    expect(readFileSync(path('a.cwl'), 'utf8')).toBe(fixed);
    expect(statSync(path('a.cwl')).mode & 0o777).toBe(0o640);
    expect(stderr.split('\n')[0]).toMatch(/^fixed 2 of \d findings in 1 file$/);
    expect(stdout).toContain('a.cwl:17:5: error[cwl/unknown-field] unknown field `unheard` in a step\n');
    expect(stdout).not.toContain('lable');
    expect(exitCode).toBe(1);
    expect(readdirSync(rig.work).sort()).toEqual(['a.cwl', 'b.cwl']);
  });

  it('corrects misspelt fields of an analysis for REANA, and keeps everything else', async () => {
    const workflow = (right: boolean): string =>
      `stages:
- name: "ü😀"
  ${right ? 'dependencies' : 'dependancies'}: [init]
  scheduler:
    scheduler_type: singlestep-stage
    ${right ? 'parameters' : 'parmeters'}: {v: {step: init, output: v}, out: '{workdir}/x'}
    step:
      process: {process_type: string-interpolated-cmd, cmd: 'echo ü😀 {v} ${right ? '${{HOME}}' : '${HOME}'} > {out}'}
      publisher: {publisher_type: frompar-pub, outputmap: {out: out}}
      ${right ? 'environment' : 'enviroment'}:
        environment_type: docker-encapsulated
        image: python
        ${right ? 'imagetag' : 'imagtag'}: "3.12"
        resources: [${right ? 'kubernetes_memory_limit' : 'kubernetes_memry_limit'}: 1Gi]
`.replaceAll('\n', '\r\n');
    const reana =
      '\uFEFFinput: {files: [w.yml], parameters: {v: 1}}\r\nworkflow: {type: yadage, fil: w.yml} # ü😀\r\n';
    rig.write({ 'reana.yaml': reana, 'w.yml': workflow(false) });
    // What stands in a file shows only when the file is found.
    await rig.run(['check', 'reana.yaml', '--fix']);
    await rig.run(['check', 'reana.yaml', '--fix']);
    expect(await rig.run(['check', 'reana.yaml'])).toMatchObject({ exitCode: 0, stdout: '' });
    expect(readFileSync(path('reana.yaml'), 'utf8')).toBe(
      reana.replace('input:', 'inputs:').replace('fil:', 'file:'),
    );
    expect(readFileSync(path('w.yml'), 'utf8')).toBe(workflow(true));
  });

  it('corrects a misspelt name in the inputs file', async () => {
    rig.write({ 'a.cwl': good, 'inputs.yaml': '# the sample\nsginal: user.alice.x/ # of 2026\n' });
    expect(await rig.run(['check', 'a.cwl', '--yaml', 'inputs.yaml', '--fix'])).toMatchObject({
      exitCode: 0,
      stdout: '',
    });
    expect(readFileSync(path('inputs.yaml'), 'utf8')).toBe('# the sample\nsignal: user.alice.x/ # of 2026\n');
  });

  it('done twice changes nothing the second time', async () => {
    rig.write({ 'a.cwl': misspelt });
    expect(await rig.run(['check', 'a.cwl', '--fix'])).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: 'fixed 1 of 1 finding in 1 file\nno findings in 1 file\n',
    });
    const before = statSync(path('a.cwl')).mtimeMs;
    expect((await rig.run(['check', 'a.cwl', '--fix'])).stderr).toBe(
      'nothing to fix\nno findings in 1 file\n',
    );
    expect(statSync(path('a.cwl')).mtimeMs).toBe(before);
  });

  it('corrects an option in the middle of `opt_args`, and no option that is only near', async () => {
    rig.write({
      'a.cwl': good.replace('--outputs limit.txt', '--outptus limit.txt'),
      'b.cwl': good.replace('--outputs limit.txt', '--outputs limit.txt --nFielsPerJbo=3'),
    });
    await rig.run(['check', 'a.cwl', 'b.cwl', '--fix']);
    expect(readFileSync(path('a.cwl'), 'utf8')).toBe(good);
    expect(readFileSync(path('b.cwl'), 'utf8')).toContain('--nFielsPerJbo=3');
  });

  it('corrects the version of a document of a tool as it does that of a workflow', async () => {
    const tool = 'cwlVersion: "1.2"\nclass: CommandLineTool\nbaseCommand: echo\ninputs: []\noutputs: []\n';
    rig.write({ 'tool.cwl': tool, 'a.cwl': good.replace(/cwlVersion: v/, 'cwlVersion: ') });
    const { exitCode } = await rig.run(['check', 'tool.cwl', 'a.cwl', '--fix']);
    expect(readFileSync(path('tool.cwl'), 'utf8')).toBe(tool.replace('"1.2"', 'v1.2'));
    expect(readFileSync(path('a.cwl'), 'utf8')).toBe(good);
    expect(exitCode).toBe(0);
  });

  it('does not take a name that is there already', async () => {
    const text = good.replace('    out:', '    lable: x\n    label: y\n    out:');
    rig.write({ 'a.cwl': text });
    expect((await rig.run(['check', 'a.cwl', '--fix'])).stderr).toContain('fixed none of 1 finding\n');
    expect(readFileSync(path('a.cwl'), 'utf8')).toBe(text);
  });

  it('leaves a silenced finding alone', async () => {
    const text = misspelt.replace('a fit', 'a fit # pchain: ignore cwl/unknown-field');
    rig.write({ 'a.cwl': text });
    expect((await rig.run(['check', 'a.cwl', '--fix'])).exitCode).toBe(0);
    expect(readFileSync(path('a.cwl'), 'utf8')).toBe(text);
  });

  it('writes through a link, and the link stays', async () => {
    rig.write({ 'real/a.cwl': misspelt });
    symlinkSync('real/a.cwl', path('link.cwl'));
    await rig.run(['check', 'link.cwl', '--fix']);
    expect(lstatSync(path('link.cwl')).isSymbolicLink()).toBe(true);
    expect(readFileSync(path('real/a.cwl'), 'utf8')).toContain('label: a fit');
  });

  it('touches no file when one of them is write-protected', async () => {
    rig.write({ 'a.cwl': misspelt, 'b.cwl': misspelt });
    chmodSync(path('b.cwl'), 0o444);
    const { exitCode, stdout, stderr } = await rig.run(['check', 'a.cwl', 'b.cwl', '--fix']);
    expect(stderr).toBe(
      'error: cannot fix `b.cwl`: it is write-protected\nhint: chmod u+w b.cwl, and try again\n',
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(readFileSync(path('a.cwl'), 'utf8')).toBe(misspelt);
    expect(readFileSync(path('b.cwl'), 'utf8')).toBe(misspelt);
  });
});

describe('--check of a command line', () => {
  it('finds scripts that would not travel, which a check of files alone leaves open', async () => {
    rig.write({ 'a.cwl': good.replace('wc -l', './count.sh'), 'i.yaml': 'signal: x/\n' });
    const args = ['--yaml', 'i.yaml', '--outDS', 'user.alice.a'];
    const { exitCode, stdout } = await rig.run(['--cwl', 'a.cwl', ...args, '--check']);
    expect(stdout).toContain(
      'error[panda/missing-file] `opt_exec` needs `count.sh`, which is not in the sandbox',
    );
    expect(exitCode).toBe(1);
    expect((await rig.run(['check', 'a.cwl', ...args])).exitCode).toBe(1);
    expect((await rig.run(['check', 'a.cwl'])).exitCode).toBe(0);
    rig.write({ 'count.sh': 'wc -l "$@"\n' });
    expect((await rig.run(['--cwl', 'a.cwl', ...args, '--check'])).exitCode).toBe(0);
  });

  it('ends in the forecast with -v', async () => {
    rig.write({ 'a.cwl': good, 'i.yaml': 'signal: x/\n' });
    const args = ['--cwl', 'a.cwl', '--yaml', 'i.yaml', '--outDS', 'user.alice.a'];
    const short = await rig.run([...args, '--check']);
    const long = await rig.run([...args, '--check', '-v']);
    expect(short.stdout).toContain('user.alice.a_000_fit');
    expect(long.stdout.startsWith(short.stdout)).toBe(true);
    const { stdout } = await rig.run(['forecast', ...args]);
    expect(long.stdout.slice(short.stdout.length).trim()).toBe(stdout.trim());
  });

  it('takes workflows for PanDA only', async () => {
    rig.write({
      'tool.cwl': 'cwlVersion: v1.2\nclass: CommandLineTool\nbaseCommand: wc\ninputs: []\noutputs: []\n',
    });
    const { exitCode, stdout } = await rig.run(['--cwl', 'tool.cwl', '--outDS', 'user.alice.a', '--check']);
    expect(stdout).toBe('tool.cwl:2:8: error[cwl/not-a-workflow] a `CommandLineTool` is not a workflow\n');
    expect(exitCode).toBe(1);
    expect((await rig.run(['check', 'tool.cwl'])).exitCode).toBe(0);
  });
});

describe('pchain explain', () => {
  it('shows a page, all codes, or the nearest code', async () => {
    const page = await rig.run(['explain', 'cwl/unknown-field']);
    expect(page.exitCode).toBe(0);
    expect(page.stdout).toMatch(/^cwl\/unknown-field\n\nA field that CWL does not have/);
    const all = await rig.run(['explain']);
    expect(all.stdout).toMatch(/^check\n {2}check\/no-files {2,}A pattern/);
    expect(all.stdout).toContain('\ncwl\n');
    for (const [asked, hint] of [
      ['cwl/unknown-feild', 'did you mean `cwl/unknown-field`?'],
      ['unknown-field', 'did you mean `cwl/unknown-field`?'],
      ['error[yaml/tag]', 'did you mean `yaml/tag`?'],
      ['../../package', '`pchain explain` lists the codes there are'],
    ] as const) {
      expect(await rig.run(['explain', asked])).toMatchObject({
        exitCode: 2,
        stdout: '',
        stderr: `error: there is no code \`${asked}\`\nhint: ${hint}\n`,
      });
    }
  });
});
