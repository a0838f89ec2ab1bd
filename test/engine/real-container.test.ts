// Payloads in a real container, where this machine has an engine that can run an unpacked image: made of a few programs of the
// machine itself, since nothing can be pulled here.
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { containerEnvironment, jobEnvironment } from '../../src/commands/servers/job-environment.ts';
import { Secret } from '../../src/base/secret.ts';
import { Containers } from '../../src/engine/containers/containers.ts';
import { EngineBench, planOf } from '../rigs/engine-bench.ts';

const environment = { ...jobEnvironment(process.env), ...containerEnvironment(process.env) };
const containers = new Containers({ environment, programs: { directory: '', needs: [] } });
const place = await containers.place('/an/unpacked/image', 'auto', '/');
const engine = place.at === 'container' ? place.engine.engine : undefined;
const why = place.at === 'host' ? place.why : '';

describe.skipIf(engine === undefined)(
  engine === undefined ? `a real container (skipped: ${why})` : `a real container of ${engine}`,
  () => {
    const directory = mkdtempSync(join(tmpdir(), 'pchain-image-'));
    const image = join(directory, 'image');
    let bench: EngineBench;

    beforeAll(() => {
      for (const path of ['/bin/sh', '/bin/cat', '/bin/sleep', '/bin/touch', '/usr/bin/id'])
        copyWithLibraries(path);
      for (const name of ['tmp', 'proc', 'sys', 'dev', 'etc', 'srv', 'root', 'run'])
        mkdirSync(join(image, name));
    });
    afterEach(() => bench.remove());
    afterAll(() => rmSync(directory, { recursive: true, force: true }));

    /** A program with the libraries that it is linked to. */
    function copyWithLibraries(program: string): void {
      const linked = execFileSync('ldd', [program], { encoding: 'utf8' });
      for (const path of [program, ...[...linked.matchAll(/(\/\S+) \(/g)].map(([, found]) => found ?? '')]) {
        const target = join(image, path);
        mkdirSync(dirname(target), { recursive: true });
        copyFileSync(realpathSync(path), target);
      }
    }

    it('runs a payload with its inputs and secrets, and leaves files of the user', async () => {
      bench = new EngineBench(2, { containers, containerMode: 'require' });
      bench.engine.setSecret('API_KEY', new Secret('value-of-the-key'));
      const [input = ''] = bench.files({ 'in.txt': 'from the input\n' });
      const exec = 'echo "$PWD ${API_KEY:+has-key}" > out.txt; cat %IN tools/a.txt >> out.txt';
      const args = `--containerImage ${image} --useSecrets`;
      const id = await bench.submit(
        planOf('user.alice.t', [{ name: 'top', exec, args, externalInputs: ['user.alice.in'] }]),
        { 'tools/a.txt': 'from the sandbox\n' },
        { 'user.alice.in': [input] },
      );
      await bench.end(id);
      expect(bench.jobs(id, 'top')[0]?.error).toBeUndefined();
      const [file] = bench.engine.files('user.alice.t_000_top_out.txt') ?? [];
      expect(readFileSync(file?.path ?? '', 'utf8')).toBe(
        '/srv/workDir has-key\nfrom the input\nfrom the sandbox\n',
      );
      expect(statSync(file?.path ?? '').uid).toBe(process.getuid?.());
      expect(existsSync(join(image, 'srv/workDir'))).toBe(false);
    }, 120_000);

    it('hands on the status of a payload, and ends one that passes over SIGTERM', async () => {
      bench = new EngineBench(2, { containers, containerMode: 'require' });
      const mark = 'begun';
      const args = `--containerImage ${image}`;
      const id = await bench.submit(
        planOf('user.alice.t', [
          { name: 'status', exec: 'exit 7', args },
          { name: 'stubborn', exec: `trap '' TERM; touch ${mark}; while :; do sleep 0.2; done`, args },
        ]),
      );
      const begun = (): boolean =>
        bench.jobs(id, 'stubborn').some((job) => existsSync(join(job.directory, 'work', mark)));
      await bench.until(begun);
      const pid = (): string =>
        execFileSync(
          'sh',
          ['-c', `grep -l 'PCHAIN_JOB_MARK=${bench.directory}' /proc/[0-9]*/environ || true`],
          {
            encoding: 'utf8',
            stdio: ['ignore', 'pipe', 'ignore'],
          },
        );
      expect(pid()).not.toBe('');
      bench.engine.commandTask(bench.task(id, 'stubborn').id, 'kill');
      await bench.end(id);
      expect(bench.jobs(id, 'status')[0]?.exitStatus).toBe(7);
      await bench.until(() => pid() === '');
    }, 120_000);
  },
);
