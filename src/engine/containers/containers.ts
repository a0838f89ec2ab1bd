// Jobs with an image: where they run, what is typed for it, and how nothing of them is left.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalError } from '../../base/errors.ts';
import { endsWell } from '../process/probe.ts';
import { containerScript, removeWords, type Mount } from './command.ts';
import { engineOf, findEngines, whyNone, type EngineFinding, type FoundEngine } from './find.ts';
import { canRun, containerEngines, readImage, type ContainerEngine, type Image } from './image.ts';
import { noteName, runningIn, writeSingularity, type Singularity } from './singularity.ts';

/** `never`: on the machine itself · `auto`: in a container where an engine works, else on the machine itself ·
 *  `require`: in a container or not at all · an engine: in a container of this one or not at all. */
export const containerModes = ['never', 'auto', 'require', ...containerEngines] as const;
export type ContainerMode = (typeof containerModes)[number];

/** Where a job with an image runs. `host`: on the machine itself; `why` says so in words. */
export type RunPlace =
  | { readonly at: 'container'; readonly engine: FoundEngine; readonly image: Image }
  | { readonly at: 'host'; readonly why: string };

export interface ContainersOptions {
  /** Of the commands of the engines. */
  readonly environment: Readonly<Record<string, string>>;
  /** A directory of programs that jobs find behind those of their image, and what these programs need. */
  readonly programs: { readonly directory: string; readonly needs: readonly string[] };
}

export interface WrappedJob {
  /** Of the container, different for each attempt of a job; letters, digits and `-`. */
  readonly name: string;
  /** Shell text. */
  readonly script: string;
  /** As the container sees it. */
  readonly workDirectory: string;
  /** A directory of the job; its script and a note of the container are written there. */
  readonly control: string;
  readonly mounts: readonly Mount[];
  /** Names of the variables of the job's process that the container gets as well. */
  readonly variables: readonly string[];
}

/** A job that runs commands in images of its own choice. */
export type InnerJob = Pick<WrappedJob, 'name' | 'control' | 'mounts' | 'variables'>;

/** How long the removal of a container may take. */
const removeLimitMs = 60_000;

export class Containers {
  readonly #options: ContainersOptions;
  #findings: Promise<readonly EngineFinding[]> | undefined;

  constructor(options: ContainersOptions) {
    this.#options = options;
  }

  /** What the commands of the engines need; the process that runs a wrapped script has it as well. */
  get environment(): Readonly<Record<string, string>> {
    return this.#options.environment;
  }

  /** What works here, tried once. */
  findings(): Promise<readonly EngineFinding[]> {
    this.#findings ??= findEngines(this.#options.environment);
    return this.#findings;
  }

  /** Decides where a job runs.
   *  @param directory where relative paths of images begin
   *  @throws LocalError when a container is required and none can be had */
  async place(text: string, mode: ContainerMode, directory: string): Promise<RunPlace> {
    return this.placeAmong(mode === 'never' ? [] : await this.findings(), text, mode, directory);
  }

  /** The same for those who have the findings already. */
  placeAmong(all: readonly EngineFinding[], text: string, mode: ContainerMode, directory: string): RunPlace {
    if (mode === 'never') return { at: 'host', why: 'containers are switched off' };
    const image = readImage(text, directory);
    const { engine, why } = engineFor(all, image, mode);
    if (engine !== undefined) return { at: 'container', engine, image };
    if (mode === 'auto') return { at: 'host', why };
    throw new LocalError(`the image \`${text}\` cannot be run: ${why}`, {
      hint: '`pchain doctor` shows the engines; `--containers auto` runs the step on this machine itself',
    });
  }

