// Steps of REANA in images, and with credentials. The container engines are stand-ins.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../src/base/secret.ts';
import { Containers, type ContainerMode } from '../../src/engine/containers/containers.ts';
import { ContainerEngineRig, hasNamespaces } from '../rigs/container-engines.ts';
import { engineRig, serialSpec, until } from '../reana-server/rig.ts';
import type { EngineRig } from '../reana-server/rig.ts';

let directory: string;
let engines: ContainerEngineRig;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pchain-containers-'));
  engines = new ContainerEngineRig(directory);
});
let rig: EngineRig | undefined;
afterEach(() => {
  rig?.close();
  rig = undefined;
  rmSync(directory, { recursive: true, force: true });
});

const environment = (): Record<string, string> => engines.environment;

/** How the embedded REANA gets them. */
const containers = (mode: ContainerMode) => ({
  containers: new Containers({
    environment: environment(),
    programs: { directory: join(directory, 'bin'), needs: [] },
  }),
  mode: () => mode,
});

describe('a step with an image', () => {
  for (const engine of ['apptainer', 'podman', 'docker'] as const) {
    it.skipIf(!hasNamespaces)(
      `runs in it by ${engine}, with its secrets and nothing of this machine`,
      async () => {
        engines.works(engine);
        rig = engineRig(2, {
          environment: { ...environment(), OF_THIS_MACHINE: 'yes' },
          containers: containers(engine),
        });
        const started = rig.engine;
        started.setReanaSecret('API_KEY', {
          type: 'env',
          value: new Secret(Buffer.from('key-of-value').toString('base64')),
        });
        started.setReanaSecret('.keytab', {
          type: 'file',
          value: new Secret(Buffer.from('bytes').toString('base64')),
        });
        const run = started.createRun({
          name: 'fit',
          specification: serialSpec([
            {
              commands: [
                'echo "$CONTAINER_IMAGE ${API_KEY:+has-key} machine:${OF_THIS_MACHINE-no}" > out; cat "$REANA_SECRETS_DIRECTORY/.keytab" >> out; pwd >> out',
              ],
            },
            { commands: ['exit 7'] },
          ]),
        });
        started.startRun(run.id, {});
        await until('its end', () => started.run(run.id)?.status === 'failed');
        const prefix = engine === 'apptainer' ? 'docker://' : '';
        expect(readFileSync(join(run.workspace, 'out'), 'utf8')).toBe(
          `${prefix}python:3.12 has-key machine:no\nbytes${run.workspace}\n`,
        );
        expect(started.run(run.id)?.error).toBe('step `1` failed with status 7');
        expect(started.runLog(run.id).map(({ line }) => line)).toContain(
          `step 0 started in the image python:3.12, by ${engine}`,
        );
        expect(readFileSync(engines.logPath, 'utf8')).not.toContain('key-of-value');
      },
    );
  }

  for (const engine of ['apptainer', 'podman', 'docker'] as const)
    it.skipIf(!hasNamespaces)(
      `of a CWL tool writes where the image expects its outputs, by ${engine}`,
      async () => {
        engines.works(engine);
        rig = engineRig(2, { environment: environment(), containers: containers(engine) });
        const started = rig.engine;
        const tool = {
          cwlVersion: 'v1.2',
          class: 'CommandLineTool',
          requirements: [
            { class: 'DockerRequirement', dockerPull: 'python:3.12', dockerOutputDirectory: '/srv' },
          ],
          baseCommand: ['sh', '-c', 'echo "$CONTAINER_IMAGE" > /srv/result'],
          inputs: {},
          outputs: { result: { type: 'File', outputBinding: { glob: 'result' } } },
        };
        const run = started.createRun({
          name: 'fit',
          specification: { inputs: {}, workflow: { type: 'cwl', specification: tool } },
        });
        started.startRun(run.id, {});
        await until('its end', () => ['failed', 'finished'].includes(started.run(run.id)?.status ?? ''));
        expect(started.run(run.id)?.error).toBeUndefined();
        expect(readFileSync(join(run.workspace, 'outputs/result'), 'utf8')).toContain('python:3.12');
      },
    );

  it('fails where a container is required and none can be had', async () => {
    rig = engineRig(2, { environment: environment(), containers: containers('require') });
    const started = rig.engine;
    const run = started.createRun({ name: 'fit', specification: serialSpec([{ commands: ['true'] }]) });
    started.startRun(run.id, {});
    await until('its end', () => started.run(run.id)?.status === 'failed');
    expect(started.run(run.id)?.error).toMatch(
      /^step `0` cannot be started: the image `python:3.12` cannot be run: no container engine works here \(apptainer does not work: /,
    );
  });

  it('runs on the machine itself when no engine works, and says so', async () => {
    rig = engineRig(2, {
      environment: environment(),
      containers: containers('auto'),
    });
    const started = rig.engine;
    const run = started.createRun({ name: 'fit', specification: serialSpec([{ commands: ['true'] }]) });
    started.startRun(run.id, {});
    await until('its end', () => started.run(run.id)?.status === 'finished');
    expect(started.runLog(run.id).map(({ line }) => line)).toContain(
      'step 0 started on this machine itself, not in the image python:3.12',
    );
  });
});

describe('a step with credentials', () => {
  const start = (kind: string, secrets: Readonly<Record<string, string>>) => {
    rig = engineRig(2, { environment: environment() });
    const started = rig.engine;
    for (const [name, value] of Object.entries(secrets)) {
      const type = name.includes('.') ? 'file' : 'env';
      started.setReanaSecret(name, { type, value: new Secret(Buffer.from(value).toString('base64')) });
    }
    const run = started.createRun({
      name: 'fit',
      specification: {
        inputs: {},
        workflow: {
          type: 'serial',
          specification: {
            steps: [
              { environment: 'a:1', [kind]: true, commands: ['echo "$KRB5CCNAME" "$X509_USER_PROXY" > out'] },
            ],
          },
        },
      },
    });
    started.startRun(run.id, {});
    return {
      run,
      ended: () => until('its end', () => ['finished', 'failed'].includes(started.run(run.id)?.status ?? '')),
      started,
    };
  };

  it('fails with the names of the secrets that are missing', async () => {
    const { run, ended, started } = start('kerberos', { CERN_USER: 'alice' });
    await ended();
    expect(started.run(run.id)?.error).toBe(
      'step `0` cannot be started: `kerberos` needs the secrets `CERN_KEYTAB`',
    );
  });

  it('gets its ticket before it begins', async () => {
    const kinit = join(directory, 'bin', 'kinit');
    writeFileSync(
      kinit,
      '#!/bin/bash\n[ "$1 $2" = "-k -t" ] && [ -s "$3" ] && [ "$4" = alice@CERN.CH ] && echo ticket > "${KRB5CCNAME#FILE:}"\n',
    );
    chmodSync(kinit, 0o755);
    const { run, ended, started } = start('kerberos', {
      CERN_USER: 'alice',
      CERN_KEYTAB: '.keytab',
      '.keytab': 'bytes',
    });
    await ended();
    expect(started.run(run.id)).toMatchObject({ status: 'finished', error: undefined });
    expect(readFileSync(join(run.workspace, 'out'), 'utf8')).toMatch(/^FILE:\/.*\/krb5cc \n$/);
  });

  it('finds a proxy that was sent as a secret', async () => {
    const { run, ended } = start('voms_proxy', { VOMSPROXY_FILE: 'proxy.pem', 'proxy.pem': 'proxy' });
    await ended();
    expect(readFileSync(join(run.workspace, 'out'), 'utf8')).toMatch(/\/secrets\/proxy\.pem\n$/);
  });
});
