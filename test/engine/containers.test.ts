// Payloads in images: what is typed, where they run, and that nothing of them is left. The engines are stand-ins with the grammar
// of the real ones.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../src/base/secret.ts';
import { containerScript, removeWords } from '../../src/engine/containers/command.ts';
import { Containers, type ContainerMode } from '../../src/engine/containers/containers.ts';
import { canRun, readImage, type ContainerEngine } from '../../src/engine/containers/image.ts';
import { ContainerEngineRig, hasNamespaces } from '../rigs/container-engines.ts';
import { EngineBench, planOf } from '../rigs/engine-bench.ts';

let directory: string;
let rig: ContainerEngineRig;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pchain-containers-'));
  rig = new ContainerEngineRig(directory);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const containersOf = (): Containers =>
  new Containers({ environment: rig.environment, programs: { directory: '', needs: [] } });

describe('the name of an image', () => {
  it('is a registry, a file, a directory, or something that apptainer alone knows', () => {
    expect(readImage('docker://atlas/analysisbase:21.2.4', '/w')).toEqual({
      kind: 'registry',
      name: 'atlas/analysisbase:21.2.4',
    });
    expect(readImage('python:3.12', '/w')).toEqual({ kind: 'registry', name: 'python:3.12' });
    expect(readImage('./my.sif', '/w')).toEqual({ kind: 'file', name: '/w/my.sif' });
    expect(readImage('my.sif', '/w')).toEqual({ kind: 'file', name: '/w/my.sif' });
    expect(readImage('/cvmfs/unpacked.cern.ch/registry.hub.docker.com/a/b:1', '/w')).toEqual({
      kind: 'directory',
      name: '/cvmfs/unpacked.cern.ch/registry.hub.docker.com/a/b:1',
    });
    expect(readImage('oras://host/a:1', '/w')).toEqual({ kind: 'apptainer', name: 'oras://host/a:1' });
    expect(canRun('docker', readImage('my.sif', '/w'))).toBe(false);
    expect(canRun('podman', readImage('/an/image', '/w'))).toBe(true);
  });
});

describe('a command line', () => {
  const words = (engine: ContainerEngine, isRootless: boolean, image = 'docker://busybox:1.36'): string =>
    containerScript({
      engine: { engine, path: `/usr/bin/${engine}`, isRootless },
      image: readImage(image, '/w'),
      name: 'pchain-1234abcd-7',
      scriptPath: '/c/inside.sh',
      workDirectory: '/srv/workDir',
      mounts: [
        { source: '/data/a, "b":c', target: '/srv/workDir', isReadOnly: false },
        { source: '/c', target: '/c', isReadOnly: true },
      ],
      variables: ['TOKEN'],
      userId: 1000,
      groupId: 100,
    }).replace(/sh -c '[^]*' (?=\/c\/inside)|-c '[^]*' (?=\/c\/inside)/, '-c … ');
  const mounts = `--mount 'type=bind,"source=/data/a, ""b"":c",target=/srv/workDir' --mount type=bind,source=/c,target=/c,readonly`;
  const podman = '--rm --name pchain-1234abcd-7 --network host --security-opt label=disable';
  const end = '--env TOKEN --workdir /srv/workDir --entrypoint sh';

  it('is what each engine reads, without a value in it', () => {
    expect(words('docker', false)).toBe(
      `exec /usr/bin/docker run ${podman} --user 1000:100 ${mounts} ${end} busybox:1.36 -c … /c/inside.sh\n`,
    );
    expect(words('podman', true)).toBe(
      `exec /usr/bin/podman run ${podman} --userns keep-id --user 1000:100 ${mounts} ${end} busybox:1.36 -c … /c/inside.sh\n`,
    );
    expect(words('apptainer', true)).toBe(
      `export APPTAINERENV_TOKEN="\${TOKEN-}"\n` +
        `exec /usr/bin/apptainer exec --cleanenv --no-home ${mounts} --pwd /srv/workDir docker://busybox:1.36 -c … /c/inside.sh\n`,
    );
  });

  it('makes files the property of the user in every kind of engine', () => {
    expect(words('docker', true)).not.toContain('--user');
    expect(words('podman', false)).not.toContain('keep-id');
    expect(words('podman', false)).toContain('--user 1000:100');
  });

  it('lays an unpacked image under an overlay, and names a file to apptainer', () => {
    expect(words('podman', true, '/cvmfs/images/a:1')).toContain(' --rootfs /cvmfs/images/a:1:O ');
    expect(words('apptainer', true, '/cvmfs/images/a:1')).toContain(' /cvmfs/images/a:1 ');
    expect(words('apptainer', true, 'a.sif')).toContain(' /w/a.sif ');
  });

  it('removes a container at once, where it can outlive its command', () => {
    expect(removeWords({ engine: 'podman', path: '/p' }, 'x')).toEqual([
      '/p',
      'rm',
      '--force',
      '--time',
      '0',
      'x',
    ]);
    expect(removeWords({ engine: 'docker', path: '/d' }, 'x')).toEqual(['/d', 'rm', '--force', 'x']);
    expect(removeWords({ engine: 'apptainer', path: '/a' }, 'x')).toBeUndefined();
  });
});

