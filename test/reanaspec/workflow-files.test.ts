// Where a workflow and its parameters lie: the file with its process, the file with the parameters, the further files that REANA
// 0.95 takes along.
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Findings } from '../../src/base/finding.ts';
import { readReanaSpec } from '../../src/reanaspec/read.ts';
import { readerOf } from '../rigs/documents.ts';

const tool = (id: string, input: string): string =>
  `- id: ${id}\n  class: CommandLineTool\n  baseCommand: 'true'\n  inputs: {${input}: string}\n  outputs: []\n`;

const files: Readonly<Record<string, string>> = {
  'graph.cwl': `cwlVersion: v1.2\n$graph:\n${tool('main', 'word')}${tool('other', 'name')}`,
  'one.cwl': `cwlVersion: v1.2\n$graph:\n${tool('only', 'word')}`,
  'plain.cwl': 'cwlVersion: v1.2\nid: fit\nclass: Workflow\ninputs: {word: string}\noutputs: []\nsteps: []\n',
  'job.yml': 'word: hello\n',
  'lib/more.cwl': 'cwlVersion: v1.2\n',
};

function check(text: string, others: Readonly<Record<string, string>> = {}) {
  const findings = new Findings();
  const all: Readonly<Record<string, string>> = { ...files, ...others, 'reana.yaml': text };
  const readText = readerOf(all);
  const kindOf = (path: string) => {
    const name = posix.normalize(path).replace(/\/$/, '');
    if (Object.hasOwn(all, name)) return 'file';
    return name === '.' || Object.keys(all).some((file) => file.startsWith(`${name}/`))
      ? 'directory'
      : 'missing';
  };
  const spec = readReanaSpec('reana.yaml', readText, findings, { kindOf });
  const found = findings.sorted().filter(({ code }) => code !== 'reana/newer-field');
  return {
    spec,
    lines: found.map(
      (one) => `${one.severity} ${one.code} [${text.slice(one.span.start, one.span.end)}] ${one.message}`,
    ),
  };
}

describe('a CWL workflow', () => {
  const inFile = (name: string, parameters: string) =>
    check(`inputs: {parameters: ${parameters}}\nworkflow: {type: cwl, file: '${name}'}\n`).lines;

  it.each([
    ['graph.cwl', '{word: a}'],
    ['graph.cwl#main', '{word: a}'],
    ['graph.cwl#other', '{name: a}'],
    ['one.cwl', '{word: a}'],
    ['one.cwl#only', '{word: a}'],
    ['plain.cwl#fit', '{word: a}'],
    ['plain.cwl#', '{word: a}'],
  ])('%s takes %s', (name, parameters) => {
    expect(inFile(name, parameters)).toEqual([]);
  });

  it.each([
    ['graph.cwl', 'error reana/missing-parameter [wrod] the workflow needs a value for `word`'],
    ['graph.cwl#other', 'error reana/missing-parameter [wrod] the workflow needs a value for `name`'],
    ['one.cwl', 'error reana/missing-parameter [wrod] the workflow needs a value for `word`'],
  ])('%s is compared with its parameters', (name, line) => {
    expect(inFile(name, '{wrod: a}')).toEqual([
      line,
      'warning reana/unused-parameter [wrod] parameter `wrod` is no input of the workflow',
    ]);
  });

  it('is looked at in all its processes', () => {
    const hints = "  hints: {DockerRequirement: {dockerPull: 'a b'}, reana: {kuberos: true}}\n";
    const others = {
      'hints.cwl': `cwlVersion: v1.0\n$graph:\n${tool('main', 'word')}${tool('other', 'name')}${hints}`,
    };
    const text = 'inputs: {parameters: {word: a}}\nworkflow: {type: cwl, file: hints.cwl}\n';
    expect(check(text, others).lines).toEqual([
      expect.stringContaining('error reana/bad-image'),
      expect.stringContaining('warning reana/unknown-field'),
    ]);
  });

  it.each(['graph.cwl#nope', 'plain.cwl#nope'])('%s is not there', (name) => {
    expect(inFile(name, '{word: a}')).toEqual([
      `error reana/missing-workflow-file ['${name}'] there is no process \`nope\` in \`${name.split('#')[0] ?? ''}\``,
    ]);
  });
});

