import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Findings } from '../../src/base/finding.ts';
import type { ReadText } from '../../src/base/read-text.ts';
import { isShellVariable, referencedNames, substituteParameters } from '../../src/reanaspec/parameters.ts';
import { PythonFloat } from '../../src/reanaspec/python-value.ts';
import { pythonJson } from '../../src/reanaspec/python-json.ts';
import { readReanaSpec } from '../../src/reanaspec/read.ts';
import { readerOf } from '../rigs/documents.ts';
import { describeWithShared, sharedPath } from '../rigs/shared.ts';

function check(text: string, others: Readonly<Record<string, string>> = {}) {
  const findings = new Findings();
  const readText: ReadText = (path) => {
    const found = path === 'reana.yaml' ? text : others[path];
    return found === undefined
      ? { ok: false, reason: 'missing', detail: 'does not exist' }
      : { ok: true, text: found };
  };
  const spec = readReanaSpec('reana.yaml', readText, findings);
  const lines = findings.sorted().map((finding) => {
    const place = text.slice(finding.span.start, finding.span.end);
    return `${finding.severity} ${finding.code} [${place}] ${finding.message}${finding.help === undefined ? '' : ` (${finding.help})`}`;
  });
  return { spec, lines };
}

const good = `inputs:
  files: [code/a.py]
  directories: [conf/]
  parameters: {word: hi, n: 3}
workflow:
  type: serial
  specification:
    steps:
      - name: one
        environment: python:3.12
        kubernetes_memory_limit: 8Gi
        commands: ['python code/a.py "\${word}" \${n}']
outputs:
  files: [out.txt]
`;

