// The command of a steering, as iDDS would give it to docker, taken apart: image, words, and where its directory is mounted.
// iDDS runs `docker run --rm -v $(pwd):<workdir> <image> <exec>` when an image is named, else `docker <exec>`.
import { splitShellWords } from '../../prun/shell-words.ts';

export interface SteeringCommand {
  /** `undefined`: `exec` names no image either, so it is a command of this machine. */
  readonly image: string | undefined;
  /** Program and arguments inside of the image; of a command of this machine, one word: shell text. Empty: what the image
   *  itself starts. */
  readonly words: readonly string[];
  /** Where the container sees the directory of the steering, beside its own name. */
  readonly mounts: readonly string[];
  /** The directory it begins in; `undefined`: that of the steering. */
  readonly workDirectory: string | undefined;
  /** `NAME=value` */
  readonly variables: readonly string[];
  readonly entrypoint: string | undefined;
  /** Options of docker that have no meaning here, as written. */
  readonly ignored: readonly string[];
}

export interface SteeringPlaces {
  /** Placeholders without `%`: `IN`, `OUT`, `MAX_POINTS`, `NUM_POINTS`. */
  readonly placeholders: Readonly<Record<string, string | number>>;
  /** The directory of the steering: what `$(pwd)` and `$PWD` of the outer shell are. */
  readonly directory: string;
}

export type SteeringCommandResult =
  { readonly ok: true; readonly command: SteeringCommand } | { readonly ok: false; readonly fault: string };

/** Plain replacements, as iDDS does them. */
function fillPlaceholders(exec: string, values: SteeringPlaces['placeholders']): string {
  return Object.entries(values).reduce(
    (text, [name, value]) => text.replaceAll(`%${name}`, String(value)),
    exec,
  );
}

/** @param image of `--steeringContainer` */
export function steeringCommand(
  image: string | undefined,
  exec: string,
  places: SteeringPlaces,
): SteeringCommandResult {
  const filled = fillPlaceholders(exec, places.placeholders);
  if (image === undefined && !startsWithRun(filled)) {
    return { ok: true, command: { ...plain, image: undefined, words: [filled] } };
  }
  const split = splitShellWords(withDirectory(filled, places.directory));
  if (!split.ok) return { ok: false, fault: 'a quote in `--steeringExec` is never closed' };
  const words = split.words.map((word) => word.text);
  if (image !== undefined) return { ok: true, command: { ...plain, image, words } };
  return readRun(words.slice(words[0] === 'docker' ? 2 : 1), places.directory);
}

/** Whether the text is the arguments of docker, which iDDS needs where no image is named. */
function startsWithRun(exec: string): boolean {
  return /^\s*(?:docker\s+)?run\s/.test(exec);
}

const plain = { mounts: [], workDirectory: undefined, variables: [], entrypoint: undefined, ignored: [] };

/** The outer shell fills these in, but not between single quotes. */
function withDirectory(text: string, directory: string): string {
  return text.replace(/'[^']*'|\$\(pwd\)|`pwd`|\$\{PWD\}|\$PWD\b/g, (found) =>
    found.startsWith("'") ? found : directory,
  );
}

/** Options of `docker run` that take a value and matter here. */
const volume = new Set(['-v', '--volume']);
const workDirectory = new Set(['-w', '--workdir']);
const variable = new Set(['-e', '--env']);
/** Those that take a value, and none of it matters to a process of this machine's user. */
const otherValues = new Set(
  '--name --user -u --gpus --network --net --memory -m --cpus --shm-size --ulimit --platform --runtime --hostname -h --ipc --pid --label -l --env-file --mount --tmpfs --device --pull --log-driver --restart --cpuset-cpus'.split(
    ' ',
  ),
);

function readRun(words: readonly string[], directory: string): SteeringCommandResult {
  const mounts: string[] = [];
  const variables: string[] = [];
  const ignored: string[] = [];
  let begin: string | undefined;
  let entrypoint: string | undefined;
  let index = 0;
  for (; index < words.length; index++) {
    const word = words[index] ?? '';
    if (!word.startsWith('-')) break;
    const [flag, attached] = flagOf(word);
    const value = (): string => attached ?? words[++index] ?? '';
    if (volume.has(flag)) {
      const mount = readMount(value(), directory);
      if (mount === undefined) {
        return {
          ok: false,
          fault: '`--steeringExec` mounts a directory that is not the one of the steering',
        };
      }
      mounts.push(mount);
    } else if (workDirectory.has(flag)) begin = value();
    else if (variable.has(flag)) variables.push(value());
    else if (flag === '--entrypoint') entrypoint = value();
    else if (otherValues.has(flag)) ignored.push(`${flag} ${value()}`);
    else if (flag !== '--rm') ignored.push(word);
  }
  const image = words[index];
  if (image === undefined) return { ok: false, fault: '`--steeringExec` names no image after `run`' };
  return {
    ok: true,
    command: {
      image,
      words: words.slice(index + 1),
      mounts: [...new Set(mounts)],
      workDirectory: begin,
      variables,
      entrypoint,
      ignored,
    },
  };
}

function flagOf(word: string): [flag: string, value: string | undefined] {
  const equals = word.startsWith('--') ? word.indexOf('=') : -1;
  return equals === -1 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)];
}

/** `<directory>:/inside[:ro]` -> `/inside`; only the directory of the steering can be shown to it. */
function readMount(text: string, directory: string): string | undefined {
  if (!text.startsWith(`${directory}:`)) return undefined;
  const inside = text.slice(directory.length + 1).replace(/:(?:ro|rw|z|Z)(?:,\w+)*$/, '');
  return inside.startsWith('/') ? inside : undefined;
}
