// `put_workflow_request` and its twins: find the sandbox, read the workflow in it, answer what was understood, and
// hand it to the engine. Answers carry a log in the form of PanDA's server.
import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { unpackTarGz } from '../../archive/unpack.ts';
import { PchainError } from '../../base/errors.ts';
import type { RequestId } from '../../base/names.ts';
import type { SubmittedSearch } from '../../engine/hpo/search-options.ts';
import { submittedSearch } from '../../engine/hpo/submitted.ts';
import { withFileLists } from '../../engine/panda/file-lists.ts';
import type { Plan } from '../../workflow/plan.ts';
import { faultAnswer, oneLine } from '../faults.ts';
import type { ServerParts } from '../parts.ts';
import { confinedReadText } from './confined-text.ts';
import { failed, succeeded, type Outcome } from './outcome.ts';
import { planWorkflow } from './planning.ts';
import { sandboxUnpackLimits } from './sandbox-cache.ts';
import { RequestLog } from './request-log.ts';
import { dumpWorks } from './works-dump.ts';
import { readWorkflowData, type WorkflowData } from './workflow-data.ts';

/** `check`: only say what would happen. `sync`: submit and answer with the log. `later`: PanDA's answer to a client
 *  that asked for neither; the request is handled at once all the same. */
export type Mode = 'check' | 'sync' | 'later';

/** `check` wins, as on PanDA's server. */
export function modeOf(check: boolean, sync: boolean): Mode {
  if (check) return 'check';
  return sync ? 'sync' : 'later';
}

export interface WorkflowAnswer {
  readonly status: boolean;
  readonly request_id: RequestId | null;
  readonly log: string;
}

/** Handles a request whose `data` is JSON text. */
export async function handleWorkflowRequest(text: string, mode: Mode, parts: ServerParts): Promise<Outcome> {
  const read = readWorkflowData(text);
  if (!read.ok) return failed(read.message);
  const answer = await answerWorkflow(read.data, mode, parts);
  if (mode !== 'later') return succeeded(answer);
  return answer.status
    ? succeeded('request was accepted and will be processed in a few minutes')
    : failed(`request was not accepted\n${answer.log}`);
}

/** Checks the workflow and, unless `mode` is `check`, submits it once: a repeat with the key of a request that
 *  exists gives that request. */
export async function answerWorkflow(
  data: WorkflowData,
  mode: Mode,
  parts: ServerParts,
): Promise<WorkflowAnswer> {
  const log = new RequestLog(parts.clock);
  const end = new RequestLog(parts.clock);
  end.add(`start workflow.${randomUUID()}`);
  const verdict = await judge(data, mode, parts, log);
  end.add(verdictLine(verdict));
  return { status: verdict.isOk, request_id: verdict.requestId ?? null, log: log.text + end.text };
}

interface Verdict {
  readonly isOk: boolean;
  /** True when trying again cannot help. */
  readonly isFatal: boolean;
  readonly requestId: RequestId | undefined;
}

const fatal: Verdict = { isOk: false, isFatal: true, requestId: undefined };

function verdictLine({ isOk, isFatal, requestId }: Verdict): string {
  const id = requestId === undefined ? 'None' : String(requestId);
  return isOk
    ? `is_OK=True request_id=${id}`
    : `is_OK=False is_fatal=${isFatal ? 'True' : 'False'} request_id=${id}`;
}

async function judge(data: WorkflowData, mode: Mode, parts: ServerParts, log: RequestLog): Promise<Verdict> {
  const before = mode === 'check' ? undefined : earlierRequest(data, parts);
  if (before !== undefined) {
    log.add(`request_id=${before} was submitted before with the same key`);
    return { isOk: true, isFatal: false, requestId: before };
  }
  log.add(`downloading sandbox from ${oneLine(data.sourceUrl)}/cache/${data.sandbox}`);
  const sandbox = await parts.cache.find(data.sandbox);
  if (sandbox === undefined) {
    log.add('bad HTTP response 404');
    return { isOk: false, isFatal: false, requestId: undefined };
  }
  const directory = join(parts.dataDirectory, 'unpacked', randomUUID());
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await unpackTarGz(sandbox.path, directory, sandboxUnpackLimits);
    const plan = await planWorkflow(data, parts.userName, confinedReadText(directory), log);
    if (plan === undefined) return fatal;
    if (mode === 'check') {
      log.add(`\n${dumpWorks(plan)}`);
      return { isOk: true, isFatal: false, requestId: undefined };
    }
    log.add('submit workflow');
    const readText = confinedReadText(directory);
    const search = submittedSearch(plan, readText, data.searchOptions);
    const whole = withFileLists(plan, readText);
    return await submit({ data, plan: whole, search, spareDirectory: join(directory, 'jobs') }, parts, log);
  } catch (thrown) {
    if (!(thrown instanceof PchainError)) throw thrown;
    log.add(`failed to run with ${faultAnswer(thrown).message}`);
    return fatal;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

interface Planned {
  readonly data: WorkflowData;
  readonly plan: Plan;
  readonly search: SubmittedSearch | undefined;
  /** Where the sandbox of the jobs is unpacked once, when it is another one. */
  readonly spareDirectory: string;
}

async function submit(
  { data, plan, search, spareDirectory }: Planned,
  parts: ServerParts,
  log: RequestLog,
): Promise<Verdict> {
  const jobSandbox = data.jobSandbox === undefined ? undefined : await parts.cache.find(data.jobSandbox);
  if (data.jobSandbox !== undefined && jobSandbox === undefined) {
    log.add(`failed to run with the sandbox of the jobs \`${data.jobSandbox}\` was not uploaded`);
    return fatal;
  }
  // The engine gets archives that were unpacked once without harm.
  if (jobSandbox !== undefined && data.jobSandbox !== data.sandbox) {
    await unpackTarGz(jobSandbox.path, spareDirectory, sandboxUnpackLimits);
  }
  // Asked again because other requests were served since: from here to the engine nothing waits.
  const requestId =
    earlierRequest(data, parts) ??
    parts.engine.submit({
      name: data.outDS,
      userName: parts.userName,
      plan,
      sandbox: jobSandbox?.path,
      key: data.key,
      localDatasets: data.localDatasets,
      environment: data.environment,
      maxIterations: data.maxIterations,
      options: data.options,
      search,
    });
  return { isOk: true, isFatal: false, requestId };
}

function earlierRequest(data: WorkflowData, { engine }: ServerParts): RequestId | undefined {
  return data.key === undefined ? undefined : engine.requestByKey(data.key)?.id;
}
