// What answers the questions of a search: the steering of the step, as a command in its image or on this machine, or a built-in
// sampler in its place, which is always said.
import type { HpoSpec } from '../../prun/hpo-spec.ts';
import { quoteShellWord } from '../../prun/shell-words.ts';
import type { SamplerName, SearchOptions } from './search-options.ts';
import { steeringCommand, type SteeringCommand } from './steering-command.ts';
import { steeringInput, steeringOutput } from './steering-files.ts';

export type Steering = {
  /** What answers, in words. */
  readonly by: string;
  /** Not what would answer on the grid. */
  readonly isLocal: boolean;
} & (
  | { readonly kind: 'sampler'; readonly sampler: SamplerName }
  | {
      readonly kind: 'command';
      /** Bash text. */
      readonly script: string;
      /** It runs on the machine itself, where the files of its image are not: it finds those of the sandbox. */
      readonly needsSandbox: boolean;
    }
);

export interface SteeringPlace {
  /** Where it runs: empty but for its input. */
  readonly directory: string;
  /** How its image is run; gives the bash text for it, or why it cannot be run here.
   *  @throws LocalError when the user wants a container or nothing */
  readonly inContainer: (run: ContainerRun) => Promise<ContainerText>;
}

export interface ContainerRun {
  readonly image: string;
  /** Shell text, run inside. */
  readonly script: string;
  /** Where the container sees the directory, beside its own name. */
  readonly mounts: readonly string[];
  readonly workDirectory: string;
}

export type ContainerText =
  | { readonly at: 'container'; readonly script: string; readonly engine: string }
  | { readonly at: 'host'; readonly why: string };

/** Local approximation: these two words stand wherever something of ours answers. */
export const approximation = 'local approximation';

/** Decides what answers a question.
 *  @returns in `fault`, why nothing can: trying again does not help
 *  @throws LocalError when a container is required and none can be had */
export async function chooseSteering(
  spec: HpoSpec,
  options: SearchOptions,
  counts: { readonly wanted: number; readonly maxPoints: number },
  place: SteeringPlace,
): Promise<Steering | { readonly kind: 'fault'; readonly fault: string }> {
  const choice = options.steering ?? 'auto';
  if (choice !== 'auto' && choice !== 'command') return sampler(choice, 'asked for by `--hpo-steering`');
  const read = steeringCommand(spec.steering.image, spec.steering.exec, {
    placeholders: {
      MAX_POINTS: counts.maxPoints,
      NUM_POINTS: counts.wanted,
      IN: steeringInput,
      OUT: steeringOutput,
    },
    directory: place.directory,
  });
  if (!read.ok) return { kind: 'fault', fault: read.fault };
  const { command } = read;
  if (command.image === undefined || choice === 'command') return onThisMachine(command);
  const { image } = command;
  if (command.words.length === 0 && command.entrypoint === undefined)
    return sampler(samplerFor(spec), 'the steering names an image and no command');
  const placed = await place.inContainer({
    image,
    script: scriptInside(command, place.directory),
    mounts: command.mounts,
    workDirectory: command.workDirectory ?? place.directory,
  });
  return placed.at === 'host'
    ? sampler(samplerFor(spec), `the steering's image \`${image}\` cannot be run: ${placed.why}`)
    : {
        kind: 'command',
        script: placed.script,
        by: `the steering in \`${image}\`, run by ${placed.engine}`,
        isLocal: false,
        needsSandbox: false,
      };
}

/** For people: what each is. */
const samplerWords: Readonly<Record<SamplerName, string>> = {
  random: 'random points',
  grid: 'points of a grid',
  model: 'a Gaussian process with expected improvement',
  toys: 'Monte Carlo toys, and the limit as the last point',
};

/** A steering that makes toys has no space to search; any other is best replaced by one that learns. */
function samplerFor(spec: HpoSpec): SamplerName {
  return /toy_?mc/i.test(`${spec.steering.image ?? ''} ${spec.steering.exec}`) ? 'toys' : 'model';
}

function sampler(name: SamplerName, why: string): Steering {
  return {
    kind: 'sampler',
    sampler: name,
    by: `${approximation} by ${samplerWords[name]} (${why})`,
    isLocal: true,
  };
}

function onThisMachine(command: SteeringCommand): Steering {
  const isText = command.image === undefined;
  return {
    kind: 'command',
    script: isText ? command.words.join(' ') : words(command),
    by: isText
      ? 'the command of the steering, on this machine'
      : `${approximation} by the command of the steering on this machine, not in \`${command.image}\``,
    isLocal: !isText,
    needsSandbox: true,
  };
}

/** Bash text that starts the program of the steering. */
function words({ entrypoint, words: given, variables }: SteeringCommand): string {
  const all = [...(entrypoint === undefined ? [] : [entrypoint]), ...given];
  const settings = variables
    .filter((variable) => /^[A-Za-z_]\w*=/.test(variable))
    .map(
      (variable) =>
        `export ${variable.replace(/=(.*)$/s, (_, value: string) => `=${quoteShellWord(value)}`)}\n`,
    );
  return `${settings.join('')}${all.map(quoteShellWord).join(' ')}\n`;
}

function scriptInside(command: SteeringCommand, directory: string): string {
  return `cd ${quoteShellWord(command.workDirectory ?? directory)} || exit\n${words(command)}`;
}
