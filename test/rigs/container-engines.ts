// Stand-ins for apptainer, podman and docker: they read their words with the grammar of the real programs, refuse what those
// refuse, and run the command on this machine in namespaces of its own, with the mounts that were asked for. As with the real
// ones, the container of podman and docker outlives its command when that is killed.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerEngine } from '../../src/engine/containers/image.ts';

/** Whether this machine lets its users make namespaces, which the stand-ins run commands in. */
export const hasNamespaces =
  process.platform === 'linux' &&
  spawnSync('unshare', ['-Urmpf', 'sh', '-c', 'mount -t tmpfs none /srv']).status === 0;

export class ContainerEngineRig {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(join(directory, 'bin'));
    mkdirSync(join(directory, 'running'));
    for (const engine of ['apptainer', 'podman', 'docker']) {
      const path = join(directory, 'bin', engine);
      writeFileSync(path, `#!${process.execPath}\n(${standIn.toString()})('${engine}', '${directory}');\n`);
      chmodSync(path, 0o755);
    }
  }

  get environment(): Record<string, string> {
    return { PATH: `${join(this.#directory, 'bin')}:/usr/local/bin:/usr/bin:/bin`, LANG: 'C.UTF-8' };
  }

  /** Lets an engine work; before, it answers like one whose daemon or whose rights are missing. */
  works(engine: ContainerEngine): void {
    writeFileSync(join(this.#directory, `${engine}.works`), '');
  }

  /** Lets it answer and yet start nothing, as where a kernel forbids it. */
  cannotRun(engine: ContainerEngine): void {
    this.works(engine);
    writeFileSync(join(this.#directory, `${engine}.forbidden`), '');
  }

  /** Every command line so far: its words with blanks between. */
  get logPath(): string {
    return join(this.#directory, 'commands.log');
  }

  /** Where each running container of podman and docker has a file, by its name. */
  get running(): string {
    return join(this.#directory, 'running');
  }
}

/** The program itself; it stands alone, as text. */
function standIn(engine: string, directory: string): void {
  /* eslint-disable @typescript-eslint/no-require-imports -- the text of this function is a program of its own */
  const fs = require('node:fs') as typeof import('node:fs');
  const { spawn } = require('node:child_process') as typeof import('node:child_process');
  const words = process.argv.slice(2);
  fs.appendFileSync(`${directory}/commands.log`, `${engine} ${words.join(' ')}\n`);
  const fail: (message: string) => never = (message) => {
    console.error(engine === 'apptainer' ? `FATAL:   ${message}` : `Error: ${message}`);
    process.exit(engine === 'apptainer' ? 255 : 125);
  };
  const works = fs.existsSync(`${directory}/${engine}.works`);
  const [command = '', ...rest] = words;

  const answers: Record<string, string> = {
    'apptainer version': '1.3.6',
    'podman info --format {{.Version.Version}} {{.Host.Security.Rootless}}': '4.9.4 true',
    'docker version --format {{.Server.Version}}': '28.2.2',
    'docker info --format {{json .SecurityOptions}}': '["name=seccomp,profile=builtin"]',
  };
  const answer = answers[`${engine} ${words.join(' ')}`];
  if (answer !== undefined) {
    if (!works) {
      console.error('Cannot connect to the daemon. Is it running?');
      process.exit(1);
    }
    console.log(answer);
    process.exit(0);
  }

  if (command === 'rm' && engine !== 'apptainer') {
    // docker has no --time here.
    const grammar = engine === 'podman' ? ['--force', '--time', '0'] : ['--force'];
    if (grammar.some((word, index) => rest[index] !== word) || rest.length !== grammar.length + 1)
      fail(`unknown flag: ${rest.join(' ')}`);
    const file = `${directory}/running/${rest.at(-1)}`;
    if (!fs.existsSync(file)) {
      console.error(`Error: no container with name or ID "${rest.at(-1)}" found`);
      process.exit(1);
    }
    try {
      process.kill(-Number(fs.readFileSync(file, 'utf8')), 'SIGKILL');
    } catch {
      // It has just ended.
    }
    fs.rmSync(file, { force: true });
    process.exit(0);
  }
  if (command !== (engine === 'apptainer' ? 'exec' : 'run')) fail(`unknown command "${command}"`);

  // Options of `apptainer exec`, `podman run`, `docker run`; 1: a value follows.
  const all: Record<string, Record<string, 0 | 1>> = {
    apptainer: {
      '--cleanenv': 0,
      '--no-home': 0,
      '--mount': 1,
      '--bind': 1,
      '--pwd': 1,
      '--containall': 0,
      '--pid': 0,
      '--env-file': 1,
    },
    podman: {
      '--rm': 0,
      '--name': 1,
      '--network': 1,
      '--security-opt': 1,
      '--user': 1,
      '--userns': 1,
      '--mount': 1,
      '--volume': 1,
      '--env': 1,
      '--workdir': 1,
      '--entrypoint': 1,
      '--rootfs': 0,
      '--memory': 1,
      '--init': 0,
    },
    docker: {
      '--rm': 0,
      '--name': 1,
      '--network': 1,
      '--security-opt': 1,
      '--user': 1,
      '--userns': 1,
      '--mount': 1,
      '--volume': 1,
      '--env': 1,
      '--workdir': 1,
      '--entrypoint': 1,
      '--memory': 1,
      '--init': 0,
    },
  };
  const grammar = all[engine] ?? {};
  const given: [string, string][] = [];
  let at = 0;
  for (; rest[at]?.startsWith('-') === true; at++) {
    const option = rest[at] ?? '';
    const arity = grammar[option];
    if (arity === undefined) fail(`unknown flag: ${option}`);
    given.push([option, arity === 1 ? (rest[++at] ?? fail(`flag needs an argument: ${option}`)) : '']);
  }
  const [image = fail('an image is missing'), ...args] = rest.slice(at);
  const valuesOf = (option: string): string[] =>
    given.filter(([name]) => name === option).map(([, value]) => value);

  // RFC 4180: a field in quotes may hold commas, a quote in it is doubled.
  const fields = (text: string): string[] => {
    const found: string[] = [];
    for (const match of text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g))
      found.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    return found;
  };
  const mounts = valuesOf('--mount').map((text) => {
    const mount: Record<string, string> = {};
    for (const field of fields(text)) {
      const cut = field.indexOf('=');
      const key = cut === -1 ? field : field.slice(0, cut);
      if (!['type', 'source', 'target', 'readonly'].includes(key)) fail(`invalid mount option ${key}`);
      mount[key] = cut === -1 ? 'true' : field.slice(cut + 1);
    }
    if (mount['type'] !== 'bind') fail('mount type must be bind');
    if (!fs.existsSync(mount['source'] ?? '')) fail(`bind source path does not exist: ${mount['source']}`);
    if (!(mount['target'] ?? '').startsWith('/')) fail(`invalid mount target ${mount['target']}`);
    return mount;
  });
  for (const value of valuesOf('--security-opt'))
    if (value !== 'label=disable') fail(`invalid --security-opt ${value}`);
  for (const value of valuesOf('--userns'))
    if (value !== 'keep-id') fail(`unrecognized namespace mode ${value}`);
  for (const value of valuesOf('--user')) if (!/^\d+:\d+$/.test(value)) fail(`unable to find user ${value}`);
  for (const value of valuesOf('--env')) if (value.includes('=')) fail('a value in the open');
  const isRootfs = given.some(([name]) => name === '--rootfs');
  const isPath = image.startsWith('/');
  if (engine === 'docker' && (isPath || image.includes('://'))) fail(`invalid reference format: ${image}`);
  if (engine === 'podman' && isPath !== isRootfs) fail(`invalid reference format: ${image}`);
  if (engine === 'apptainer' && !isPath && !/^(docker|oras|library|shub):\/\//.test(image))
    fail(`could not open image ${image}`);
  if (isPath && !fs.existsSync(image.replace(/:O$/, ''))) fail(`no such file or directory: ${image}`);
  if (!works || fs.existsSync(`${directory}/${engine}.forbidden`)) fail('operation not permitted');

  const env: Record<string, string | undefined> = {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    CONTAINER_IMAGE: image,
    HOME: '/root',
  };
  for (const name of valuesOf('--env')) env[name] = process.env[name];
  for (const [name, value] of Object.entries(process.env))
    if (engine === 'apptainer' && name.startsWith('APPTAINERENV_')) env[name.slice(13)] = value;
  const [entry] = valuesOf('--entrypoint');
  const program = entry === undefined ? args : [entry, ...args];
  const quote = (text = ''): string => `'${text.replaceAll("'", `'"'"'`)}'`;
  const [pwd = '/'] = [...valuesOf('--workdir'), ...valuesOf('--pwd')];
  const script = [
    'set -e',
    ...mounts.flatMap(({ source, target }) =>
      source === target
        ? []
        : [
            'mount -t tmpfs none /srv',
            `mkdir -p ${quote(target)}`,
            `mount --bind ${quote(source)} ${quote(target)}`,
          ],
    ),
    `cd ${quote(pwd)}`,
    `exec ${program.map(quote).join(' ')}`,
  ].join('\n');
  // apptainer shares the processes of its user, the others have their own.
  const own = engine === 'apptainer' ? ['-Urm'] : ['-Urmpf', '--kill-child=SIGKILL'];
  const child = spawn('unshare', [...own, 'sh', '-c', script], {
    env,
    stdio: 'inherit',
    detached: engine !== 'apptainer',
  });
  const file = `${directory}/running/${valuesOf('--name')[0] ?? `unnamed-${process.pid}`}`;
  if (engine !== 'apptainer') {
    if (fs.existsSync(file)) fail(`the container name "${valuesOf('--name')[0]}" is already in use`);
    fs.writeFileSync(file, String(child.pid));
    // Handed to the first process of the container.
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => firstProcess(name));
  }
  const firstProcess = (name: NodeJS.Signals): void => {
    const children = fs.readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim();
    for (const pid of children.split(' ').filter((text) => text !== '')) process.kill(Number(pid), name);
  };
  child.on('exit', (code, signal) => {
    if (engine !== 'apptainer') fs.rmSync(file, { force: true });
    process.exit(code ?? (signal === 'SIGKILL' ? 137 : 143));
  });
}