describe('a specification', () => {
  it('without faults is read whole and gives no findings', () => {
    const { spec, lines } = check(good);
    expect(lines).toEqual([]);
    expect(spec).toMatchObject({
      kind: 'serial',
      workflowFile: undefined,
      inputs: { parameters: { word: 'hi', n: 3 }, options: {} },
      steps: [
        {
          name: 'one',
          environment: 'python:3.12',
          commands: ['python code/a.py "${word}" ${n}'],
          kubernetesMemoryLimit: '8Gi',
        },
      ],
      document: {
        outputs: { files: ['out.txt'] },
        workflow: { type: 'serial', specification: { steps: [{ name: 'one' }] } },
      },
    });
    expect(spec?.inputs.files.map(({ path, span }) => [path, good.slice(span.start, span.end)])).toEqual([
      ['code/a.py', 'code/a.py'],
    ]);
  });

  it.each([
    [
      'version: 1.0\nworkflow: {type: serial}',
      [
        'warning reana/missing-inputs [version] the specification has no `inputs`',
        'error reana/wrong-type [1.0] `version` must be a text, not a number (put it in quotes)',
        'error reana/missing-workflow-file [workflow] a serial workflow needs a `specification`',
      ],
    ],
    ['inputs: {}', ['error reana/missing-workflow [inputs] the specification has no `workflow`']],
    ['- a', ['error reana/wrong-type [- a] `reana.yaml` must be a mapping, not a list']],
    [
      'workflow: {file: x}',
      [
        'error reana/missing-workflow-type [workflow] `workflow` has no `type` (give it one of `serial`, `cwl`, `yadage`, `snakemake`)',
      ],
    ],
    [
      'workflow: {type: seriel}',
      [
        'error reana/unknown-workflow-type [seriel] unknown type of workflow `seriel` (did you mean `serial`?)',
      ],
    ],
    [
      'input: {}\nworkflw: {typ: cwl}',
      [
        'warning reana/unknown-field [input] unknown field `input` in `reana.yaml` (did you mean `inputs`?)',
        'error reana/missing-workflow [workflw] the specification has no `workflow`, but `workflw` (did you mean `workflow`?)',
      ],
    ],
    [
      'input: {}\nworkflow: {tpye: cwl}',
      [
        'warning reana/unknown-field [input] unknown field `input` in `reana.yaml` (did you mean `inputs`?)',
        'error reana/missing-workflow-type [tpye] `workflow` has no `type`, but `tpye` (did you mean `type`?)',
      ],
    ],
    [
      'input: {}\nworkflow: {type: cwl, fiel: main.cwl}',
      [
        'warning reana/unknown-field [input] unknown field `input` in `reana.yaml` (did you mean `inputs`?)',
        'error reana/missing-workflow-file [fiel] a cwl workflow needs a `file`, but `fiel` (did you mean `file`?)',
      ],
    ],
    [
      'inputs: {}\nworkflow: {type: serial, specificaton: {}}',
      [
        'error reana/missing-workflow-file [specificaton] a serial workflow needs a `specification`, but `specificaton` (did you mean `specification`?)',
      ],
    ],
    [
      'inputs: {}\nworkflow: {type: serial, specification: {stpes: []}}',
      [
        'error reana/missing-steps [stpes] a serial workflow needs at least one step, but `stpes` (did you mean `steps`?)',
      ],
    ],
    [
      'inputs: {}\nworkflow: {type: serial, specification: here}',
      ['error reana/wrong-type [here] `workflow.specification` must be a mapping, not a text'],
    ],
    [
      'inputs: {}\nworkflow: {type: seriel, fil: x}',
      [
        'error reana/unknown-workflow-type [seriel] unknown type of workflow `seriel` (did you mean `serial`?)',
        'warning reana/unknown-field [fil] unknown field `fil` in `workflow` (did you mean `file`?)',
      ],
    ],
    [
      'inputs: {options: {TARGET: first}}\nworkflow: {type: cwl, specification: {}}',
      [
        'warning reana/bad-option [TARGET] `TARGET` of a CWL workflow is refused: servers of 0.9 get it as `--target`, which they do not know',
      ],
    ],
    [
      'inputs: {fils: []}\nworkflow: {type: cwl, file: main.cwl}',
      [
        'warning reana/unknown-field [fils] unknown field `fils` in `inputs` (did you mean `files`?)',
        'error reana/missing-workflow-file [main.cwl] the workflow file `main.cwl` does not exist',
      ],
    ],
  ])('has its outline checked: %s', (text, expected) => {
    expect(check(text).lines).toEqual(expected);
  });

  it.each([
    [
      'commands: [true, x]',
      'commands: []',
      ['error reana/missing-commands [commands] step `one` has no `commands`'],
    ],
    [
      'commands: [true, x]',
      'commands: [null]',
      [
        'error reana/wrong-type [null] `workflow.specification.steps[0].commands[0]` must be a text, not empty',
      ],
    ],
    [
      'kubernetes_memory_limit: 8Gi',
      'kubernetes_job_timeout: 1.5',
      [
        'error reana/wrong-type [1.5] `workflow.specification.steps[0].kubernetes_job_timeout` must be a whole number, not a fraction',
      ],
    ],
    [
      'outputs:',
      'workspace: {retention_days: {"": 3}}\noutputs:',
      ['warning reana/bad-retention [""] the pattern is empty, so it stands for no files'],
    ],
    [
      'python:3.12',
      'python:3.12:latest',
      ['error reana/bad-image [python:3.12:latest] `python:3.12:latest` cannot be the name of an image'],
    ],
    [
      "commands: ['python",
      "comands: ['python",
      [
        'error reana/missing-commands [comands] step `one` has no `commands`, but `comands` (did you mean `commands`?)',
      ],
    ],
    [
      'environment: python:3.12',
      'enviroment: python:3.12',
      [
        'error reana/missing-environment [enviroment] step `one` has no `environment`, but `enviroment` (did you mean `environment`?)',
      ],
    ],
    [
      'environment: python:3.12',
      'x: 1',
      [
        'error reana/missing-environment [name] step `one` has no `environment`',
        'warning reana/unknown-field [x] unknown field `x` in `workflow.specification.steps[0]`',
      ],
    ],
    [
      'python:3.12',
      'registry:5000/python',
      [
        'warning reana/image-without-tag [registry:5000/python] image `registry:5000/python` has no fixed tag, so it can be another one tomorrow',
      ],
    ],
    ['python:3.12', 'python@sha256:abc', []],
    [
      '8Gi',
      '8 GB',
      [
        'error reana/bad-kubernetes-memory-limit [8 GB] `8 GB` is no amount of memory; write for example `8Gi` or `512Mi`',
      ],
    ],
    [
      '8Gi',
      '8',
      [
        'error reana/wrong-type [8] `workflow.specification.steps[0].kubernetes_memory_limit` must be a text, not a number (put it in quotes)',
      ],
    ],
    [
      'kubernetes_memory_limit: 8Gi',
      'compute_backend: slurmcrn',
      [
        'error reana/bad-compute-backend [slurmcrn] unknown compute backend `slurmcrn` (did you mean `slurmcern`?)',
      ],
    ],
    [
      '${n}',
      '${m} ${HOME} ${i} $x',
      [
        'warning reana/undefined-parameter [${m}] `${m}` is used here, but `inputs.parameters` has no `m` (did you mean `n`?)',
        'warning reana/undefined-parameter [${i}] `${i}` is used here, but `inputs.parameters` has no `i` (did you mean `n`?)',
      ],
    ],
    [
      'python code',
      'sudo python code',
      [
        'warning reana/dangerous-command [sudo] `sudo` in step `one` does not work everywhere: commands run unprivileged, in the workspace',
      ],
    ],
    [
      '[code/a.py]',
      '[/etc/passwd, ../x, "", a//b]',
      [
        'error reana/bad-path [/etc/passwd] path `/etc/passwd` in `inputs.files` must be relative',
        'error reana/bad-path [../x] path `../x` in `inputs.files` must not contain `..`',
        'error reana/bad-path [""] path `` in `inputs.files` is empty',
      ],
    ],
    [
      '[code/a.py]',
      '[conf/a, conf]',
      [
        'error reana/repeated-input [conf/a] input `conf/a` lies in `conf/`, which is an input too',
        'error reana/repeated-input [conf] input `conf` is declared twice',
      ],
    ],
    [
      'n: 3}',
      'n: 3}\n  options: {TARGT: x}',
      [
        'error reana/unknown-option [TARGT] a serial workflow has no operational option `TARGT` (did you mean `TARGET`?)',
      ],
    ],
  ])('has its details checked: %s -> %s', (from, to, expected) => {
    const text = from === 'commands: [true, x]' ? good.replace(/commands: .*/, to) : good.replace(from, to);
    expect(check(text).lines).toEqual(expected);
  });

  it.each([
    ['inputs:\n', 'inputs: 42\nversion: "1"\nx:\n'],
    ['  parameters: {', '  paramters: {'],
    ['{word: hi, n: 3}', '[word, n]'],
  ])('whose parameters cannot be read calls none of them undefined: %s -> %s', (from, to) => {
    const { lines } = check(good.replace(from, to));
    expect(lines).not.toEqual([]);
    expect(lines.join('\n')).not.toContain('undefined-parameter');
  });

  it('knows the names of steps that it could not read', () => {
    const text = good
      .replace('name: one', 'name: [one]')
      .replace('n: 3}', 'n: 3}\n  options: {TARGET: first, FROM: one}');
    expect(check(text).lines.filter((line) => line.includes('bad-option'))).toEqual([]);
    const lacking = good
      .replace(/commands: .*/, '')
      .replace('n: 3}', 'n: 3}\n  options: {TARGET: one, FROM: oen}');
    expect(check(lacking).lines.filter((line) => line.includes('bad-option'))).toEqual([
      'error reana/bad-option [oen] there is no step `oen` (did you mean `one`?)',
    ]);
  });

  describe('of a CWL workflow', () => {
    const document = (job: string): Readonly<Record<string, string>> => ({
      'main.cwl': 'cwlVersion: v1.0\nclass: Workflow\ninputs: {data: File, n: int}\noutputs: []\nsteps: []\n',
      'job.yml': job,
    });
    const specification = (input: string): string =>
      `inputs:\n  files: [gone.txt]\n  parameters: {input: ${input}}\nworkflow: {type: cwl, file: main.cwl}\n`;

    it.each([
      [
        '[job.yml]',
        '',
        [
          'error reana/wrong-type [[job.yml]] `input` names the file with the parameters, so it must be a text, not a list',
        ],
      ],
      ['job.yml', 'n: 1\n data: 3\n', [expect.stringContaining('error yaml/syntax')]],
      [
        'job.yml',
        'n: 1\ndata: {class: File, pth: a}\n',
        [
          expect.stringContaining(
            '`data` has neither `path` nor `location`, but `pth` (did you mean `path`?)',
          ),
        ],
      ],
      [
        'job.yml',
        'n: 1\ndata: {class: File, path: 3}\n',
        [expect.stringContaining('the path of `data` must be a text, not a number')],
      ],
      ['job.yml', 'n: 1\ndata: {class: File, contents: here}\n', []],
      ['job.yml', 'n: 1\ndata: {class: File, path: gone.txt}\n', []],
    ])('has the values of its inputs looked at: %s, %j', (input, job, expected) => {
      const findings = new Findings();
      const texts = { 'reana.yaml': specification(input), ...document(job) };
      readReanaSpec('reana.yaml', readerOf(texts), findings, { kindOf: () => 'missing' });
      const lines = findings
        .sorted()
        .filter(({ span }) => texts['reana.yaml'].slice(span.start, span.end) !== 'gone.txt')
        .map(({ severity, code, span, message, help }) => {
          const text = (texts as Readonly<Record<string, string>>)[span.file] ?? '';
          const place = text.slice(span.start, span.end);
          return `${severity} ${code} [${place}] ${message}${help === undefined ? '' : ` (${help})`}`;
        });
      expect(lines).toEqual(expected);
    });
  });

  it('sends the defaults of a CWL workflow with their floats', () => {
    const texts = {
      'reana.yaml': 'inputs: {parameters: {}}\nworkflow: {type: cwl, file: w.cwl}\n',
      'w.cwl':
        'cwlVersion: v1.2\nclass: Workflow\ninputs: {a: {type: float, default: 5.0}}\noutputs: []\nsteps:\n' +
        '  s: {run: t.cwl, in: {x: {source: a, default: [1, 2.0]}}, out: []}\n',
      't.cwl':
        'cwlVersion: v1.2\nclass: CommandLineTool\nbaseCommand: "true"\ninputs: {x: Any}\noutputs: []\n',
    };
    const spec = readReanaSpec('reana.yaml', readerOf(texts), new Findings());
    const sent = pythonJson(spec?.document);
    expect(sent).toContain('"default":5.0');
    expect(sent).toContain('"default":[1,2.0]');
  });

  it('may keep serial steps in a file of its own', () => {
    const text = 'inputs: {}\nworkflow: {type: serial, file: wf/steps.json}\n';
    const { spec, lines } = check(text, {
      'wf/steps.json': '{"steps": [{"environment": "a:1", "commands": ["true"]}]}',
    });
    expect(lines).toEqual([]);
    expect(spec?.steps).toHaveLength(1);
    expect(spec?.document['workflow']).toMatchObject({ specification: { steps: [{ commands: ['true'] }] } });
  });

  it('that is not YAML at all has a finding and no more', () => {
    const { spec, lines } = check('a: [1,\n');
    expect(spec).toBeUndefined();
    expect(lines).toHaveLength(1);
    expect(check('').lines).toEqual(['error yaml/empty [] the file has no content']);
  });
});