describe.skipIf(!hasNamespaces)('finding an engine', () => {
  it('tries them, once, and tells why one does not work', async () => {
    rig.cannotRun('podman');
    rig.works('docker');
    const containers = containersOf();
    expect(await containers.findings()).toEqual([
      { state: 'broken', engine: 'apptainer', why: 'Cannot connect to the daemon. Is it running?' },
      { state: 'broken', engine: 'podman', why: 'Error: operation not permitted' },
      {
        state: 'works',
        version: '28.2.2',
        found: { engine: 'docker', path: join(directory, 'bin', 'docker'), isRootless: false },
      },
    ]);
    const asked = readFileSync(rig.logPath, 'utf8');
    await containers.place('a:1', 'auto', '/');
    expect(readFileSync(rig.logPath, 'utf8')).toBe(asked);
  });

  it('takes the first that works and can run the image', async () => {
    rig.works('docker');
    rig.works('podman');
    const containers = containersOf();
    const engineFor = async (image: string): Promise<string> => {
      const place = await containers.place(image, 'auto', '/');
      return place.at === 'container' ? place.engine.engine : place.why;
    };
    expect(await engineFor('a:1')).toBe('podman');
    expect(await engineFor('/an/image')).toBe('podman');
    expect(await engineFor('a.sif')).toBe('podman and docker cannot run such an image; apptainer could');
    expect(await containers.place('a:1', 'docker', '/')).toMatchObject({ engine: { engine: 'docker' } });
    await expect(containers.place('a:1', 'apptainer', '/')).rejects.toThrow(
      'the image `a:1` cannot be run: no container engine works here (apptainer does not work: ',
    );
    expect(await containers.place('a:1', 'never', '/')).toEqual({
      at: 'host',
      why: 'containers are switched off',
    });
  });

  it('says which are not installed', async () => {
    const containers = new Containers({
      environment: { PATH: '/nowhere' },
      programs: { directory: '', needs: [] },
    });
    expect(await containers.place('a:1', 'auto', '/')).toEqual({
      at: 'host',
      why: 'no container engine works here (apptainer is not installed; podman is not installed; docker is not installed)',
    });
  });
});

