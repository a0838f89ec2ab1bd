// The documented examples of PanDA's workflows, run to the end on small inputs. Their payloads are `echo`s and run as they
// are; what they need beside that (`merge.py`, a search, a GitLab) is small and stands here. The names of the datasets must be those that
// the real server gave to the same document.
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Secret } from '../../src/base/secret.ts';
import { systemClock } from '../../src/base/system-clock.ts';
import type { ReadText } from '../../src/base/read-text.ts';
import { readCwl } from '../../src/cwl/read.ts';
import { createHttpClient } from '../../src/http/client.ts';
import type { ReadWorkflow } from '../../src/languages/languages.ts';
import { readSnakefile } from '../../src/snakemake/read.ts';
import { readWfd } from '../../src/wfd/read.ts';
import type { Value } from '../../src/workflow/model.ts';
import type { Plan } from '../../src/workflow/plan.ts';
import { allSteps, planIn } from '../rigs/documents.ts';
import { EngineBench } from '../rigs/engine-bench.ts';
import { GitlabRig } from '../rigs/gitlab.ts';
import { describeWithShared, sharedJson, sharedPath } from '../rigs/shared.ts';

interface Example {
  /** Below `corpus/`. */
  readonly file: string;
  /** The answer of the real server, in `resolved/`; `undefined`: none was recorded. */
  readonly resolved: string | undefined;
  /** A change without which it is not valid. */
  readonly repair?: (text: string) => string;
  readonly inputs?: Readonly<Record<string, Value>>;
  /** `step: files` of what comes out last. */
  readonly makes: Readonly<Record<string, number>>;
  readonly skipped?: readonly string[];
}

const signal = 'mc16_valid:mc16_valid.900248.PG_singlepion_flatPt2to50.simul.HITS.e8312_s3238_tid26378578_00';
const background =
  'mc16_5TeV.361238.Pythia8EvtGen_A3NNPDF23LO_minbias_inelastic_low.merge.HITS.e6446_s3238_s3250/';
const otherSignal =
  'valid1.427080.Pythia8EvtGen_A14NNPDF23LO_flatpT_Zprime.simul.HITS.e5362_s3718_tid26356243_00';
const otherBackground =
  'mc16_5TeV:mc16_5TeV.361239.Pythia8EvtGen_A3NNPDF23LO_minbias_inelastic_high.merge.HITS.e6446_s3238_s3250/';
const many = { signals: [signal, otherSignal], backgrounds: [background, otherBackground] };

const examples: readonly Example[] = [
  { file: 'panda-cwl/test.cwl', resolved: 'test', makes: { top: 3, bottom: 1 } },
  { file: 'panda-cwl/cond.cwl', resolved: 'cond', makes: { bottom_OK: 1 }, skipped: ['bottom_NG'] },
  // 12 signals make 3 jobs of at most 5 files, with two outputs each.
  {
    file: 'panda-cwl/sig_bg_comb.cwl',
    resolved: 'sig_bg_comb',
    inputs: { signal, background },
    makes: {
      make_signal: 6,
      make_background_1: 2,
      generate_some: 10,
      premix: 1,
      make_background_2: 2,
      combine: 1,
    },
  },
  { file: 'panda-cwl/merge_many.cwl', resolved: 'merge_many', inputs: many, makes: { merge: 1 } },
  {
    file: 'panda-cwl/loop_body.cwl',
    resolved: 'loop_body',
    inputs: { dataset: 'user.alice.in/' },
    makes: { inner_work_bottom: 1 },
  },
  { file: 'panda-cwl/loop.cwl', resolved: 'loop', makes: { inner_work_top: 1, checkpoint: 1, work_end: 1 } },
  { file: 'panda-cwl/reana.cwl', resolved: 'reana', makes: { drai: 1 } },
  {
    file: 'panda-cwl/hpo.cwl',
    resolved: 'hpo',
    repair: (text) =>
      text
        .replace('cwlVersion: v1.0', 'cwlVersion: v1.2')
        .replace(
          'opt_inDS: main_hpo/outDS',
          'opt_inDS: main_hpo/outDS\n      opt_inDsType: {default: metrics.tgz}',
        ),
    makes: { pre_proc: 2, post_proc: 1 },
  },
  { file: 'panda-cwl/gitlab.cwl', resolved: 'gitlab', makes: { un: 1 } },
  { file: 'snakemake/simple_chain/Snakefile', resolved: undefined, makes: { top: 3, bottom: 1 } },
  { file: 'snakemake/cond/Snakefile', resolved: undefined, makes: { bottom_OK: 1 }, skipped: ['bottom_NG'] },
  { file: 'snakemake/sig_bg_comb/Snakefile', resolved: undefined, makes: { combine: 1 } },
  { file: 'snakemake/merge_many/Snakefile', resolved: undefined, makes: { merge: 1 } },
  { file: 'snakemake/loop/Snakefile', resolved: undefined, makes: { work_end: 1 } },
  { file: 'wfd/simple_chain.yaml', resolved: 'native_simple_chain', makes: { bottom: 1 } },
  {
    file: 'wfd/signal_background_combine_wfd.yaml',
    resolved: 'native_signal_background_combine_wfd',
    makes: { combine: 1 },
  },
  {
    file: 'wfd/nested_workflow_sig_bg_comb_wfd.yaml',
    resolved: 'native_nested_workflow_sig_bg_comb_wfd',
    // It reads `%IN2` without saying which of its secondary datasets that is.
    repair: (text) =>
      text.replace(
        '--outputs results.root --forceStaged',
        '--outputs results.root --secondaryDSs IN2:3:%{SECDS1} --forceStaged',
      ),
    makes: { combine: 1, bottom: 1 },
  },
];

