// Snakemake workflows, run by the `snakemake` command of this machine: to the engine they are one job.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UnsupportedError } from '../../../base/errors.ts';
import { Findings } from '../../../base/finding.ts';
import { quoteShellWord } from '../../../prun/shell-words.ts';
import { pythonJson } from '../../../reanaspec/python-json.ts';
import { checkSnakemake } from '../../../reanaspec/snakemake/workflow.ts';
import { credentials } from '../conductor.ts';
import type { Advance, Conductor, Credential, Job, JobEnd } from '../conductor.ts';
import { findProgram } from '../jobs/find-program.ts';
import type { RunContext } from '../run-context.ts';
import { textIn } from '../workspace/workspace-text.ts';

export interface SnakemakeConducting {
  /** Relative to the workspace. */
  readonly snakefile: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The file of a report; `undefined`: none is wanted. */
  readonly report: string | undefined;
}

/** @throws UnsupportedError when there is no such command */
export function requireSnakemake(path: string | undefined): void {
  if (findProgram('snakemake', path) !== undefined) return;
  throw new UnsupportedError(
    'a Snakemake workflow needs the command `snakemake`, which is not installed here',
    {
      hint: 'install it (Debian: `apt install snakemake`), or set `REANA_SERVER_URL` to a REANA cluster',
    },
  );
}

export function conductSnakemake(conducting: SnakemakeConducting, context: RunContext): Conductor {
  requireSnakemake(context.environment['PATH']);
  return new SnakemakeConductor(snakemakeJob(conducting, context, rulesOf(conducting, context)));
}

class SnakemakeConductor implements Conductor {
  readonly planned: readonly Job[];
  readonly total = 1;
  #end: JobEnd | undefined;

  constructor(job: Job) {
    this.planned = [job];
  }

  settle(_key: string, end: JobEnd): void {
    this.#end = end;
  }

  next(): Advance {
    if (this.#end === undefined) return { at: 'running', ready: this.planned };
    return this.#end.at === 'finished'
      ? { at: 'finished' }
      : { at: 'failed', reason: `\`snakemake\` ${this.#end.reason}` };
  }
}

/** What the rules need beside their commands, as far as it stands in the Snakefile. Faults are for Snakemake to tell. */
function rulesOf({ snakefile }: SnakemakeConducting, { workspace }: RunContext): RuleNeeds {
  const readText = textIn(workspace);
  const found = readText(snakefile);
  if (!found.ok) return { images: [], credentials: [] };
  const needs = checkSnakemake(
    { path: snakefile, text: found.text },
    {
      directory: '',
      parameters: { values: undefined, isKnown: true, file: undefined },
      declared: new Set(),
      readText,
      findings: new Findings(),
      surroundings: {},
    },
  );
  return {
    images: [...new Set(needs.images)],
    credentials: credentials.filter((kind) => needs.credentials.some((use) => use.kind === kind)),
  };
}

interface RuleNeeds {
  readonly images: readonly string[];
  readonly credentials: readonly Credential[];
}

function snakemakeJob(
  { snakefile, parameters, report }: SnakemakeConducting,
  { cores }: RunContext,
  rules: RuleNeeds,
): Job {
  const { input, ...others } = parameters;
  const own = Object.keys(others).length === 0 ? undefined : '.snakemake/parameters.json';
  const files = [...(typeof input === 'string' ? [input] : []), ...(own === undefined ? [] : [own])];
  const base = ['snakemake', '--snakefile', snakefile, '--nocolor'];
  const configuration = files.length === 0 ? [] : ['--configfile', ...files];
  // A run that was cut off leaves its lock behind, and files that are not whole.
  const line = (...words: readonly string[]): string =>
    [...base, ...configuration, ...words].map(quoteShellWord).join(' ');
  const run = (...more: readonly string[]): readonly string[] => [
    line('--cores', String(cores), '--rerun-incomplete', ...more),
    ...(report === undefined ? [] : [line('--report', report)]),
  ];
  return {
    key: 'snakemake',
    name: 'snakemake',
    command: run().join(' && '),
    image: undefined,
    innerImages: rules.images,
    backend: undefined,
    cores,
    timeLimitMs: undefined,
    credentials: rules.credentials,
    launch: ({ workspace, images }) => {
      mkdirSync(join(workspace, '.snakemake'), { recursive: true });
      if (own !== undefined) writeFileSync(join(workspace, own), pythonJson(others));
      const inImages = images === undefined ? [] : ['--use-singularity', '--singularity-prefix', images];
      return {
        script: `${line('--unlock')} > /dev/null 2>&1\n${run(...inImages).join(' &&\n')}\n`,
        workDirectory: workspace,
        environment: {},
      };
    },
  };
}
