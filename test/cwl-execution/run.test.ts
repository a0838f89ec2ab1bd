// What other runners make of a document, made here as well. The answers are those of cwltool.
import { describe, expect, it } from 'vitest';
import { runCwl } from './rig.ts';

const tool = (rest: string): string => `cwlVersion: v1.2\nclass: CommandLineTool\n${rest}`;

describe('values on their way to a step', () => {
  it('are put into a list by `merge_nested`, also one alone', async () => {
    const { outputs } = await runCwl(
      `
cwlVersion: v1.2
class: Workflow
requirements: {MultipleInputFeatureRequirement: {}, InlineJavascriptRequirement: {}}
inputs: {c: int}
outputs: {o: {type: Any, outputSource: s/r}}
steps:
  s:
    run:
      class: ExpressionTool
      inputs: {x: Any}
      outputs: {r: Any}
      expression: '\${return {r: inputs.x};}'
    in: {x: {source: c, linkMerge: merge_nested}}
    out: [r]
`,
      'c: 7',
    );
    expect(outputs).toEqual({ o: [7] });
  });

  it('are an `int` within 32 bits only', async () => {
    const echo = tool('baseCommand: "true"\ninputs: {a: int}\noutputs: []\n');
    expect((await runCwl(echo, 'a: 2147483647')).failure).toBeUndefined();
    expect((await runCwl(echo, 'a: -2147483648')).failure).toBeUndefined();
    expect((await runCwl(echo, 'a: 2147483648')).failure).toBe('input `a` must be int, not `2147483648`');
  });
});

describe('the end of a tool', () => {
  const ending = (status: number, codes: string): string =>
    tool(`baseCommand: [sh, -c, 'exit ${status}']\n${codes}\ninputs: []\noutputs: []\n`);

  it('is good with status 0, also where other codes are good as well', async () => {
    expect((await runCwl(ending(0, 'successCodes: [3]'))).failure).toBeUndefined();
    expect((await runCwl(ending(3, 'successCodes: [3]'))).failure).toBeUndefined();
    expect((await runCwl(ending(4, 'successCodes: [3]'))).failure).toBe('step `main` failed with status 4');
  });

  it('is bad with status 0 where the tool says so', async () => {
    expect((await runCwl(ending(0, 'permanentFailCodes: [0]'))).failure).toBe(
      'step `main` failed with status 0',
    );
    expect((await runCwl(ending(0, 'temporaryFailCodes: [0]'))).failure).toBe(
      'step `main` failed with status 0, which the tool calls temporary',
    );
  });
});

describe('outputs', () => {
  it('are one file where `outputEval` gives a list of one', async () => {
    const renamed = tool(`
requirements: {InlineJavascriptRequirement: {}}
baseCommand: [touch, a.txt, b.txt]
inputs: []
outputs:
  f: {type: File, outputBinding: {glob: a.txt, outputEval: "\${ self[0].basename = 'c.txt'; return self; }"}}
  g: {type: 'File?', outputBinding: {glob: '*.none', outputEval: $(self)}}
`);
    const { outputs } = await runCwl(renamed);
    expect(outputs).toMatchObject({ f: { class: 'File', basename: 'c.txt' }, g: null });
    const two = tool(`
baseCommand: [touch, a.txt, b.txt]
inputs: []
outputs: {f: {type: File, outputBinding: {glob: '*.txt', outputEval: $(self)}}}
`);
    expect((await runCwl(two)).failure).toBe('step `main` output `f`: 2 files match, but it is one');
  });

  it('may stand in a directory that the stream of a tool needs', async () => {
    const { outputs } = await runCwl(
      tool(`
baseCommand: [sh, -c, 'echo out; echo err >&2']
stdout: logs/today/out.txt
stderr: logs/err.txt
inputs: []
outputs: {o: stdout, e: stderr}
`),
    );
    expect(outputs).toMatchObject({
      o: { basename: 'out.txt', size: 4 },
      e: { basename: 'err.txt', size: 4 },
    });
  });

  it('lack secondary files without harm in v1.0, too', async () => {
    const { outputs } = await runCwl(`
cwlVersion: v1.0
class: CommandLineTool
baseCommand: [touch, a.bam]
inputs: []
outputs: {o: {type: File, secondaryFiles: [.bai], outputBinding: {glob: a.bam}}}
`);
    expect(outputs).toMatchObject({ o: { basename: 'a.bam' } });
  });

  it('are found by `[!a]` as by a shell', async () => {
    const { outputs } = await runCwl(
      tool(`
requirements: {InlineJavascriptRequirement: {}}
baseCommand: [touch, a1, b1, c1, '^1', '!1']
inputs: []
outputs:
  not: {type: 'string[]', outputBinding: {glob: '[!ab^]1', outputEval: "$(self.map(function(f) { return f.basename; }))"}}
  range: {type: 'string[]', outputBinding: {glob: '[!a-c]1', outputEval: "$(self.map(function(f) { return f.basename; }))"}}
`),
    );
    expect(outputs).toEqual({ not: ['!1', 'c1'], range: ['!1', '^1'] });
  });
});

