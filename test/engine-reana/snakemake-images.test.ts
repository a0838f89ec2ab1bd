// Rules of Snakemake in images, by stand-ins for `snakemake` and for the container engines.
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../src/base/secret.ts';
import { Containers, type ContainerMode } from '../../src/engine/containers/containers.ts';
import type { RunRecord } from '../../src/engine/records.ts';
import { ContainerEngineRig, hasNamespaces } from '../rigs/container-engines.ts';
import { engineRig, until } from '../reana-server/rig.ts';
import type { EngineRig } from '../reana-server/rig.ts';

// Runs the command of every rule as Snakemake types it for an image; the image is pulled once where it is no path.
const snakemake = `#!/bin/bash
images=
while [ $# -gt 0 ]; do
  case "$1" in
  --unlock) exit 1 ;;
  --use-singularity) [ "$(singularity --version)" = 'singularity version 3.8.0' ] || exit 3 ;;
  --singularity-prefix) images=$2; shift ;;
  esac
  shift
done
while IFS='|' read -r image command; do
  if [ -z "$images" ]; then bash -c "set -euo pipefail; $command" || exit 1; continue; fi
  place=$image
  case "$image" in *://*) place=$images/image.simg; (cd "$images" && singularity pull --name image.simg "$image") || exit 1 ;; esac
  eval " singularity --quiet --silent exec --home '$PWD'  --bind '$PWD' $place bash -c 'set -euo pipefail; \${command//\\'/\\'\\\\\\'\\'}'" || exit 1
done < rules
`;

let directory: string;
let engines: ContainerEngineRig;
let rig: EngineRig | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pchain-rules-'));
  engines = new ContainerEngineRig(directory);
  writeFileSync(join(directory, 'bin/snakemake'), snakemake);
  chmodSync(join(directory, 'bin/snakemake'), 0o755);
});
afterEach(() => {
  rig?.close();
  rig = undefined;
  rmSync(directory, { recursive: true, force: true });
});

/** Starts a workflow whose rules have these images and commands. */
function started(mode: ContainerMode, rules: readonly (readonly [image: string, command: string])[]) {
  const containers = new Containers({
    environment: engines.environment,
    programs: { directory: join(directory, 'bin'), needs: [] },
  });
  const own = engineRig(2, {
    environment: { ...engines.environment, OF_THIS_MACHINE: 'yes' },
    containers: { containers, mode: () => mode },
  });
  rig = own;
  const secret = { type: 'env', value: new Secret(Buffer.from('key-of-value').toString('base64')) } as const;
  own.engine.setReanaSecret('API_KEY', secret);
  const run = own.engine.createRun({
    name: 'fit',
    specification: {
      inputs: { parameters: {} },
      workflow: { type: 'snakemake', file: 'Snakefile', specification: null },
    },
  });
  const snakefile = rules.map(
    ([image], index) => `rule r${index}:\n    container: "${image}"\n    shell: "see rules"\n\n`,
  );
  writeFileSync(join(run.workspace, 'Snakefile'), snakefile.join(''));
  writeFileSync(
    join(run.workspace, 'rules'),
    rules.map(([image, command]) => `${image}|${command}\n`).join(''),
  );
  own.engine.startRun(run.id, {});
  return { own, run };
}

async function ended({ own, run }: { own: EngineRig; run: RunRecord }) {
  const record = (): RunRecord | undefined => own.engine.run(run.id);
  await until('its end', () => ['finished', 'failed'].includes(record()?.status ?? ''));
  return {
    record: record(),
    log: own.engine
      .runSteps(run.id)
      .map((step) => step.logEnd(100_000))
      .join(''),
    lines: own.engine.runLog(run.id).map(({ line }) => line),
  };
}

