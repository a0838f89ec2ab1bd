// Handing a workflow to PanDA: for a check of the description, or for good.
import * as v from 'valibot';
import { requestId, type RequestId } from '../base/names.ts';
import { printable } from '../base/text.ts';
import type { Timeouts } from '../http/request.ts';
import { legacyPost, v1Post, type PandaServer } from './connection.ts';
import { v1Data } from './envelope.ts';
import { askEither } from './generations.ts';
import type { TaskTemplates } from './templates.ts';

/** What the server needs to know about a workflow; names are the server's. */
export interface WorkflowRequestData {
  readonly taskParams: TaskTemplates;
  /** `scheme://host:port` from which the server fetches the sandbox. */
  readonly sourceURL: string;
  /** Name of the sandbox with the workflow's files. */
  readonly sandbox: string;
  /** Path of the main file inside the sandbox. */
  readonly workflowSpecFile: string;
  /** Path of the inputs; empty for Snakemake, null for a native description. */
  readonly workflowInputFile: string | null;
  readonly language: 'cwl' | 'snakemake' | 'yaml';
  readonly outDS: string;
  /** `$ALRB_USER_PLATFORM`, or `centos7`. */
  readonly base_platform: string;
  readonly workflow_name?: string;
  /** Only the embedded server knows it. */
  readonly pchain?: EmbeddedExtras;
}

export interface EmbeddedExtras {
  /** Makes a repeated submission recognisable. */
  readonly key: string;
  /** Dataset names that mean files on this machine: absolute paths. */
  readonly datasets: Readonly<Record<string, readonly string[]>>;
  /** Variables that jobs on this machine receive; never a secret. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Troubles that its jobs meet on purpose. */
  readonly weather?: object;
  /** How steps with an image run: a mode, or the name of an engine. */
  readonly containers?: string;
  /** Paths in the sandbox of what describes the workflow: a change there alone makes no payload run again. */
  readonly documents?: readonly string[];
  /** False: everything runs anew. */
  readonly reuse?: boolean;
  /** How many iterations a loop may have. */
  readonly max_iterations?: number;
  /** How the searches of phpo steps run. */
  readonly search?: {
    readonly scale?: number | undefined;
    readonly steering?: string | undefined;
    readonly seed?: number | undefined;
  };
}

export interface SubmitAnswer {
  /** False: the server found the description wrong, or could not submit it; `log` says why. */
  readonly ok: boolean;
  /** `undefined` after a check, after a refusal, and when the server took the request without numbering it yet. */
  readonly requestId: RequestId | undefined;
  /** The server's protocol of what it did: lines of `<UTC time> : <message>`, safe to print. */
  readonly log: string;
}

const resultShape = v.union([
  v.object({
    status: v.nullable(v.boolean()),
    request_id: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(0))),
    log: v.nullish(v.string(), ''),
  }),
  // Said when the server only queued the request.
  v.string(),
]);

/** Sends a workflow request, once: whether a lost submission arrived must be found out, not tried again.
 *  A check changes nothing on the server, so it is repeated like any question.
 *  @throws HttpFailure whose `reached` tells whether it may have arrived; AuthError */
export async function putWorkflowRequest(
  server: PandaServer,
  request: { readonly data: WorkflowRequestData; readonly mode: 'check' | 'submit' },
  signal?: AbortSignal,
): Promise<SubmitAnswer> {
  const isCheck = request.mode === 'check';
  const data = JSON.stringify(request.data);
  const options = { repeatable: isCheck, signal, timeouts: patient };
  const result = await askEither(
    server,
    {
      legacy: () =>
        legacyPost(
          server,
          'put_workflow_request',
          { data, ...(isCheck ? { check: true } : { sync: true }) },
          options,
        ),
      v1: () =>
        v1Post(
          server,
          'file_server/upload_workflow_request',
          { data, ...(isCheck ? { dry_run: true } : { sync: true }) },
          options,
        ),
    },
    resultShape,
  );
  if (typeof result === 'string') return { ok: true, requestId: undefined, log: printable(result) };
  const id = result.request_id;
  return {
    ok: result.status === true,
    requestId: id === null || id === undefined ? undefined : requestId(id),
    log: printable(result.log),
  };
}

/** Sends a native workflow description. The server cannot check one without submitting it.
 *  @returns the workflow's number, which is not a request id */
export async function submitNativeWorkflow(
  server: PandaServer,
  data: WorkflowRequestData,
  signal?: AbortSignal,
): Promise<number> {
  const options = { repeatable: false, signal, timeouts: patient };
  const answer = await v1Post(server, 'workflow/submit_workflow_raw_request', { params: data }, options);
  return v1Data(answer, v.object({ workflow_id: v.pipe(v.number(), v.integer()) })).workflow_id;
}

// The server unpacks, resolves and submits before it answers, and is silent all the while.
const patient: Partial<Timeouts> = { idleMs: 660_000, tryMs: 660_000, callMs: 700_000 };
