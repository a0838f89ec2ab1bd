// Steps in images: what is typed, and what becomes of it. The engines are stand-ins with the grammar of the real ones, which run
// the command on this machine.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../src/base/secret.ts';
import { containerScript, stopWords, type ContainerEngine } from '../../src/engine/reana/containers.ts';
import { findContainerEngine } from '../../src/engine/reana/find-container-engine.ts';
import { engineRig, serialSpec, until } from '../reana-server/rig.ts';
import type { EngineRig } from '../reana-server/rig.ts';

/** Takes the options that the real programs take, each with what follows it; anything else is an error, as there. */
const standIn = String.raw`
engine=${'$'}(basename "$0")
fail() { echo "$engine: $*" >&2; exit 125; }
printf '%s\n' "$*" >> "$STAND_IN_LOG"
case "$engine $1" in
  'apptainer version' | 'podman info' | 'docker version') [ -e "$STAND_IN_DIR/$engine.works" ] || exit 1; exit 0 ;;
  'podman rm' | 'docker rm') [ "$2" = --force ] && [ -n "$3" ] || fail "rm takes --force and a name"; exit 0 ;;
  'apptainer exec' | 'podman run' | 'docker run') ;;
  *) fail "unknown command $1" ;;
esac
shift
unset_all=''
keep=' PATH STAND_IN_LOG STAND_IN_DIR '
while [ $# -gt 0 ]; do
  case "$engine $1" in
    'apptainer --cleanenv' | 'apptainer --no-home' | 'podman --rm' | 'docker --rm') shift ;;
    'apptainer --bind' | 'podman --volume' | 'docker --volume')
      case "$2" in /*:/* | /*:/*:ro) ;; *) fail "bad mount $2" ;; esac; [ -e "${'$'}{2%%:*}" ] || fail "no $2"; shift 2 ;;
    'apptainer --pwd' | 'podman --workdir' | 'docker --workdir') cd "$2" || fail "no $2"; shift 2 ;;
    'podman --name' | 'docker --name' | 'podman --network' | 'docker --network') shift 2 ;;
    'podman --userns') [ "$2" = keep-id ] || fail "bad userns"; shift 2 ;;
    'docker --user') case "$2" in [0-9]*:[0-9]*) ;; *) fail "bad user $2" ;; esac; shift 2 ;;
    'podman --env' | 'docker --env') case "$2" in *=*) fail "a value in the open" ;; esac; keep="$keep$2 "; shift 2 ;;
    'podman --entrypoint' | 'docker --entrypoint') entry=$2; shift 2 ;;
    "$engine -"*) fail "unknown flag $1" ;;
    *) break ;;
  esac
done
image=$1; shift
if [ "$engine" = apptainer ]; then
  case "$image" in docker://*) ;; *) fail "no such image $image" ;; esac
  for name in ${'$'}(compgen -v APPTAINERENV_); do export "${'$'}{name#APPTAINERENV_}=${'$'}{!name}"; keep="$keep${'$'}{name#APPTAINERENV_} "; done
else
  set -- "$entry" "$@"
fi
for name in ${'$'}(compgen -e); do case "$keep" in *" $name "*) ;; *) unset "$name" ;; esac; done
export CONTAINER_IMAGE="$image"
exec "$@"
`;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pchain-containers-'));
  mkdirSync(join(directory, 'bin'));
  for (const name of ['apptainer', 'podman', 'docker']) {
    writeFileSync(join(directory, 'bin', name), `#!/bin/bash\n${standIn}`);
    chmodSync(join(directory, 'bin', name), 0o755);
  }
});
let rig: EngineRig | undefined;
afterEach(() => {
  rig?.close();
  rig = undefined;
  rmSync(directory, { recursive: true, force: true });
});

const environment = (): Record<string, string> => ({
  PATH: `${join(directory, 'bin')}:/usr/bin:/bin`,
  LANG: 'C.UTF-8',
  STAND_IN_DIR: directory,
  STAND_IN_LOG: join(directory, 'log'),
});
const works = (engine: ContainerEngine): void => writeFileSync(join(directory, `${engine}.works`), '');

describe('finding a container engine', () => {
  it('takes the first that works, or the one that was asked for', async () => {
    expect(await findContainerEngine('auto', environment())).toBeUndefined();
    works('docker');
    expect(await findContainerEngine('auto', environment())).toBe('docker');
    works('podman');
    expect(await findContainerEngine('auto', environment())).toBe('podman');
    expect(await findContainerEngine('docker', environment())).toBe('docker');
    expect(await findContainerEngine('apptainer', environment())).toBeUndefined();
    expect(await findContainerEngine('none', environment())).toBeUndefined();
    expect(await findContainerEngine('auto', { PATH: '/nowhere' })).toBeUndefined();
  });
});

describe('a command line for an image', () => {
  const job = {
    image: 'busybox:1.36',
    name: 'pchain-1234abcd-0',
    scriptPath: '/c/inside.sh',
    workDirectory: '/w dir',
    directories: [
      { path: '/w dir', isReadOnly: false },
      { path: '/c', isReadOnly: true },
    ],
    variables: ['TOKEN'],
    userId: 1000,
    groupId: 100,
  };
  const inside = `'if command -v bash > /dev/null; then exec bash "$0"; else exec sh "$0"; fi'`;

  it('is what each engine reads, without a value in it', () => {
    expect(containerScript({ ...job, engine: 'docker' })).toBe(
      `docker rm --force pchain-1234abcd-0 > /dev/null 2>&1\n` +
        `exec docker run --rm --name pchain-1234abcd-0 --network host --user 1000:100 --volume '/w dir:/w dir' --volume /c:/c:ro ` +
        `--env TOKEN --workdir '/w dir' --entrypoint sh busybox:1.36 -c ${inside} /c/inside.sh\n`,
    );
    expect(containerScript({ ...job, engine: 'podman' })).toContain(
      'podman run --rm --name pchain-1234abcd-0',
    );
    expect(containerScript({ ...job, engine: 'podman' })).toContain(' --userns keep-id ');
    expect(containerScript({ ...job, engine: 'apptainer' })).toBe(
      `export APPTAINERENV_TOKEN="\${TOKEN-}"\n` +
        `exec apptainer exec --cleanenv --no-home --bind '/w dir:/w dir' --bind /c:/c:ro --pwd '/w dir' docker://busybox:1.36 ` +
        `sh -c ${inside} /c/inside.sh\n`,
    );
    expect(stopWords({ engine: 'docker', name: 'x' })).toEqual(['docker', 'rm', '--force', 'x']);
    expect(stopWords({ engine: 'apptainer', name: 'x' })).toBeUndefined();
  });
});

describe('a step with an image', () => {
  for (const engine of ['apptainer', 'podman', 'docker'] as const) {
    it(`runs in it by ${engine}, with its secrets and nothing of this machine`, async () => {
      works(engine);
      rig = engineRig(2, {
        environment: { ...environment(), OF_THIS_MACHINE: 'yes' },
        containers: { choice: engine, programs: { directory: join(directory, 'bin'), needs: [] } },
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
      expect(readFileSync(join(directory, 'log'), 'utf8')).not.toContain('key-of-value');
    });
  }

  it('runs on the machine itself when no engine works, and says so', async () => {
    rig = engineRig(2, {
      environment: environment(),
      containers: { choice: 'auto', programs: { directory: join(directory, 'bin'), needs: [] } },
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
