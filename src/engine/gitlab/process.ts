// A pipeline at GitLab in the place of a process of this machine: it has a log, an exit status and can be ended.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { LocalError, messageOf } from '../../base/errors.ts';
import { redact, type Secret } from '../../base/secret.ts';
import type { HttpClient } from '../../http/client.ts';
import type { RunningProcess } from '../process/process.ts';
import { GitlabApi } from './api.ts';
import { runPipeline } from './run.ts';
import type { PipelineSpec } from './spec.ts';

export interface PipelineStart {
  readonly spec: PipelineSpec;
  readonly http: HttpClient | undefined;
  readonly secrets: ReadonlyMap<string, Secret>;
  readonly notePath: string;
  readonly key: string;
  readonly control: string;
  readonly workDirectory: string;
  readonly clock: Clock;
}

/** Starts the job of a gitlab step.
 *  @throws LocalError naming the secrets that are missing */
export function startPipeline(start: PipelineStart): RunningProcess {
  const { spec, http, clock, control } = start;
  if (http === undefined) throw new LocalError('this engine may not speak to GitLab');
  const [triggerToken, accessToken] = [spec.triggerToken, spec.accessToken].map((name) =>
    start.secrets.get(name),
  );
  if (triggerToken === undefined || accessToken === undefined) throw missingSecrets(start);
  const killing = new AbortController();
  const say = (line: string): void =>
    appendFileSync(join(control, 'log'), `${redact(line)}\n`, { mode: 0o600 });
  const run = runPipeline({
    ...start,
    api: new GitlabApi({ http, spec, triggerToken, accessToken }),
    say,
    signal: killing.signal,
  });
  const ended = run.then(
    () => ({ exitStatus: 0, endedMs: clock.nowMs() }),
    (thrown: unknown) => {
      const reason = redact(messageOf(thrown));
      if (!killing.signal.aborted) say(reason);
      const exitStatus = killing.signal.aborted ? 143 : 1;
      return { exitStatus, endedMs: clock.nowMs(), reason: killing.signal.aborted ? undefined : reason };
    },
  );
  // It has no number: what runs, runs elsewhere.
  return {
    pid: 0,
    ended,
    family: undefined,
    signal: () => killing.abort(new Error('killed')),
    isAlive: () => false,
  };
}

function missingSecrets({ spec, secrets }: PipelineStart): LocalError {
  const names = [spec.triggerToken, spec.accessToken].filter((name) => !secrets.has(name));
  const which = names.map((name) => `\`${name}\``).join(' and ');
  return new LocalError(
    `the ${names.length === 1 ? 'secret' : 'secrets'} ${which} of this step ${names.length === 1 ? 'is' : 'are'} not here`,
    {
      hint: `\`pbook secrets set ${names[0] ?? ''}\`, then \`pbook secrets push\``,
    },
  );
}