const merge = `import sys
names = [n for a in sys.argv[1:] if not a.startswith('-') for n in a.split(',')]
open('merged.root', 'w').write('\\n'.join(names))
`;

/** A search that a few lines of shell can evaluate. */
const search = JSON.stringify({
  steeringExec: 'run steer',
  steeringContainer: 'example.org/steer:1',
  searchSpaceFile: 'space.json',
  evaluationContainer: 'docker://example.org/eval:1',
  evaluationExec: 'echo 1 > metrics.tgz; echo {\\"status\\": 0, \\"loss\\": 1} > output.json',
  evaluationMetrics: 'metrics.tgz',
  maxPoints: 3,
});
const space = JSON.stringify({ x: { type: 'Scalar', bounds: [0, 1] } });

function readerFor(language: string): ReadWorkflow {
  return language === 'snakemake' ? readSnakefile : language === 'wfd' ? readWfd : readCwl;
}

function planOf(example: Example, change: (text: string) => string): Plan {
  const [language = '', ...rest] = example.file.split('/');
  const readText: ReadText = (path) => {
    const there = sharedPath('corpus', language, path);
    if (!existsSync(there)) return { ok: false, reason: 'missing', detail: 'does not exist' };
    const text = readFileSync(there, 'utf8');
    return { ok: true, text: path === rest.join('/') ? change(example.repair?.(text) ?? text) : text };
  };
  const planned = planIn(readerFor(language), rest.join('/'), readText, {
    inputs: example.inputs ?? {},
    outDS: language === 'wfd' ? 'user.alice.native' : 'user.alice.blah',
    surroundings: { target: 'embedded' },
  });
  expect(planned.lines.filter((line) => line.includes(' error['))).toEqual([]);
  return planned.plan;
}

/** Whether the real server gave this name to the data of a step; the mark of the iteration is part of it. */
function recorded(name: string): (base: string) => boolean {
  const text = JSON.stringify(sharedJson('resolved', `${name}.json`));
  return (base) => text.includes(`"${base}"`);
}

describeWithShared('documented examples run to their end', () => {
  let bench: EngineBench;
  let gitlab: GitlabRig;
  let api: string;
  beforeEach(async () => {
    gitlab = new GitlabRig();
    api = await gitlab.start();
    bench = new EngineBench(4, {
      http: createHttpClient({ clock: systemClock, userAgent: 'pchain-test', tls: { verify: true } }),
    });
    bench.engine.setSecret('MY_T_TOKEN', new Secret(gitlab.triggerToken));
    bench.engine.setSecret('MY_A_TOKEN', new Secret(gitlab.accessToken));
  });
  afterEach(async () => {
    bench.remove();
    await gitlab.close();
  });

  it.each(examples)('$file', async (example) => {
    // GitLab is one on this machine.
    const plan = planOf(example, (text) => text.replace('https://gitlab.cern.ch/api/v4/projects', api));
    const names = [signal, background, otherSignal, otherBackground, 'user.alice.in/'];
    const given = names.map((name, index) => {
      const texts = Object.fromEntries(
        Array.from({ length: 12 }, (_, n) => [`${index}.${n}.root`, `${n}\n`]),
      );
      return [name.replace(/\/$/, ''), bench.files(texts)] as const;
    });
    const id = await bench.submit(
      plan,
      { 'merge.py': merge, 'conf.json': search, 'space.json': space },
      Object.fromEntries(given),
    );
    const { status } = await bench.end(id);
    const tasks = bench.engine.tasks(id);
    const told = tasks.map((task) => `${task.stepName} ${task.status} ${task.error ?? ''}`);
    expect(told.filter((line) => / failed /.test(line))).toEqual([]);
    expect(status, told.join('\n')).toBe('Finished');
    expect(tasks.filter((task) => task.skipped).map((task) => task.stepName)).toEqual(example.skipped ?? []);

    const files = (step: string): number =>
      bench.engine
        .datasets(id)
        .filter((one) => tasks.some((task) => task.id === one.taskId && task.stepName === step))
        .reduce((sum, one) => sum + one.nFiles, 0);
    expect(Object.fromEntries(Object.keys(example.makes).map((step) => [step, files(step)]))).toEqual(
      example.makes,
    );

    const pipelines = gitlab.asked.filter((line) => line.startsWith('POST '));
    expect(pipelines).toHaveLength(example.file.includes('gitlab') ? 1 : 0);

    if (example.resolved === undefined) return;
    const isRecorded = recorded(example.resolved);
    const bases = allSteps(plan.steps).flatMap((step) => (step.type === 'workflow' ? [] : step.outputs));
    expect(bases.filter((base) => !isRecorded(base))).toEqual([]);
    expect(new Set(tasks.map((task) => task.name))).toEqual(
      new Set(bases.map((base) => base.replace('___idds___num_run___', '1'))),
    );
  });
});
