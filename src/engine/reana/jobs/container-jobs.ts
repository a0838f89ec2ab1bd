// Jobs of the embedded REANA with an image: in a container where an engine works, else on the machine itself.
import type { JobId } from '../../../base/names.ts';
import { markName } from '../../process/family.ts';
import type { Containers, ContainerMode, RunPlace } from '../../containers/containers.ts';
import type { EngineFinding } from '../../containers/find.ts';
import type { Singularity } from '../../containers/singularity.ts';

export interface ContainerOptions {
  readonly containers: Containers;
  /** @param jobId the PanDA job that offloads the run, when one does */
  readonly mode: (jobId: JobId | undefined) => ContainerMode;
}

export interface InnerContainerJob {
  readonly name: string;
  /** Of the job; scripts are written there. */
  readonly control: string;
  readonly workspace: string;
  /** `undefined`: there are no secret files. */
  readonly secretDirectory: string | undefined;
  readonly variables: readonly string[];
}

export interface ReanaContainerJob extends InnerContainerJob {
  readonly script: string;
  readonly workDirectory: string;
  /** A second place of the work directory. */
  readonly alsoAt: string | undefined;
}

/** What every container of a run has of this machine. */
function surroundings({ workspace, secretDirectory, variables }: InnerContainerJob) {
  const secrets = secretDirectory === undefined ? [] : [secretDirectory];
  return {
    variables: [...variables, markName],
    mounts: [
      { source: workspace, target: workspace, isReadOnly: false },
      ...secrets.map((path) => ({ source: path, target: path, isReadOnly: true })),
    ],
  };
}

export class ContainerJobs {
  readonly #options: ContainerOptions | undefined;
  readonly #known: () => void;
  #findings: readonly EngineFinding[] | undefined;
  #isFinding = false;

  /** @param options `undefined`: all jobs run on the machine itself
   *  @param known called once it has turned out what works */
  constructor(options: ContainerOptions | undefined, known: () => void) {
    this.#options = options;
    this.#known = known;
  }

  /** False until it has turned out which engine works: jobs with an image wait for that. */
  isReady(jobId: JobId | undefined): boolean {
    if (this.#findings !== undefined || this.#modeFor(jobId) === 'never') return true;
    if (!this.#isFinding) void this.#find();
    return false;
  }

  /** Variables that the commands of the engines need. */
  get environment(): Readonly<Record<string, string>> {
    return this.#options?.containers.environment ?? {};
  }

  /** @throws LocalError when a container is required and none can be had */
  place(image: string, workspace: string, jobId: JobId | undefined): RunPlace {
    const mode = this.#modeFor(jobId);
    return (
      this.#options?.containers.placeAmong(this.#findings ?? [], image, mode, workspace) ?? {
        at: 'host',
        why: 'containers are switched off',
      }
    );
  }

  /** Whether a job that runs commands in images of its own choice does so: it is said at once where none can be had, unless a
   *  container is required. */
  runsInner(jobId: JobId | undefined): boolean {
    const mode = this.#modeFor(jobId);
    if (mode === 'never') return false;
    return mode !== 'auto' || (this.#findings ?? []).some((finding) => finding.state === 'works');
  }

  /** The command `singularity` for such a job. */
  singularity(jobId: JobId | undefined, job: InnerContainerJob): Singularity | undefined {
    return this.#options?.containers.singularity(this.#findings ?? [], this.#modeFor(jobId), {
      ...job,
      ...surroundings(job),
    });
  }

  /** Bash text that runs the job in its image. */
  wrap(place: Extract<RunPlace, { at: 'container' }>, job: ReanaContainerJob): string {
    const { variables, mounts } = surroundings(job);
    const { workDirectory: source, alsoAt: target } = job;
    const also = target === undefined ? [] : [{ source, target, isReadOnly: false }];
    return (
      this.#options?.containers.wrap(place, { ...job, variables, mounts: [...mounts, ...also] }) ?? job.script
    );
  }

  /** Removes the container of a job whose command was killed. */
  remove(control: string): void {
    void this.#options?.containers.remove(control);
  }

  #modeFor(jobId: JobId | undefined): ContainerMode {
    return this.#options?.mode(jobId) ?? 'never';
  }

  async #find(): Promise<void> {
    this.#isFinding = true;
    this.#findings = await this.#options?.containers.findings();
    this.#known();
  }
}
