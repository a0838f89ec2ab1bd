// The command line that runs a job in an image: the words of apptainer, podman and docker.
import { quoteShellWord } from '../../prun/shell-words.ts';
import type { FoundEngine } from './find.ts';
import type { Image } from './image.ts';

/** A directory, or a file, of this machine that the container sees. */
export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly isReadOnly: boolean;
}

export interface ContainerJob {
  readonly engine: FoundEngine;
  readonly image: Image;
  /** Of the container, for engines that name theirs; letters, digits and `-`. */
  readonly name: string;
  /** Shell text of the job, as the container sees it. */
  readonly scriptPath: string;
  /** As the container sees it. */
  readonly workDirectory: string;
  readonly mounts: readonly Mount[];
  /** Variables that the job has beside those of its image. Values are taken from the environment of the engine's command,
   *  never from its words, which everybody on the machine can read. */
  readonly variables: readonly string[];
  /** Of the person who runs this: files must be theirs. */
  readonly userId: number;
  readonly groupId: number;
}

/** Bash text that runs the job in its container and ends with its status. */
export function containerScript(job: ContainerJob): string {
  const { program, options } = containerWords(job);
  return `${variablesText(job)}exec ${[...program, ...options].map(quoteShellWord).join(' ')}\n`;
}

/** What removes a container whose command was killed; `undefined`: it dies with its command. */
export function removeWords({ engine, path }: Pick<FoundEngine, 'engine' | 'path'>, name: string) {
  switch (engine) {
    case 'apptainer':
      return undefined;
    case 'podman':
      // Without a time it waits ten seconds for payloads that pass over SIGTERM.
      return [path, 'rm', '--force', '--time', '0', name];
    case 'docker':
      return [path, 'rm', '--force', name];
  }
}

/** The first process of a container gets no signal that it does not ask for, so this one asks and hands it to all others.
 *  Where it is not the first, as in apptainer, signals reach the job by themselves. Images without bash have sh. */
const inside = [
  'if command -v bash > /dev/null 2>&1; then shell=bash; else shell=sh; fi',
  'if [ "$$" -ne 1 ]; then exec "$shell" "$0"; fi',
  `trap 'kill -TERM -1' TERM INT`,
  '"$shell" "$0" &',
  'job=$!',
  'while :; do wait "$job"; status=$?; kill -0 "$job" 2> /dev/null || exit "$status"; done',
].join('\n');

/** Bash text that comes before the words: apptainer hands on variables whose names begin like this one, without words on its
 *  command line. */
export function variablesText({ engine, variables }: ContainerJob): string {
  if (engine.engine !== 'apptainer') return '';
  return variables
    .filter((name) => /^[A-Za-z_]\w*$/.test(name))
    .map((name) => `export APPTAINERENV_${name}="\${${name}-}"\n`)
    .join('');
}

export interface ContainerWords {
  /** The engine and what it is to do. */
  readonly program: readonly string[];
  /** All the rest; more options may stand before it. */
  readonly options: readonly string[];
}

export function containerWords(job: ContainerJob): ContainerWords {
  const { engine, image, name, workDirectory, variables, scriptPath } = job;
  const mounts = job.mounts.flatMap((mount) => ['--mount', mountText(mount)]);
  if (engine.engine === 'apptainer') {
    const place = image.kind === 'registry' ? `docker://${image.name}` : image.name;
    const options = ['--cleanenv', '--no-home', ...mounts, '--pwd', workDirectory];
    return {
      program: [engine.path, 'exec'],
      options: [...options, place, 'sh', '-c', inside, scriptPath],
    };
  }
  const options = [
    ...['--rm', '--name', name],
    // Steps reach the services of this machine, as steps on a cluster reach theirs.
    ...['--network', 'host'],
    // Without it SELinux keeps a container from the files of the user.
    ...['--security-opt', 'label=disable'],
    ...userWords(job),
    ...mounts,
    ...variables.flatMap((variable) => ['--env', variable]),
    ...['--workdir', workDirectory, '--entrypoint', 'sh'],
  ];
  // An overlay keeps an unpacked image as it is.
  const place = image.kind === 'directory' ? ['--rootfs', `${image.name}:O`] : [image.name];
  return { program: [engine.path, 'run'], options: [...options, ...place, '-c', inside, scriptPath] };
}

/** Which user of the container owns the files: the one who is the user outside. */
function userWords({ engine, userId, groupId }: ContainerJob): readonly string[] {
  const user = `${userId}:${groupId}`;
  // The first user of a container without root's rights is the person who started it.
  if (engine.isRootless) return engine.engine === 'podman' ? ['--userns', 'keep-id', '--user', user] : [];
  return ['--user', user];
}

/** As all three read it: fields of CSV, so that any path can be written. */
function mountText({ source, target, isReadOnly }: Mount): string {
  const fields = ['type=bind', `source=${source}`, `target=${target}`, ...(isReadOnly ? ['readonly'] : [])];
  return fields.map((field) => (/[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');
}
