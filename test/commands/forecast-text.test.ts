import { describe, expect, it } from 'vitest';
import { renderForecast } from '../../src/commands/forecast-text.ts';
import { planCwl, readerOf } from '../rigs/documents.ts';
import { view } from '../terminal/view.ts';

const text = `cwlVersion: v1.2
class: Workflow
inputs: []
outputs: {outDS: {type: string, outputSource: merge/outDS}}
steps:
  make:
    run: prun
    in:
      opt_exec: {default: "bash make.sh --with-a-long-option-that-goes-on %RNDM:10"}
      opt_args: {default: "--outputs seed.txt --nJobs 3 --maxAttempt 4"}
    out: [outDS]
  merge:
    run: prun
    in:
      opt_inDS: make/outDS
      opt_exec: {default: "cat %IN > all.txt"}
      opt_args: {default: "--outputs all.txt --nFilesPerJob 3"}
    out: [outDS]
  sorry:
    run: prun
    in: {opt_inDS: make/outDS, opt_exec: {default: "echo no"}, opt_args: {default: "--outputs a@b"}}
    out: [outDS]
    when: $(!self.opt_inDS)
`;
const { plan } = planCwl('w.cwl', readerOf({ 'w.cwl': text }));

describe('a forecast as text', () => {
  it('has a block for each task, with a command that can be copied', () => {
    expect(renderForecast(plan, view())).toBe(`0 make  prun, 3 jobs
  output   user.alice.blah_000_make_seed.txt/
  log      user.alice.blah_000_make.log/
  command  prun --outputs seed.txt --nJobs 3 --maxAttempt 4 \\
             --exec 'bash make.sh --with-a-long-option-that-goes-on %RNDM:10' \\
             --outDS user.alice.blah_000_make

1 merge  prun, 1 job
  after    make
  input    user.alice.blah_000_make_seed.txt/
  output   user.alice.blah_001_merge_all.txt/
  log      user.alice.blah_001_merge.log/
  command  prun --outputs all.txt --nFilesPerJob 3 \\
             --inDS user.alice.blah_000_make_seed.txt/ --notExpandInDS \\
             --notExpandSecDSs --exec 'cat %IN > all.txt' \\
             --outDS user.alice.blah_001_merge

2 sorry  prun, 1 job
  after    make
  only if  make fails
  output   user.alice.blah_002_sorry_a@b/
           contains \`@\`, which no dataset name may have (30 characters)
  log      user.alice.blah_002_sorry.log/
  command  prun --outputs a@b --exec 'echo no' \\
             --outDS user.alice.blah_002_sorry

3 tasks, 5 jobs where the number is known; PanDA will not take 1 name
`);
  });

  it('is one table for a pipe, with the whole command in one cell', () => {
    const lines = renderForecast(plan, view({ isTty: false }))
      .replace(/\n$/, '')
      .split('\n');
    expect(lines[0]).toBe('id\tstep\ttype\tjobs\tfact\tvalue\tremark');
    expect(lines).toContain(
      "0\tmake\tprun\t3\tcommand\tprun --outputs seed.txt --nJobs 3 --maxAttempt 4 --exec 'bash make.sh --with-a-long-option-that-goes-on %RNDM:10' --outDS user.alice.blah_000_make\t",
    );
    expect(lines).toContain('2\tsorry\tprun\t1\tonly if\tmake fails\t');
    expect(lines.every((line) => line.split('\t').length === 7)).toBe(true);
  });

  it('explains the marks of a loop', () => {
    const body = `cwlVersion: v1.2
class: Workflow
inputs: {param_mass: {type: int, default: 5}}
outputs: {outDS: {type: string, outputSource: fit/outDS}}
steps:
  fit:
    run: prun
    in: {opt_exec: {default: "fit %{mass} %{i}"}, opt_args: {default: "--outputs a"}}
    out: [outDS]
`;
    const loop = `cwlVersion: v1.2
class: Workflow
inputs: []
outputs: {outDS: {type: string, outputSource: scan/outDS}}
steps: {scan: {run: body.cwl, in: [], out: [outDS], hints: [loop]}}
`;
    const looped = planCwl('w.cwl', readerOf({ 'w.cwl': loop, 'body.cwl': body })).plan;
    const shown = renderForecast(looped, view());
    expect(shown).toContain('0 fit  prun, 1 job in each iteration\n');
    expect(shown).toContain('user.alice.blah_000_fit.<iteration>_a/\n');
    expect(shown).toContain("--exec 'fit <mass> <iteration>'");
    expect(shown).toContain('`<iteration>` is 1, 2, … until a junction ends the loop');
    expect(shown.replaceAll('…', '')).not.toContain('___');
  });

  it('never breaks a word, however narrow the terminal', () => {
    const shown = renderForecast(plan, view({ width: 20 }));
    expect(shown).toContain("'bash make.sh --with-a-long-option-that-goes-on %RNDM:10'");
    expect(
      shown.split('\n').filter((line) => line.includes('--outDS user.alice.blah_000_make')),
    ).toHaveLength(1);
  });
});
