// Yadage workflows: every step is a job in the workspace, with a directory of its own that its parameters name.
import { Buffer } from 'node:buffer';
import { mkdirSync } from 'node:fs';
import { toPythonValue, type PythonValue } from '../../../reanaspec/python-value.ts';
import { imageName } from '../../../reanaspec/yadage/image-name.ts';
import type { YadageWorkflow } from '../../../reanaspec/yadage/model.ts';
import type { EvaluateJq } from '../../../reanaspec/yadage/run/ports.ts';
import { publishedBy, YadageRun } from '../../../reanaspec/yadage/run/run.ts';
import type { YadageNode } from '../../../reanaspec/yadage/run/scope.ts';
import { fromStored, toStored } from '../../../reanaspec/yadage/run/stored-value.ts';
import { membersOf } from '../../../reanaspec/yadage/run/texts.ts';
import type { Advance, Conductor, Job, JobEnd, Json } from '../conductor.ts';
import { readJobSettings } from '../jobs/job-settings.ts';
import { shellJob } from '../jobs/shell-job.ts';
import { yadageFiles } from './files.ts';

export interface YadageConducting {
  readonly workflow: YadageWorkflow;
  /** The values of `init`; called once in the life of a run. */
  readonly inputs: () => Readonly<Record<string, PythonValue>>;
  readonly workspace: string;
  readonly initDirectory: string;
  readonly jq: EvaluateJq;
}

export function conductYadage(conducting: YadageConducting): YadageConductor {
  return new YadageConductor(conducting);
}

export class YadageConductor implements Conductor {
  readonly planned = [];
  readonly run: YadageRun;
  readonly #jq: EvaluateJq;

  constructor({ workflow, inputs, workspace, initDirectory, jq }: YadageConducting) {
    this.#jq = jq;
    this.run = new YadageRun(workflow, inputs, { workspace, initDirectory, files: yadageFiles, jq });
  }

  get total(): number {
    return this.run.nodes.filter((node) => node.job !== undefined).length + this.run.waitingStages.length;
  }

  settle(key: string, end: JobEnd): void {
    this.run.settle(key, end.at === 'finished' ? { at: 'finished', result: fromStored(end.result) } : end);
  }

  found(key: string, value: Json): void {
    this.run.found(key, fromStored(value));
  }

  next(): Advance {
    const { ready, lookUps } = this.run.next();
    if (ready.length > 0 || lookUps.length > 0) {
      return {
        at: 'running',
        ready: ready.map((node) => this.#job(node)),
        lookUps: lookUps.map(({ key, look }) => ({ key, look: () => toStored(look()) })),
      };
    }
    const failed = this.run.nodes.filter((node) => node.state === 'failed').map((node) => `\`${node.key}\``);
    if (failed.length > 0) {
      const what = failed.length === 1 ? 'step' : 'steps';
      return { at: 'failed', reason: `${what} ${failed.join(', ')} failed` };
    }
    return { at: 'finished', notes: this.run.waitingStages.map(neverRan) };
  }

  #job(node: YadageNode): Job {
    const { environment } = node.step ?? {};
    const settings = Object.assign(
      {},
      ...(environment?.resources ?? []).map((resource) => membersOf(toPythonValue(resource))),
    ) as Readonly<Record<string, unknown>>;
    const command = commandOf(node);
    const job = shellJob({
      key: node.key,
      name: node.key,
      script: command,
      image: environment && imageName(environment),
      ...readJobSettings(settings),
      collect: (_, exitStatus): Promise<JobEnd> => Promise.resolve(this.#collected(node, exitStatus)),
    });
    return {
      ...job,
      launch: (place) => {
        if (node.places.workdir !== undefined) mkdirSync(node.places.workdir, { recursive: true });
        return job.launch(place);
      },
    };
  }

  #collected(node: YadageNode, exitStatus: number): JobEnd {
    if (exitStatus !== 0) return { at: 'failed', reason: `failed with status ${exitStatus}` };
    return {
      at: 'finished',
      result: toStored(publishedBy(node, { files: yadageFiles, jq: this.#jq })),
    };
  }
}

/** A script goes to its interpreter as REANA sends it, whatever quotes are in it. */
function commandOf({ job }: YadageNode): string {
  if (job === undefined) return 'true';
  if (job.kind === 'command') return job.command;
  const encoded = Buffer.from(job.script).toString('base64');
  return `echo ${encoded} | base64 -d | ${job.interpreter}`;
}

const neverRan = (stage: string): string =>
  `stage ${stage} was never run: what it depends on has not come; the workflow counts as finished all the same`;
