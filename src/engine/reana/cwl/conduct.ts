// CWL workflows: every command line tool is a job in a directory of its own below `cwl/` of the workspace; the outputs of the
// whole end up in `outputs/`.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { collectOutputs, outcomeOf } from '../../../cwl/execution/collect.ts';
import type { EvaluateJavaScript } from '../../../cwl/execution/ports.ts';
import type { Process } from '../../../cwl/execution/process.ts';
import { requirement } from '../../../cwl/execution/requirements.ts';
import { CwlRun, type ReadyTool } from '../../../cwl/execution/run.ts';
import type { Values } from '../../../cwl/execution/values.ts';
import type { Advance, Conductor, Job, JobEnd } from '../conductor.ts';
import { diskView } from '../workspace/disk-view.ts';
import { readJobSettings } from '../jobs/job-settings.ts';
import { removeTree } from '../workspace/remove-tree.ts';
import { publishOutputs } from './publish.ts';
import { stageFiles } from './stage.ts';

export interface CwlConducting {
  readonly process: Process;
  /** Inputs, files at absolute paths. */
  readonly inputs: Values;
  readonly workspace: string;
  readonly evaluate: EvaluateJavaScript;
  /** Of the machine. */
  readonly cores: number;
  /** Told of the outputs at the end, files at their published places. */
  readonly onOutputs?: (outputs: Values) => void;
}

export function conductCwl(conducting: CwlConducting): Conductor {
  return new CwlConductor(conducting);
}

class CwlConductor implements Conductor {
  readonly planned = [];
  readonly #run: CwlRun;
  readonly #workspace: string;
  readonly #onOutputs: CwlConducting['onOutputs'];
  readonly #jobs = new Map<string, Job>();
  #total = 0;

  constructor({ process, inputs, workspace, evaluate, cores, onOutputs }: CwlConducting) {
    this.#workspace = workspace;
    this.#onOutputs = onOutputs;
    this.#run = new CwlRun(process, inputs, {
      files: diskView,
      evaluate,
      cores,
      homeOf: (key) => join(workspace, 'cwl', directoryName(key)),
    });
  }

  get total(): number {
    return this.#total;
  }

  settle(key: string, end: JobEnd): void {
    this.#run.settle(key, end.at === 'finished' ? { at: 'finished', outputs: end.result as Values } : end);
  }

  next(): Advance {
    const progress = this.#run.next();
    if (progress.at === 'running') {
      this.#total = progress.total;
      return { at: 'running', ready: progress.ready.map((ready) => this.#jobOf(ready)) };
    }
    return {
      at: 'finished',
      publish: async () => {
        const published = await publishOutputs(progress.outputs, join(this.#workspace, 'outputs'));
        this.#onOutputs?.(published);
        removeTree(join(this.#workspace, 'cwl'));
        return [`outputs: ${JSON.stringify(published).replaceAll(`"${this.#workspace}/`, '"')}`];
      },
    };
  }

  /** Made once: a wide scatter asks for all of them after the end of each. */
  #jobOf(ready: ReadyTool): Job {
    const known = this.#jobs.get(ready.key);
    if (known !== undefined) return known;
    const job = this.#job(ready);
    this.#jobs.set(ready.key, job);
    return job;
  }

  #job({ key, job, rules }: ReadyTool): Job {
    const settings = requirement(job.tool, 'reana') ?? {};
    const home = join(job.directory, '..');
    const { timeLimitMs, ...rest } = readJobSettings(settings);
    return {
      key,
      name: key,
      command: job.command,
      image: job.image,
      ...rest,
      cores: job.cores,
      timeLimitMs: job.timeLimitMs ?? timeLimitMs,
      launch: () => {
        stageFiles(home, job.staging);
        return {
          script: job.script,
          workDirectory: job.directory,
          alsoAt: job.directoryInImage,
          environment: job.environment,
        };
      },
      collect: async (_, exitStatus): Promise<JobEnd> => {
        const outcome = outcomeOf(job, exitStatus);
        if (outcome !== 'success') {
          const kind = outcome === 'temporary' ? ', which the tool calls temporary' : '';
          return { at: 'failed', reason: `failed with status ${exitStatus}${kind}` };
        }
        return { at: 'finished', result: await collectOutputs(job, exitStatus, diskView, rules) };
      },
    };
  }
}

/** A key as one segment of a path, readable where it can be. */
function directoryName(key: string): string {
  const plain = key.replace(/[^A-Za-z0-9_.[\]-]+/g, '_');
  if (plain === key && key.length <= 100 && !key.startsWith('.')) return key;
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 8);
  return `${plain.replace(/^\.+/, '').slice(0, 80)}-${digest}`;
}