describe('a rule with an image', () => {
  for (const engine of ['apptainer', 'podman', 'docker'] as const) {
    it.skipIf(!hasNamespaces)(`runs in it by ${engine}, with its secrets`, async () => {
      engines.works(engine);
      const command = `echo "$CONTAINER_IMAGE 'it' \${API_KEY:+has-key} machine:\${OF_THIS_MACHINE-no}" >> out; pwd >> out`;
      const both = started('auto', [
        ['docker://docker.io/library/python:3.12', command],
        ['root:6.30', command],
      ]);
      const { record, log, lines } = await ended(both);
      expect(record).toMatchObject({ status: 'finished', error: undefined });
      const prefix = engine === 'apptainer' ? 'docker://' : '';
      const { workspace } = both.run;
      const line = (image: string) => `${prefix}${image} 'it' has-key machine:no\n${workspace}\n`;
      expect(readFileSync(join(workspace, 'out'), 'utf8')).toBe(
        line('docker.io/library/python:3.12') + line('root:6.30'),
      );
      expect(log).toContain(`in the image docker.io/library/python:3.12, by ${engine}\n`);
      expect(lines).toContain(
        'step snakemake started, with rules in the images docker.io/library/python:3.12, root:6.30',
      );
      expect(readFileSync(engines.logPath, 'utf8')).not.toContain('key-of-value');
      expect(readdirSync(engines.running)).toEqual([]);
    });
  }

  it.skipIf(!hasNamespaces)('fails with the status of its command', async () => {
    engines.works('podman');
    const { record, log } = await ended(
      started('auto', [['python:3.12', 'echo before; exit 5; echo after']]),
    );
    expect(record).toMatchObject({ status: 'failed' });
    expect(log).toContain('before');
    expect(log).not.toContain('after');
  });

  it.skipIf(!hasNamespaces)('runs on the machine itself where its engine cannot run it', async () => {
    engines.works('docker');
    const run = started('auto', [['/images/own.sif', 'echo "$OF_THIS_MACHINE" > out']]);
    const { record, log } = await ended(run);
    expect(record).toMatchObject({ status: 'finished', error: undefined });
    expect(readFileSync(join(run.run.workspace, 'out'), 'utf8')).toBe('yes\n');
    expect(log).toContain(
      'on this machine itself, not in the image /images/own.sif: docker cannot run such an image; apptainer could\n',
    );
  });

  it('runs on the machine itself when no engine works, and the run says so', async () => {
    const { record, lines } = await ended(started('auto', [['docker://root:6.30', 'true']]));
    expect(record).toMatchObject({ status: 'finished', error: undefined });
    expect(lines).toContain(
      'step snakemake started on this machine itself, its rules not in the images root:6.30',
    );
  });

  it('fails where a container is required and none can be had', async () => {
    const { record, log } = await ended(started('require', [['docker://root:6.30', 'touch out']]));
    expect(record).toMatchObject({ status: 'failed' });
    expect(log).toMatch(/the image root:6\.30 cannot be run: no container engine works here/);
    expect(existsSync(join(record?.workspace ?? '', 'out'))).toBe(false);
  });

  it.skipIf(!hasNamespaces)('leaves no container behind when its run is stopped', async () => {
    engines.works('podman');
    const { own, run } = started('auto', [['python:3.12', 'touch begun; sleep 600']]);
    await until('its begin', () => existsSync(join(run.workspace, 'begun')));
    expect(readdirSync(engines.running)).toHaveLength(1);
    own.engine.stopRun(run.id);
    await until('the end of its container', () => readdirSync(engines.running).length === 0);
  });
});

it('gets the credentials that its rules ask for', async () => {
  const own = engineRig(2, { environment: engines.environment });
  rig = own;
  const run = own.engine.createRun({
    name: 'fit',
    specification: { inputs: {}, workflow: { type: 'snakemake', file: 'Snakefile', specification: null } },
  });
  writeFileSync(
    join(run.workspace, 'Snakefile'),
    'rule get:\n    resources: kerberos=True\n    shell: "true"\n',
  );
  own.engine.startRun(run.id, {});
  const { record } = await ended({ own, run });
  expect(record?.error).toMatch(/`kerberos` needs the secrets/);
});
