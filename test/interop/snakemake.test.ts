// Snakemake workflows on the embedded server with the real `snakemake`.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Containers } from '../../src/engine/containers/containers.ts';
import type { EmbeddedReanaOptions } from '../../src/engine/reana/options.ts';
import type { RunRecord } from '../../src/engine/records.ts';
import { engineRig, until } from '../reana-server/rig.ts';
import type { EngineRig } from '../reana-server/rig.ts';
import { ContainerEngineRig, hasNamespaces } from '../rigs/container-engines.ts';
import { describeWithClient } from '../rigs/python-client.ts';

// Two samples, each selected by a job of its own, and a count of both.
const snakefile = `rule all:
    input: "results/count.txt"

rule select:
    input: "data/{sample}.txt"
    output: "selected/{sample}.txt"
    container: "docker://docker.io/library/python:3.12"
    shell: "grep -v {config[veto]} {input} > {output}"

rule count:
    input: expand("selected/{sample}.txt", sample=config["samples"])
    output: "results/count.txt"
    shell: "cat {input} | wc -l > {output}; echo counted $(cat {output}) events"
`;
const files = {
  'workflow/Snakefile': snakefile,
  'workflow/inputs.yaml': 'samples: [signal, background]\nveto: nothing\n',
  'data/signal.txt': 'muon\nelectron\n',
  'data/background.txt': 'muon\njet\njet\n',
};

describeWithClient('Snakemake', 'PCHAIN_TEST_SNAKEMAKE', ({ directory }) => {
  let rig: EngineRig | undefined;
  afterEach(() => rig?.close());

  function started(
    changes: Readonly<Record<string, string>> = {},
    parameters: object = {},
    containers?: EmbeddedReanaOptions['containers'],
  ): EngineRig {
    rig = engineRig(2, {
      containers,
      environment: { PATH: `${join(directory, 'bin')}:/usr/bin:/bin`, HOME: '/nonexistent', LANG: 'C.UTF-8' },
    });
    const run = rig.engine.createRun({
      name: 'fit',
      specification: {
        inputs: { parameters: { input: 'workflow/inputs.yaml', ...parameters } },
        workflow: { type: 'snakemake', file: 'workflow/Snakefile', specification: null },
        outputs: { files: ['results/count.txt'] },
      },
    });
    for (const [name, text] of Object.entries({ ...files, ...changes })) {
      mkdirSync(dirname(join(run.workspace, name)), { recursive: true });
      writeFileSync(join(run.workspace, name), text);
    }
    rig.engine.startRun(run.id, {});
    return rig;
  }

  async function ended({ engine }: EngineRig, key: string): Promise<RunRecord> {
    const run = (): RunRecord | undefined => engine.run(key);
    await until('its end', () => ['finished', 'failed'].includes(run()?.status ?? ''), 90_000);
    const end = run();
    if (end === undefined) throw new Error('there is no run');
    return end;
  }

  const countIn = (run: RunRecord): string =>
    readFileSync(join(run.workspace, 'results/count.txt'), 'utf8').trim();

  const logOf = ({ engine }: EngineRig, run: RunRecord): string =>
    engine
      .runSteps(run.id)
      .map((step) => step.logEnd(100_000))
      .join('');

  it('runs a workflow with its parameters, once more after a restart', async () => {
    const own = started({}, { veto: 'jet' });
    const run = await ended(own, 'fit.1');
    expect(run).toMatchObject({ status: 'finished', error: undefined });
    // The parameter of the run wins over the one of the file.
    expect(countIn(run)).toBe('3');
    expect(logOf(own, run)).toContain('counted 3 events');
    writeFileSync(join(run.workspace, 'data/signal.txt'), 'muon\n');
    const again = own.engine.restartRun(run.id, { parameters: {}, options: {} });
    expect(await ended(own, again?.id ?? '')).toMatchObject({ status: 'finished' });
    expect(countIn(run)).toBe('2');
  }, 120_000);

  it('says which rule failed', async () => {
    const own = started({ 'workflow/Snakefile': snakefile.replace('grep -v', 'false &&') });
    const run = await ended(own, 'fit.1');
    expect(run).toMatchObject({ status: 'failed' });
    expect(logOf(own, run)).toContain('rule select');
  }, 120_000);

  it.skipIf(!hasNamespaces)(
    'runs rules in their images',
    async () => {
      const place = mkdtempSync(join(tmpdir(), 'pchain-rules-'));
      try {
        const engines = new ContainerEngineRig(place);
        engines.works('podman');
        const containers = new Containers({
          environment: engines.environment,
          programs: { directory: '', needs: [] },
        });
        const own = started({}, {}, { containers, mode: () => 'auto' });
        const run = await ended(own, 'fit.1');
        expect(run).toMatchObject({ status: 'finished', error: undefined });
        expect(countIn(run)).toBe('5');
        const log = logOf(own, run);
        const image = 'docker.io/library/python:3.12';
        expect(log.split(`in the image ${image}, by podman`)).toHaveLength(3);
        // The rule without an image is run by this machine.
        expect(log).toContain('counted 5 events');
        expect(readFileSync(engines.logPath, 'utf8').split(image)).toHaveLength(3);
      } finally {
        rmSync(place, { recursive: true, force: true });
      }
    },
    120_000,
  );

  it('goes on after a run that was cut off, in spite of the lock that is left', async () => {
    const own = started();
    const run = await ended(own, 'fit.1');
    const locks = join(run.workspace, '.snakemake/locks');
    mkdirSync(locks, { recursive: true });
    writeFileSync(join(locks, '0.output.lock'), 'results/count.txt\nselected/signal.txt\n');
    writeFileSync(join(run.workspace, 'data/signal.txt'), 'muon\n');
    const again = own.engine.restartRun(run.id, { parameters: {}, options: {} });
    expect(await ended(own, again?.id ?? '')).toMatchObject({ status: 'finished' });
    expect(countIn(run)).toBe('4');
  }, 120_000);
});