describe('the file with the parameters', () => {
  it.each([
    'inputs: {parameters: {input: job.yml}}\nworkflow: {type: cwl, file: plain.cwl}\n',
    'inputs: {}\nworkflow: {type: cwl, file: plain.cwl, parameters: {file: job.yml}}\n',
    'inputs: {parameters: {other: 1}}\nworkflow: {type: cwl, file: plain.cwl, parameters: {file: job.yml}}\n',
  ])('gives them all: %s', (text) => {
    const { spec, lines } = check(text);
    expect(lines).toEqual([]);
    expect(spec).toMatchObject({
      parameterFile: 'job.yml',
      inputs: { parameters: { word: 'hello' } },
      document: { inputs: { parameters: { word: 'hello' } } },
    });
  });

  it.each([
    [
      'inputs: {parameters: {input: job.yml}}\nworkflow: {type: cwl, file: plain.cwl, parameters: {file: job.yml}}\n',
      'error reana/parameter-file [job.yml] the file with the parameters is named twice: here, and by `input` in `inputs.parameters`; REANA takes one of them only',
    ],
    [
      'inputs: {}\nworkflow: {type: cwl, file: plain.cwl, parameters: {file: jbo.yml}}\n',
      'error reana/missing-parameter-file [jbo.yml] the parameter file `jbo.yml` does not exist',
    ],
    [
      "inputs: {}\nworkflow: {type: serial, parameters: {file: job.yml}, specification: {steps: [{environment: 'a:1', commands: ['true']}]}}\n",
      'error reana/parameter-file [job.yml] `workflow.parameters.file` is for CWL and Snakemake only; a serial workflow has its parameters in `inputs.parameters`',
    ],
    [
      'inputs: {parameters: {word: a}}\nworkflow: {type: cwl, file: plain.cwl, parameters: {}}\n',
      'error reana/parameter-file [{}] `workflow.parameters` is there to name a `file`; values belong into `inputs.parameters`',
    ],
    [
      'inputs: {parameters: {word: a}}\nworkflow: {type: cwl, file: plain.cwl, parameters: {fiel: job.yml}}\n',
      'error reana/parameter-file [fiel] `workflow.parameters` is there to name a `file`, but `fiel`; values belong into `inputs.parameters`',
    ],
  ])('can be wrong: %s', (text, line) => {
    expect(check(text).lines).toEqual([line]);
  });

  it('must be a text, which is said once', () => {
    const { lines } = check(
      'inputs: {}\nworkflow: {type: cwl, file: plain.cwl, parameters: {file: [job.yml]}}\n',
    );
    expect(lines).toEqual([expect.stringMatching(/^error reana\/wrong-type \[\[job\.yml\]\]/)]);
  });
});

describe('further files of a workflow', () => {
  const listed = (lists: string) =>
    check(`inputs: {parameters: {word: a}}\nworkflow: {type: cwl, file: plain.cwl, ${lists}}\n`).lines;

  it('may be files and directories', () => {
    expect(listed('files: [one.cwl], directories: [lib, lib/]')).toEqual([]);
  });

  it.each([
    ['files: [nope]', 'error reana/missing-input [nope] `nope` in `workflow.files` does not exist'],
    [
      'directories: [nope]',
      'error reana/missing-input [nope] `nope` in `workflow.directories` does not exist',
    ],
    ['files: [lib]', 'error reana/wrong-kind-of-input [lib] `lib` in `workflow.files` is a directory'],
    [
      'directories: [one.cwl]',
      'error reana/wrong-kind-of-input [one.cwl] `one.cwl` in `workflow.directories` is a file',
    ],
    [
      'files: [./one.cwl]',
      'error reana/bad-path [./one.cwl] path `./one.cwl` in `workflow.files` must be written without `.` and `//`',
    ],
    [
      'directories: [.]',
      'error reana/bad-path [.] path `.` in `workflow.directories` must be written without `.` and `//`',
    ],
    [
      'files: [../one.cwl]',
      'error reana/bad-path [../one.cwl] path `../one.cwl` in `workflow.files` must not contain `..`',
    ],
  ])('are looked for: %s', (lists, line) => {
    expect(listed(lists)).toEqual([line]);
  });
});

describe('a Dask cluster', () => {
  const steps = "specification: {steps: [{environment: 'a:1', commands: ['true']}]}";
  const inDask = (fields: string) =>
    check(`inputs: {}\nworkflow: {type: serial, resources: {dask: {${fields}}}, ${steps}}\n`).lines;

  it.each(['image: x:1', 'image: docker.io/x/y:1, single_worker_memory: 4Gi, number_of_workers: 2'])(
    'may be: %s',
    (fields) => {
      expect(inDask(fields)).toEqual([]);
    },
  );

  it.each([
    ['number_of_workers: 2', 'error reana/bad-dask [number_of_workers] a Dask cluster needs an `image`'],
    ['imag: x:1', 'error reana/bad-dask [imag] a Dask cluster needs an `image`, but `imag`'],
    ['image: a b', 'error reana/bad-image [a b] `a b` cannot be the name of an image'],
    ...['4GB', '0Gi', '1.5Gi', '4g', ''].map((amount): [string, string] => [
      `image: x:1, single_worker_memory: '${amount}'`,
      `error reana/bad-dask ['${amount}'] \`${amount}\` is no amount of memory for a Dask worker`,
    ]),
  ])('cannot be: %s', (fields, line) => {
    expect(inDask(fields)).toEqual([line]);
  });
});
