// Images of steps: run by apptainer, podman or docker where one of them works on this machine.
import { quoteShellWord } from '../../prun/shell-words.ts';

export const containerEngines = ['apptainer', 'podman', 'docker'] as const;
export type ContainerEngine = (typeof containerEngines)[number];

/** What asks whether an engine works; it ends well only when containers can be started. */
export const probes: Readonly<Record<ContainerEngine, readonly string[]>> = {
  apptainer: ['version'],
  podman: ['info', '--format', '{{.Host.OS}}'],
  // The client alone answers too; only the server's version shows that there is one.
  docker: ['version', '--format', '{{.Server.Version}}'],
};

export interface ContainerJob {
  readonly engine: ContainerEngine;
  readonly image: string;
  /** The container, for engines that name theirs; letters, digits and `-`. */
  readonly name: string;
  /** Bash text of the job; it lies where the container sees it. */
  readonly scriptPath: string;
  readonly workDirectory: string;
  /** Directories that the container sees under their own names. */
  readonly directories: readonly { readonly path: string; readonly isReadOnly: boolean }[];
  /** Variables that the job has beside those of its image. Values are taken from the environment of the engine's command,
   *  never from its words, which everybody on the machine can read. */
  readonly variables: readonly string[];
  /** Of the person who runs this: files must be theirs. */
  readonly userId: number;
  readonly groupId: number;
}

/** Images without bash have sh. */
const inside = 'if command -v bash > /dev/null; then exec bash "$0"; else exec sh "$0"; fi';

/** Bash text that runs the job in its container and ends with its status. */
export function containerScript(job: ContainerJob): string {
  const words = commandWords(job).map(quoteShellWord).join(' ');
  const settings = job.engine === 'apptainer' ? variablesForApptainer(job) : removal(job);
  return `${settings}exec ${words}\n`;
}

/** What stops the container when its command has been killed; `undefined`: it dies with its command. */
export function stopWords({
  engine,
  name,
}: Pick<ContainerJob, 'engine' | 'name'>): readonly string[] | undefined {
  return engine === 'apptainer' ? undefined : [engine, 'rm', '--force', name];
}

// A container of an attempt that was cut off would keep the name.
const removal = (job: ContainerJob): string => `${job.engine} rm --force ${job.name} > /dev/null 2>&1\n`;

// It hands on variables whose names begin like this one, without words on its command line.
const variablesForApptainer = ({ variables }: ContainerJob): string =>
  variables.map((name) => `export APPTAINERENV_${name}="\${${name}-}"\n`).join('');

function commandWords(job: ContainerJob): readonly string[] {
  const { engine, image, name, scriptPath, workDirectory, directories, variables } = job;
  const binds = directories.map(({ path, isReadOnly }) => `${path}:${path}${isReadOnly ? ':ro' : ''}`);
  if (engine === 'apptainer') {
    return [
      'apptainer',
      'exec',
      '--cleanenv',
      '--no-home',
      ...binds.flatMap((bind) => ['--bind', bind]),
      '--pwd',
      workDirectory,
      image.includes('://') || image.startsWith('/') ? image : `docker://${image}`,
      'sh',
      '-c',
      inside,
      scriptPath,
    ];
  }
  const user = engine === 'podman' ? ['--userns', 'keep-id'] : ['--user', `${job.userId}:${job.groupId}`];
  return [
    engine,
    'run',
    '--rm',
    '--name',
    name,
    // Steps reach the services of this machine, as steps on a cluster reach theirs.
    '--network',
    'host',
    ...user,
    ...binds.flatMap((bind) => ['--volume', bind]),
    ...variables.flatMap((variable) => ['--env', variable]),
    '--workdir',
    workDirectory,
    '--entrypoint',
    'sh',
    image.replace(/^docker:\/\//, ''),
    '-c',
    inside,
    scriptPath,
  ];
}
