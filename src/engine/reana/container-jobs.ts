// Jobs with an image: in a container where an engine works, else on the machine itself.
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endsWell } from '../process/probe.ts';
import { containerScript, stopWords, type ContainerEngine } from './containers.ts';
import { findContainerEngine, type ContainerChoice } from './find-container-engine.ts';

export interface ContainerOptions {
  readonly choice: ContainerChoice;
  /** A directory of programs that steps find behind those of their image, and what these programs need. */
  readonly programs: { readonly directory: string; readonly needs: readonly string[] };
}

export interface WrappedJob {
  readonly name: string;
  readonly image: string;
  readonly script: string;
  readonly workDirectory: string;
  /** Of the job; its script is written there. */
  readonly control: string;
  readonly workspace: string;
  /** `undefined`: there are no secret files. */
  readonly secretDirectory: string | undefined;
  readonly variables: readonly string[];
}

/** How long the removal of a container may take. */
const stopLimitMs = 60_000;

export class ContainerJobs {
  readonly #options: ContainerOptions;
  readonly #environment: Readonly<Record<string, string>>;
  #engine: ContainerEngine | undefined;
  #isKnown = false;

  constructor(options: ContainerOptions, environment: Readonly<Record<string, string>>, known: () => void) {
    this.#options = options;
    this.#environment = environment;
    if (options.choice === 'none') this.#isKnown = true;
    else void this.#find(known);
  }

  /** False until it has turned out which engine works: jobs with an image wait for that. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  get engine(): ContainerEngine | undefined {
    return this.#engine;
  }

  /** Bash text that runs the job in its image; `undefined`: it must run on the machine itself. */
  wrap(job: WrappedJob): string | undefined {
    const engine = this.#engine;
    if (engine === undefined) return undefined;
    const { programs } = this.#options;
    const scriptPath = join(job.control, 'inside.sh');
    writeFileSync(scriptPath, `PATH="$PATH:${programs.directory}"\nexport PATH\n${job.script}\n`, {
      mode: 0o700,
    });
    const { uid: userId, gid: groupId } = statSync(job.control);
    const readOnly = [job.control, programs.directory, ...programs.needs];
    if (job.secretDirectory !== undefined) readOnly.push(job.secretDirectory);
    return containerScript({
      engine,
      image: job.image,
      name: job.name,
      scriptPath,
      workDirectory: job.workDirectory,
      directories: [
        { path: job.workspace, isReadOnly: false },
        ...readOnly.map((path) => ({ path, isReadOnly: true })),
      ],
      variables: job.variables,
      userId,
      groupId,
    });
  }

  /** Removes the container of a job whose command was killed. */
  stop(name: string): void {
    const words = this.#engine === undefined ? undefined : stopWords({ engine: this.#engine, name });
    if (words !== undefined) void endsWell(words, this.#environment, stopLimitMs);
  }

  async #find(known: () => void): Promise<void> {
    this.#engine = await findContainerEngine(this.#options.choice, this.#environment);
    this.#isKnown = true;
    known();
  }
}