  /** Bash text that runs the job in its image; the engine's command reads the values of the variables from its environment. */
  wrap(place: Extract<RunPlace, { at: 'container' }>, job: WrappedJob): string {
    mkdirSync(job.control, { recursive: true });
    const scriptPath = join(job.control, 'inside.sh');
    writeFileSync(scriptPath, `${this.#beforeText}${job.script}\n`, { mode: 0o700 });
    const { engine, image } = place;
    // Before it runs: whoever cleans up after a crash must know its name.
    writeFileSync(join(job.control, noteName), JSON.stringify({ ...engine, name: job.name }));
    const { uid: userId, gid: groupId } = statSync(job.control);
    return containerScript({
      engine,
      image,
      name: job.name,
      scriptPath,
      workDirectory: job.workDirectory,
      mounts: [...job.mounts, readOnly(scriptPath), ...this.#programMounts],
      variables: job.variables,
      userId,
      groupId,
    });
  }

  /** Writes a command `singularity`, by which a job runs commands in images of its own choice.
   *  @param mode not `never` */
  singularity(all: readonly EngineFinding[], mode: ContainerMode, job: InnerJob): Singularity {
    const { uid: userId, gid: groupId } = statSync(job.control);
    return writeSingularity({
      ...job,
      directory: join(job.control, innerName),
      before: this.#beforeText,
      mounts: [...job.mounts, ...this.#programMounts],
      userId,
      groupId,
      placeOf: (image) => {
        const found = engineFor(all, image, mode);
        if (found.engine !== undefined) return found.engine;
        return mode === 'auto' ? { host: found.why } : { refused: found.why };
      },
    });
  }

  /** Removes the containers of a job whose process was killed or lost; nothing is done for one that had none. */
  async remove(control: string): Promise<void> {
    const inner = runningIn(join(control, innerName));
    for (const place of [control, ...namesIn(inner).map((name) => join(inner, name))]) {
      const note = readNote(place);
      const words = note === undefined ? undefined : removeWords(note, note.name);
      if (words !== undefined) await endsWell(words, this.#options.environment, removeLimitMs);
    }
  }

  /** Comes before the script of a job in its container. */
  get #beforeText(): string {
    const { directory } = this.#options.programs;
    return homeText + (directory === '' ? '' : `PATH="$PATH:${directory}"\nexport PATH\n`);
  }

  get #programMounts(): readonly Mount[] {
    const { directory, needs } = this.#options.programs;
    return [directory, ...needs].filter((path) => path !== '').map(readOnly);
  }
}

/** Of what a job has for the containers that it starts itself. */
const innerName = 'inner';

const readOnly = (path: string): Mount => ({ source: path, target: path, isReadOnly: true });

/** A user without a home in the image could write nowhere that programs expect it. */
const homeText = 'if [ ! -w "${HOME:-/}" ]; then HOME="$PWD"; export HOME; fi\n';

/** The engine that runs an image, or why there is none. */
function engineFor(
  all: readonly EngineFinding[],
  image: Image,
  mode: ContainerMode,
):
  | { readonly engine: FoundEngine; readonly why?: undefined }
  | { readonly engine?: undefined; readonly why: string } {
  const only = containerEngines.find((engine) => engine === mode);
  const findings = all.filter((finding) => only === undefined || engineOf(finding) === only);
  const working = findings.flatMap((finding) => (finding.state === 'works' ? [finding.found] : []));
  const engine = working.find((found) => canRun(found.engine, image));
  if (engine !== undefined) return { engine };
  const why =
    working.length === 0
      ? `no container engine works here (${whyNone(findings)})`
      : `${working.map((found) => found.engine).join(' and ')} cannot run such an image; ${ableTo(image)} could`;
  return { why };
}

const ableTo = (image: Image): string =>
  containerEngines.filter((engine) => canRun(engine, image)).join(' or ');

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function readNote(control: string): { engine: ContainerEngine; path: string; name: string } | undefined {
  try {
    return JSON.parse(readFileSync(join(control, noteName), 'utf8')) as ReturnType<typeof readNote>;
  } catch {
    return undefined;
  }
}