describe.skipIf(!hasNamespaces)('a payload with an image', () => {
  let bench: EngineBench;
  const open = (mode: ContainerMode = 'auto'): void => {
    bench = new EngineBench(2, { containers: containersOf(), containerMode: mode });
  };
  afterEach(() => bench.remove());
  const text = (dataset: string): string =>
    (bench.engine.files(dataset) ?? []).map((file) => readFileSync(file.path, 'utf8')).join('');

  for (const engine of ['apptainer', 'podman', 'docker'] as const) {
    it(`runs in it by ${engine}: in /srv/workDir, with sandbox, inputs and secrets`, async () => {
      rig.works(engine);
      open(engine);
      bench.engine.setSecret('API_KEY', new Secret('value-of-the-key'));
      bench.engine.setSecret('___file___:key.pem', new Secret(Buffer.from('bytes').toString('base64')));
      const [input = ''] = bench.files({ 'in, put.txt': 'from the input\n' });
      const exec =
        'echo "$PWD $CONTAINER_IMAGE ${API_KEY:+has-key} ${OF_THIS_MACHINE-none}" > out.txt; cat tools/a.txt %IN key.pem >> out.txt'.replace(
          '%IN',
          '"%IN"',
        );
      const id = await bench.submit(
        planOf('user.alice.t', [
          {
            name: 'top',
            exec,
            args: '--containerImage docker://busybox:1.36 --useSecrets',
            externalInputs: ['user.alice.in'],
          },
        ]),
        { 'tools/a.txt': 'from the sandbox\n' },
        { 'user.alice.in': [input] },
      );
      const ended = await bench.end(id);
      expect(bench.jobs(id, 'top')[0]?.error).toBeUndefined();
      expect(ended.status).toBe('Finished');
      const image = engine === 'apptainer' ? 'docker://busybox:1.36' : 'busybox:1.36';
      expect(text('user.alice.t_000_top_out.txt')).toBe(
        `/srv/workDir ${image} has-key none\nfrom the sandbox\nfrom the input\nbytes`,
      );
      expect(bench.task(id, 'top').place).toEqual({
        image: 'docker://busybox:1.36',
        engine,
        why: undefined,
      });
      expect(readFileSync(rig.logPath, 'utf8')).not.toContain('value-of-the-key');
    });
  }

  it('runs on the machine itself where no engine works, and the task says so', async () => {
    open();
    const id = await bench.submit(
      planOf('user.alice.t', [
        { name: 'top', exec: 'echo hi > out.txt', args: '--nJobs 3 --containerImage a:1' },
      ]),
    );
    expect((await bench.end(id)).status).toBe('Finished');
    expect(bench.task(id, 'top').place?.engine).toBeUndefined();
    expect(bench.task(id, 'top').place?.why).toMatch(
      /^no container engine works here \(apptainer does not work: /,
    );
  });

  it('runs by the word of the request, not of the settings', async () => {
    rig.works('podman');
    open();
    const plan = planOf('user.alice.t', [
      { name: 'top', exec: 'echo hi > out.txt', args: '--containerImage a:1' },
    ]);
    const id = await bench.submit(plan, {}, {}, undefined, {}, { containers: 'never' });
    await bench.end(id);
    expect(bench.task(id, 'top').place).toEqual({
      image: 'a:1',
      engine: undefined,
      why: 'containers are switched off',
    });
  });

  it('is used again only where it ran alike: in a container, or on the machine itself', async () => {
    rig.works('podman');
    open();
    const plan = planOf('user.alice.t', [
      { name: 'top', exec: 'echo hi > out.txt', args: '--containerImage a:1' },
    ]);
    const reused = async (containers: ContainerMode): Promise<boolean> => {
      const run = { containers, documents: ['main.cwl'] };
      const id = await bench.submit(plan, {}, {}, undefined, {}, run);
      expect((await bench.end(id)).status).toBe('Finished');
      expect(bench.task(id, 'top').place?.engine).toBe(containers === 'never' ? undefined : 'podman');
      return bench.jobs(id, 'top')[0]?.reusedFrom !== undefined;
    };
    expect(await reused('never')).toBe(false);
    expect(await reused('never')).toBe(true);
    expect(await reused('require')).toBe(false);
    expect(await reused('auto')).toBe(true);
    expect(await reused('require')).toBe(true);
  });

  it('fails where a container is required and none can be had', async () => {
    open('require');
    const plan = planOf('user.alice.t', [
      { name: 'top', exec: 'echo hi > out.txt', args: '--containerImage a:1' },
    ]);
    const id = await bench.submit(plan);
    expect((await bench.end(id)).status).toBe('Failed');
    expect(bench.jobs(id, 'top')[0]?.error).toMatch(/^the image `a:1` cannot be run: /);
  });

  it('tells what the engine said when it cannot start the image', async () => {
    rig.works('podman');
    open();
    const plan = planOf('user.alice.t', [
      { name: 'top', exec: 'echo hi > out.txt', args: `--containerImage ${directory}/no-such-image` },
      { name: 'own', exec: 'exit 7', args: '--containerImage a:1' },
    ]);
    const id = await bench.submit(plan);
    await bench.end(id);
    expect(bench.jobs(id, 'top')[0]?.error).toBe(
      `podman could not run the image \`${directory}/no-such-image\`: Error: no such file or directory: ${directory}/no-such-image:O`,
    );
    expect(bench.jobs(id, 'own')[0]?.error).toBe('the payload exited with status 7');
  });

  it('is asked to end, with all its processes, when it is killed', async () => {
    rig.works('podman');
    open();
    const mark = join(directory, 'mark');
    const exec = `trap 'echo asked > ${mark}; exit 4' TERM; sleep 300 & touch ${mark}.begun; wait`;
    const plan = planOf('user.alice.t', [{ name: 'top', exec, args: '--containerImage a:1' }]);
    const id = await bench.submit(plan);
    await bench.until(() => existsSync(`${mark}.begun`));
    bench.engine.kill(id);
    expect((await bench.end(id)).status).toBe('Cancelled');
    await bench.until(() => existsSync(mark) && readdirSync(rig.running).length === 0);
  });

  it.each(['apptainer', 'podman', 'docker'] as const)(
    'leaves nothing of %s when it passes over the request to end',
    async (engine) => {
      rig.works(engine);
      open(engine);
      const mark = join(directory, 'mark');
      const exec = `trap '' TERM; touch ${mark}; while :; do sleep 0.1; done`;
      const plan = planOf('user.alice.t', [{ name: 'top', exec, args: '--containerImage a:1' }]);
      const id = await bench.submit(plan);
      await bench.until(() => existsSync(mark));
      expect(readdirSync(rig.running)).toHaveLength(engine === 'apptainer' ? 0 : 1);
      const marked = (): string =>
        execFileSync(
          'sh',
          ['-c', `grep -l 'PCHAIN_JOB_MARK=${bench.directory}' /proc/[0-9]*/environ || true`],
          {
            encoding: 'utf8',
            stdio: ['ignore', 'pipe', 'ignore'],
          },
        );
      expect(marked()).not.toBe('');
      bench.engine.kill(id);
      expect((await bench.end(id)).status).toBe('Cancelled');
      await bench.until(() => readdirSync(rig.running).length === 0 && marked() === '');
    },
    30_000,
  );

  it('is removed and runs again when its command was lost in a crash', async () => {
    rig.works('docker');
    open();
    const mark = join(directory, 'mark');
    const exec = `echo x >> ${mark}; if [ "$(wc -l < ${mark})" = 1 ]; then sleep 300; fi; echo done > out.txt`;
    const plan = planOf('user.alice.t', [{ name: 'top', exec, args: '--containerImage a:1' }]);
    const id = await bench.submit(plan);
    await bench.until(() => existsSync(mark) && readdirSync(rig.running).length === 1);
    const [job] = bench.jobs(id, 'top');
    bench.engine.close();
    // Power goes: the command of the engine is killed, its container is not.
    const pid = Number(readFileSync(join(job?.directory ?? '', 'control/claim'), 'utf8'));
    process.kill(-pid, 'SIGKILL');
    await bench.until(() => !existsSync(`/proc/${pid}`));
    expect(readdirSync(rig.running)).toHaveLength(1);
    bench.crash();
    await bench.end(id);
    expect(bench.jobs(id, 'top')[0]).toMatchObject({ status: 'finished', attempt: 2, error: undefined });
    expect(readFileSync(mark, 'utf8')).toBe('x\nx\n');
    await bench.until(() => readdirSync(rig.running).length === 0);
  }, 30_000);
});
