import { describe, expect, test } from 'vitest';
import type { GraphStep } from '../../src/workflow/drawing/graph.ts';
import { deep, edgeWords, graphFrom, step, workflow } from './workflows.ts';

function tree(steps: readonly GraphStep[]): unknown[] {
  return steps.map(({ name, type, times, loop, parameters, gate, inner }) => {
    const words = [
      type,
      times === undefined ? '' : `×${times}`,
      loop ? `loop of ${parameters.join()}` : '',
      gate === undefined ? '' : `${gate.negated ? 'not ' : ''}[${gate.text}]`,
    ];
    const line = `${name}: ${words.filter((word) => word !== '').join(' ')}`;
    return inner === undefined ? line : [line, ...tree(inner)];
  });
}

describe('the graph of a workflow', () => {
  test('keeps sub-workflows, scatter, loops and conditions', () => {
    expect(tree(graphFrom(deep).steps)).toEqual([
      'prepare: prun',
      [
        'per_sample: workflow ×n',
        'simulate: prun',
        'tune: phpo',
        ['learn: workflow loop of rate', 'points: prun', 'train: prun', 'converged: junction'],
        'trigger: gitlab',
        'summarise: prun [train ok or trigger ok]',
      ],
      'publish: reana [summarise ok]',
      'apology: prun not [summarise failed]',
    ]);
  });

  test('leads every edge to the step that uses the data, each once', () => {
    expect(edgeWords(graphFrom(deep, { samples: ['a', 'b', 'c'] })).sort()).toEqual(
      [
        'calibration>prepare given main',
        'samples>simulate given main',
        'prepare>simulate started secondary calib.db',
        'simulate>points started main hits.root',
        'simulate>tune started main hits.root',
        'points>train started main points.npz',
        'train>converged processed main metrics.json',
        'converged>learn repeats none',
        'tune>trigger processed main',
        'train>[?]summarise processed main model.pt',
        'trigger>[?]summarise processed main',
        'summarise>[?]publish processed main summary.json',
        'summarise>[?]apology failed none',
        'publish>limits given main limits.tar',
        'apology>report given main sorry.txt',
      ].sort(),
    );
  });

  test('counts the copies that scatter makes once the inputs are known', () => {
    const [, scattered] = graphFrom(deep, { samples: ['a', 'b', 'c'] }).steps;
    expect(scattered).toMatchObject({ name: 'per_sample', times: '3' });
    expect(scattered?.inner?.map(({ times }) => times)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('tells main from secondary data between the same two steps', () => {
    const main = workflow({
      a: step({ outputs: 'x.root,y.root' }),
      b: step({
        in: {
          opt_inDS: 'a/outDS',
          opt_inDsType: { default: 'x.root' },
          opt_secondaryDSs: ['a/outDS'],
          opt_secondaryDsTypes: { default: ['y.root'] },
        },
      }),
    });
    expect(edgeWords(graphFrom({ 'main.cwl': main }))).toEqual([
      'a>b started main x.root',
      'a>b started secondary y.root',
    ]);
  });

  test('lets nothing enter a sub-workflow past its condition', () => {
    const files = {
      'main.cwl': workflow(
        { a: step({}), b: step({ run: 'sub.cwl', in: { x: 'a/outDS' }, more: { when: '$(self.x)' } }) },
        { outputs: { outDS: 'b/outDS' } },
      ),
      'sub.cwl': workflow(
        { c: step({ in: { opt_inDS: 'x' } }) },
        { inputs: { x: 'string' }, outputs: { outDS: 'c/outDS' } },
      ),
    };
    const graph = graphFrom(files);
    expect(edgeWords(graph).filter((words) => words.startsWith('a>'))).toEqual([
      expect.stringMatching(/^a>\[\?\]b processed/),
    ]);
  });

  test('shows values as edges to the sub-workflow that takes them but hands them to no step', () => {
    const files = {
      'main.cwl': workflow(
        { b: step({ run: 'sub.cwl', in: { x: 'number' } }) },
        { inputs: { number: 'int' } },
      ),
      'sub.cwl': workflow({ c: step({}) }, { inputs: { x: 'int' } }),
    };
    expect(edgeWords(graphFrom(files))).toEqual(['number>b given none']);
  });

  test('draws steps that wait for each other in a circle', () => {
    const main = workflow({
      a: step({ in: { opt_inDS: 'c/outDS' } }),
      b: step({ in: { opt_inDS: 'a/outDS' } }),
      c: step({ in: { opt_inDS: 'b/outDS' } }),
      d: step({}),
    });
    const graph = graphFrom({ 'main.cwl': main });
    expect(graph.steps.map(({ name }) => name).sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(edgeWords(graph)).toEqual(['c>a processed main', 'a>b processed main', 'b>c processed main']);
  });

  test('draws a sub-workflow whose file is missing as a box without steps', () => {
    const main = workflow({ a: step({ run: 'nowhere.cwl' }) });
    expect(graphFrom({ 'main.cwl': main }).steps).toMatchObject([{ name: 'a', type: 'workflow', inner: [] }]);
  });

  test('draws a circle inside of a sub-workflow, too', () => {
    const files = {
      'main.cwl': workflow({ outer: step({ run: 'sub.cwl' }) }),
      'sub.cwl': workflow({
        a: step({ in: { opt_inDS: 'b/outDS' } }),
        b: step({ in: { opt_inDS: 'a/outDS' } }),
      }),
    };
    expect(edgeWords(graphFrom(files))).toEqual(['b>a processed main', 'a>b processed main']);
  });

  test('folds a thousand copies into one step with one edge', () => {
    const main = workflow(
      {
        many: step({ in: { opt_inDS: 'data' }, more: { scatter: ['opt_inDS'] } }),
        merge: step({ in: { opt_inDS: 'many/outDS' } }),
      },
      { inputs: { data: 'string[]' } },
    );
    const data = Array.from({ length: 1000 }, (_, index) => `dataset${index}`);
    const graph = graphFrom({ 'main.cwl': main }, { data });
    expect(graph.steps).toHaveLength(2);
    expect(graph.steps[0]).toMatchObject({ times: '1000' });
    expect(edgeWords(graph)).toEqual(['data>many given main', 'many>merge processed main out.root']);
  });
});