describe('parameters in commands', () => {
  it('are filled as Python fills a template, and unknown names stay', () => {
    const values = { a: 'x y', n: 1.5, t: true, none: null, list: ['p', 2] };
    expect(substituteParameters('$a ${a}b ${n} $t $none ${list} $$a $b ${c} $1 ${} $', values)).toBe(
      "x y x yb 1.5 True None ['p', 2] $a $b ${c} $1 ${} $",
    );
    // What Python 3.11 prints for the same values.
    const odd = {
      list: ["it's", 'say "hi"', 'both \'"', 'tab\t', 'bs\\', 'é', '\u007f', '\u00a0', '\u200b', '\u{1f600}'],
      map: { "a'b": 1, 'c"d': null },
      numbers: [true, new PythonFloat(1), 1e22, -7, new PythonFloat(1e-7)],
    };
    expect(substituteParameters('$list $map $numbers', odd)).toBe(
      String.raw`["it's", 'say "hi"', 'both \'"', 'tab\t', 'bs\\', 'é', '\x7f', '\xa0', '\u200b', '😀'] ` +
        `{"a'b": 1, 'c"d': None} [True, 1.0, 10000000000000000000000, -7, 1e-07]`,
    );
    expect(substituteParameters('${toString} $constructor', {})).toBe('${toString} $constructor');
  });

  it('are told from variables of the shell', () => {
    expect(referencedNames('$$x ${y} $z')).toEqual([
      { name: 'y', braced: true, start: 4, end: 8 },
      { name: 'z', braced: false, start: 9, end: 11 },
    ]);
    expect(isShellVariable('HOME', '')).toBe(true);
    expect(isShellVariable('i', 'for i in 1 2; do echo ${i}; done')).toBe(true);
    expect(isShellVariable('x', 'x=1; echo ${x}')).toBe(true);
    expect(isShellVariable('x', 'echo ${x}')).toBe(false);
  });
});

describeWithShared('real specifications', () => {
  const readText: ReadText = (path) => {
    try {
      return { ok: true, text: readFileSync(path, 'utf8') };
    } catch (error) {
      return { ok: false, reason: 'missing', detail: String(error) };
    }
  };
  const specifications = readdirSync(sharedPath('corpus/reana'), { recursive: true, encoding: 'utf8' })
    .filter(
      (name) => /(^|\/)reana[^/]*\.ya?ml$/.test(name) && statSync(sharedPath('corpus/reana', name)).isFile(),
    )
    .sort();

  it('are there', () => expect(specifications.length).toBeGreaterThan(20));

  it.each(specifications)('%s has no errors', (name) => {
    const findings = new Findings();
    const spec = readReanaSpec(join(sharedPath('corpus/reana'), name), readText, findings);
    expect(findings.sorted().filter((finding) => finding.severity === 'error')).toEqual([]);
    expect(spec?.kind === 'serial').toBe(spec?.steps !== undefined);
  });
});
