// The language of steps on the embedded engine, from documents to files: conditions, types of data, secondary inputs.
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RequestId } from '../../src/base/names.ts';
import { EngineBench } from '../rigs/engine-bench.ts';
import { document, leaf, part, planLoops } from '../rigs/loop-workflow.ts';

let bench: EngineBench;
beforeEach(() => {
  bench = new EngineBench(4);
});
afterEach(() => bench.remove());

function texts(id: RequestId, step: string): readonly string[] {
  const task = bench.task(id, step);
  const datasets = bench.engine.datasets(id).filter((one) => one.taskId === task.id);
  const files = datasets.flatMap((one) => bench.engine.files(one.name, id) ?? []);
  return files.map((file) => readFileSync(file.path, 'utf8').trim());
}

describe('conditions', () => {
  /** A step over three inputs, of which `c` fails. */
  const withCondition = (when: string): string =>
    document(
      '',
      'last/outDS',
      leaf('a', 'echo a > out.txt'),
      leaf('b', 'echo b > out.txt'),
      leaf('c', 'exit 1'),
      leaf('chosen', 'echo yes > out.txt', {
        inputs: 'opt_inDS: [a/outDS, b/outDS], opt_secondaryDSs: [c/outDS]',
        args: '--outputs out.txt --secondaryDSs IN2:1:%{SECDS1}',
      }).replace('}, out: [outDS]}', `}, out: [outDS], when: "$(${when})"}`),
      leaf('next', 'cat %IN > out.txt', { inputs: 'opt_inDS: chosen/outDS' }),
      leaf('last', 'cat %IN > out.txt', { inputs: 'opt_inDS: next/outDS' }),
    );

  it.each([
    ['self.opt_inDS[0] && self.opt_inDS[1]', true],
    ['self.opt_inDS[0] && !self.opt_secondaryDSs[0]', true],
    ['!self.opt_inDS[0] || !self.opt_secondaryDSs[0]', true],
    ['self.opt_inDS[0] && (self.opt_secondaryDSs[0] || self.opt_inDS[1])', true],
    [
      '(self.opt_inDS[0] || self.opt_secondaryDSs[0]) && !(self.opt_inDS[1] && self.opt_secondaryDSs[0])',
      true,
    ],
    ['self.opt_inDS[0] && self.opt_secondaryDSs[0]', false],
    ['!(self.opt_inDS[0] || self.opt_inDS[1])', false],
    ['!self.opt_inDS[0] || (self.opt_secondaryDSs[0] && self.opt_inDS[1])', false],
  ])('%s', async (when, isMet) => {
    const id = await bench.submit(planLoops({ 'main.cwl': withCondition(when) }));
    await bench.end(id);
    const skipped = ['chosen', 'next', 'last'].map((step) => bench.task(id, step).skipped);
    expect(skipped[0]).toBe(!isMet);
    // What waits for a step that was not needed is not needed either, at any distance.
    if (!isMet) expect(skipped).toEqual([true, true, true]);
  });
});

describe('data', () => {
  it('hands on the type that is asked for, and the tar of a wildcard', async () => {
    const main = document(
      '',
      'read/outDS',
      leaf('make', 'echo one > a.txt; echo two > b.dat; echo x > p1.csv; echo y > p2.csv', {
        args: '--outputs a.txt,b.dat,p*.csv',
      }),
      leaf('read', 'cat %IN > out.txt', { inputs: 'opt_inDS: make/outDS, opt_inDsType: {default: b.dat}' }),
      leaf('unpack', 'tar xzf %IN; cat p1.csv p2.csv > out.txt', {
        inputs: 'opt_inDS: make/outDS, opt_inDsType: {default: p*.csv}',
      }),
    );
    const id = await bench.submit(planLoops({ 'main.cwl': main }));
    expect((await bench.end(id)).status).toBe('Finished');
    expect(texts(id, 'read')).toEqual(['two']);
    expect(texts(id, 'unpack')).toEqual(['x\ny']);
  });

  it('gives secondary files by number, pattern and offset to each job', async () => {
    const main = document(
      '',
      'mix/outDS',
      leaf('points', 'echo %RNDM:1 > p.txt', { args: '--outputs p.txt --nJobs 2' }),
      leaf('noise', 'echo %RNDM:1 > n.txt', { args: '--outputs n.txt --nJobs 12' }),
      leaf('mix', 'cat $(echo %IN,%IN2 | tr , " ") > out.txt', {
        inputs: 'opt_inDS: points/outDS, opt_secondaryDSs: [noise/outDS]',
        args: '--outputs out.txt --nFilesPerJob 1 --secondaryDSs IN2:3:%{SECDS1}:_00000:1',
      }),
    );
    const plan = planLoops({ 'main.cwl': main });
    const id = await bench.submit(plan);
    expect((await bench.end(id)).status).toBe('Finished');
    expect(texts(id, 'mix')).toEqual(['1\n2\n3\n4', '2\n5\n6\n7']);
  });

  it('scatters over a list of the inputs and over what a scattered parent made, to any depth', async () => {
    const main = document(
      'masses: {type: "string[]", default: [a, b]}',
      'all/outDS',
      part('fits', 'fit.cwl', 'mass: masses', 'scatter: [mass]', 'scatterMethod: dotproduct'),
      part('plots', 'plot.cwl', 'data: fits/outDS', 'scatter: [data]', 'scatterMethod: dotproduct'),
      leaf('all', 'cat $(echo %IN | tr , " ") > out.txt', { inputs: 'opt_inDS: plots/outDS' }),
    );
    const fit = document('mass: string', 'deep/outDS', part('deep', 'deep.cwl', 'mass: mass'));
    const deep = document('mass: string', 'fit/outDS', leaf('fit', 'echo fit %{mass} > out.txt'));
    const plot = document(
      'data: string',
      'plot/outDS',
      leaf('plot', 'sed s/^/plot./ %IN > out.txt', { inputs: 'opt_inDS: data' }),
    );
    const id = await bench.submit(
      planLoops({ 'main.cwl': main, 'fit.cwl': fit, 'deep.cwl': deep, 'plot.cwl': plot }),
    );
    expect((await bench.end(id)).status).toBe('Finished');
    expect(texts(id, 'all')).toEqual(['plot.fit a\nplot.fit b']);
  });
});