describe('what is written into the work directory', () => {
  it('is JSON with sorted names and nothing but ASCII, as elsewhere', async () => {
    const { outputs } = await runCwl(
      tool(`
requirements:
  InitialWorkDirRequirement: {listing: [{entryname: a.json, entry: $(inputs.o)}]}
baseCommand: 'true'
inputs: {o: Any}
outputs:
  t: {type: string, outputBinding: {glob: a.json, loadContents: true, outputEval: '$(self[0].contents)'}}
`),
      'o: {z: [1, {k: "é😀", b: "\\t"}], a: true, Ä: null}',
    );
    expect(outputs).toEqual({
      t: String.raw`{"a": true, "z": [1, {"b": "\t", "k": "\u00e9\ud83d\ude00"}], "\u00c4": null}`,
    });
  });
});

describe('a whole float', () => {
  const numbers = tool(`
requirements:
  InlineJavascriptRequirement: {}
  InitialWorkDirRequirement: {listing: [{entryname: a.json, entry: $(inputs)}]}
  ResourceRequirement: {ramMin: $(inputs.a)}
baseCommand: [echo]
stdout: out_$(inputs.a).txt
inputs:
  a: {type: float, inputBinding: {prefix: --mass}}
  b: {type: 'double[]', inputBinding: {itemSeparator: ','}}
  c: {type: double, default: 7.0, inputBinding: {}}
  d: {type: double, inputBinding: {}}
  e: {type: [int, float], inputBinding: {valueFrom: 'e$(self)'}}
  f: {type: float, inputBinding: {valueFrom: '$(self * 2)'}}
outputs:
  out: stdout
  line: {type: string, outputBinding: {glob: out_*, loadContents: true, outputEval: '$(self[0].contents)'}}
  json: {type: string, outputBinding: {glob: a.json, loadContents: true, outputEval: '$(self[0].contents)'}}
  a: {type: float, outputBinding: {outputEval: $(inputs.a)}}
`);

  it('keeps its point in commands, names and files', async () => {
    const { outputs, failure } = await runCwl(
      numbers,
      'a: 500.0\nb: [1, 2.0, 1.0e+22, 1.23e5, 0.1]\nd: 1.0e-7\ne: 3.0\nf: 4.0\n',
    );
    expect(failure).toBeUndefined();
    expect(outputs).toMatchObject({
      out: { basename: 'out_500.0.txt' },
      line: '--mass 500.0 1,2.0,10000000000000000000000,123000,0.1 7.0 0.0000001 e3.0 8\n',
      json: '{"a": 500.0, "b": [1, 2.0, 1e+22, 123000, 0.1], "c": 7.0, "d": 1e-07, "e": 3.0, "f": 4.0}',
      a: 500,
    });
  });

  it('is no `int`, and goes through the steps of a workflow', async () => {
    expect(
      (await runCwl(tool('baseCommand: "true"\ninputs: {a: int}\noutputs: []\n'), 'a: 3.0')).failure,
    ).toBe('input `a` must be int, not `3`');
    const { outputs } = await runCwl(
      `
cwlVersion: v1.2
class: Workflow
requirements: {ScatterFeatureRequirement: {}, StepInputExpressionRequirement: {}}
inputs: {masses: 'float[]'}
outputs: {o: {type: 'File[]', outputSource: s/o}}
steps:
  s:
    scatter: mass
    in: {mass: masses, name: {valueFrom: 'hist_$(inputs.mass).txt'}}
    out: [o]
    run:
      class: CommandLineTool
      baseCommand: touch
      inputs: {mass: float, name: {type: string, inputBinding: {}}}
      outputs: {o: {type: File, outputBinding: {glob: hist_$(inputs.mass).txt}}}
`,
      'masses: [500.0, 750.5, 3]',
    );
    expect(outputs).toMatchObject({
      o: [{ basename: 'hist_500.0.txt' }, { basename: 'hist_750.5.txt' }, { basename: 'hist_3.txt' }],
    });
  });
});

describe('members of a list', () => {
  it('stand where other runners put them, with and without a position of the whole', async () => {
    const { outputs } = await runCwl(
      tool(`
baseCommand: echo
stdout: line
inputs:
  l: {type: {type: array, items: string, inputBinding: {prefix: -l}}}
  m: {type: {type: array, items: string, inputBinding: {prefix: -m}}, inputBinding: {position: 2}}
  f: {type: string, inputBinding: {position: 1}}
  g: {type: string, inputBinding: {position: 3}}
outputs:
  line: {type: string, outputBinding: {glob: line, loadContents: true, outputEval: '$(self[0].contents)'}}
`),
      'l: [a, b, c]\nm: [u, v]\nf: f\ng: g\n',
    );
    expect(outputs).toEqual({ line: '-l a -l b f -l c -m u -m v g\n' });
  });
});
