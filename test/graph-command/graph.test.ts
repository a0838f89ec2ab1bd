import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliRig } from '../rigs/cli.ts';
import { decodePng, parseDot, parseMermaid, parseXml } from '../workflow-drawing/formats.ts';

let rig: CliRig;
beforeAll(() => {
  rig = new CliRig();
  rig.useExample('limit-scan');
  rig.write({
    'circle.cwl': JSON.stringify({
      cwlVersion: 'v1.2',
      class: 'Workflow',
      inputs: [],
      outputs: [],
      steps: {
        a: { run: 'prun', in: { opt_inDS: 'b/outDS', opt_exec: { default: 'x' } }, out: ['outDS'] },
        b: { run: 'prun', in: { opt_inDS: 'a/outDS', opt_exec: { default: 'x' } }, out: ['outDS'] },
      },
    }),
    'tool.cwl': JSON.stringify({
      cwlVersion: 'v1.2',
      class: 'CommandLineTool',
      baseCommand: 'true',
      inputs: [],
      outputs: [],
    }),
    'broken.cwl': 'class: [',
  });
});
afterAll(() => rig.remove());

const written = (name: string): string => readFileSync(join(rig.work, name), 'utf8');

describe('pchain graph', () => {
  it('prints the drawing for terminals when nothing else is asked for', async () => {
    const { exitCode, stdout, stderr } = await rig.run(['graph', 'limit-scan.cwl']);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('│ histograms │');
    expect(stdout).toContain('║ limits        ║');
  });

  it('draws in the format that the name of the file says', async () => {
    for (const name of ['a.svg', 'a.png', 'a.dot', 'a.gv', 'a.mmd', 'a.txt', 'A.SVG']) {
      const { exitCode, stdout, stderr } = await rig.run(['graph', 'limit-scan.cwl', '-o', name]);
      expect([exitCode, stdout, stderr]).toEqual([0, '', `drew 5 steps to ${name}\n`]);
    }
    expect(parseXml(written('a.svg')).name).toBe('svg');
    expect(written('A.SVG')).toBe(written('a.svg'));
    expect(decodePng(readFileSync(join(rig.work, 'a.png'))).width).toBeGreaterThan(400);
    expect(parseDot(written('a.dot')).nodes.size).toBe(10);
    expect(written('a.gv')).toBe(written('a.dot'));
    expect(parseMermaid(written('a.mmd')).nodes.size).toBe(10);
    expect(written('a.txt')).toContain('│ histograms │');
  });

  it('prints SVG, DOT and Mermaid, and nothing else', async () => {
    const svg = await rig.run(['graph', 'limit-scan.cwl', '--format', 'svg']);
    expect(parseXml(svg.stdout).attributes['role']).toBe('img');
    const dot = await rig.run(['graph', 'limit-scan.cwl', '--format', 'dot']);
    expect(parseDot(dot.stdout).edges).toHaveLength(9);
    const mermaid = await rig.run(['graph', 'limit-scan.cwl', '--format', 'mermaid']);
    expect(parseMermaid(mermaid.stdout).edges).toHaveLength(9);
    expect([svg, dot, mermaid].map(({ stderr, exitCode }) => [exitCode, stderr])).toEqual([
      [0, ''],
      [0, ''],
      [0, ''],
    ]);
  });

  it('lets --format win over the name', async () => {
    await rig.run(['graph', 'limit-scan.cwl', '--format', 'dot', '-o', 'drawing.svg']);
    expect(written('drawing.svg')).toMatch(/^digraph "limit-scan.cwl" \{/);
  });

  it('takes the values of the inputs', async () => {
    const { exitCode, stderr } = await rig.run([
      'graph',
      'limit-scan.cwl',
      '--yaml',
      'inputs.yaml',
      '-o',
      'b.svg',
      '-q',
    ]);
    expect([exitCode, stderr]).toEqual([0, '']);
    // Once the inputs are known, so is the type of what `signal` makes.
    expect(written('b.svg')).toContain('>signal.txt</text>');
  });

  it('draws a workflow with faults as far as it can be, and says what they are', async () => {
    const { exitCode, stdout, stderr } = await rig.run(['graph', 'circle.cwl', '--format', 'dot']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('error[workflow/cycle] steps wait for each other in a circle');
    expect(parseDot(stdout).edges).toHaveLength(2);
  });

  it('only says what is wrong where nothing can be drawn', async () => {
    const broken = await rig.run(['graph', 'broken.cwl', '-o', 'none.svg']);
    expect([broken.exitCode, broken.stdout]).toEqual([1, '']);
    expect(broken.stderr).toContain('error[yaml/syntax]');
    const missing = await rig.run(['graph', 'nowhere.cwl', '-o', 'none.svg']);
    expect(missing.exitCode).toBe(1);
    expect(missing.stderr).toContain('`nowhere.cwl` does not exist');
    expect(() => statSync(join(rig.work, 'none.svg'))).toThrow();
  });

  it('refuses documents that are no workflow for PanDA', async () => {
    const { exitCode, stderr } = await rig.run(['graph', 'tool.cwl']);
    expect(exitCode).toBe(33);
    expect(stderr).toContain('error: `tool.cwl` is no workflow for PanDA, and no others can be drawn yet\n');
  });

  it.each([
    [['-o', 'drawing.pdf'], 2, 'error: the name `drawing.pdf` does not tell which format is wanted\n'],
    [['--format', 'png'], 2, 'error: a PNG picture is not printed\nhint: name a file for it with -o\n'],
    [
      ['--format', 'svg', '-o', './limit-scan.cwl'],
      2,
      'error: `-o ./limit-scan.cwl` would overwrite what is to be drawn\n',
    ],
    [['-o', 'no/such/folder.svg'], 3, 'error: the drawing cannot be written to `no/such/folder.svg`: '],
  ])('fails for %j', async (options, code, words) => {
    const { exitCode, stdout, stderr } = await rig.run(['graph', 'limit-scan.cwl', ...options]);
    expect([exitCode, stdout]).toEqual([code, '']);
    expect(stderr).toContain(words);
  });
});
