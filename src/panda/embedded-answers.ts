// What the embedded server answers beside PanDA's own protocol, below `<origin>/pchain/v1`. One description
// serves both ends: the server takes the types, the client the shapes, readers of JSON the schema made from them
// (schemas/embedded.schema.json). Fields are only ever added. Times are milliseconds since 1970.
import * as v from 'valibot';
import { searchAnswerShape, searchProgressShape } from './search-answer.ts';

const id = v.pipe(v.number(), v.integer(), v.minValue(0));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const timeMs = v.number();

/** GET /hello, the only one that asks for no token. */
export const helloShape = v.object({
  product: v.literal('pchain'),
  version: v.string(),
  /** Where the same program speaks REANA's protocol; null: it does not. */
  reana_server_url: v.nullable(v.string()),
});

/** Why a call was refused; with any status that says so. */
export const faultShape = v.object({
  error: v.object({ message: v.string(), hint: v.optional(v.string()) }),
});

/** GET /requests/by-key/:key; 404 when no request has it. */
export const requestByKeyShape = v.object({ request_id: id });

/** One submission; status as in iDDS. */
const requestSummaryShape = v.object({
  id,
  /** The outDS. */
  name: v.string(),
  /** New, Transforming, Suspended, Finished, SubFinished, Failed, Cancelling, Cancelled. */
  status: v.string(),
  created_ms: timeMs,
  ended_ms: v.nullable(timeMs),
  /** Why it ended as it did, where the tasks do not tell. */
  error: v.nullable(v.string()),
  /** What its jobs meet on purpose, in words; left out where that is nothing. */
  weather: v.optional(v.array(v.string())),
});

/** GET /requests, the latest first. */
export const requestListShape = v.object({ requests: v.array(requestSummaryShape) });

const taskAnswerShape = v.object({
  id,
  step_id: count,
  step: v.string(),
  /** The iteration of the loops around it, outermost first: `2`, `2.1`; absent outside of loops. */
  iteration: v.optional(v.string()),
  /** prun, phpo, junction, reana, gitlab. */
  type: v.string(),
  /** Base name of its datasets. */
  name: v.string(),
  /** registered, ready, running, paused, finishing, aborting, done, finished, failed, aborted. */
  status: v.string(),
  /** True: its condition was not met, which is no fault. */
  skipped: v.boolean(),
  jobs: v.object({
    /** null while inputs still arrive. */
    total: v.nullable(count),
    running: count,
    finished: count,
    /** Of those that finished, how many have the outcome of an earlier job; absent: none. */
    reused: v.optional(count),
    failed: count,
  }),
  started_ms: v.nullable(timeMs),
  ended_ms: v.nullable(timeMs),
  error: v.nullable(v.string()),
  /** Where its payloads run, when it has an image and one has begun. */
  container: v.optional(
    v.object({
      image: v.string(),
      /** apptainer, podman, docker; null: on the machine itself, not in the image. */
      engine: v.nullable(v.string()),
      /** Why it runs on the machine itself. */
      why: v.nullable(v.string()),
    }),
  ),
  /** Of a phpo task: how far its search is, in short. */
  search: v.optional(searchProgressShape),
});

const datasetAnswerShape = v.object({
  /** With the trailing `/` of a container. */
  name: v.string(),
  task_id: v.nullable(id),
  /** No file will be added. */
  closed: v.boolean(),
  files: count,
  size_bytes: count,
  /** It belongs to what the user asked for. */
  is_output: v.boolean(),
});

const runAnswerShape = v.object({
  id: v.string(),
  name: v.string(),
  run_number: v.string(),
  /** As REANA names it. */
  status: v.string(),
  steps_total: count,
  steps_finished: count,
  current_step: v.nullable(v.string()),
  /** The job that offloaded it; null when it was not a job of this server. */
  job_id: v.nullable(id),
  task_id: v.nullable(id),
});

/** GET /requests/:id; 404 when there is none. */
export const requestDocumentShape = v.object({
  request: requestSummaryShape,
  tasks: v.array(taskAnswerShape),
  datasets: v.array(datasetAnswerShape),
  runs: v.array(runAnswerShape),
  /** Number of the last event that this document includes; 0 before the first. */
  last_event: count,
});

/** Something changed. Fields that its type does not have are left out. */
const eventAnswerShape = v.object({
  /** From 1, growing. */
  seq: count,
  at_ms: timeMs,
  type: v.picklist(['request', 'task', 'job', 'run']),
  status: v.string(),
  request_id: v.optional(id),
  task_id: v.optional(id),
  job_id: v.optional(id),
  run_id: v.optional(v.string()),
  steps_finished: v.optional(count),
  steps_total: v.optional(count),
});

/** GET /requests/:id/events?after=N&wait_ms=M: answers at once when there is something after N, otherwise as soon
 *  as there is, or with nothing after M milliseconds. */
export const eventsAnswerShape = v.object({
  events: v.array(eventAnswerShape),
  /** `after` of the next question. */
  next: count,
});

const failureAnswerShape = v.object({
  job_id: id,
  task_id: id,
  step: v.string(),
  /** As of its task; absent outside of loops. */
  iteration: v.optional(v.string()),
  /** From 1. */
  serial: count,
  attempt: count,
  command: v.string(),
  exit_status: v.nullable(v.number()),
  error: v.nullable(v.string()),
  /** Last lines of what the payload printed. */
  log_tail: v.array(v.string()),
  /** Directory of the job on the server's machine. */
  directory: v.string(),
  started_ms: v.nullable(timeMs),
  ended_ms: v.nullable(timeMs),
});

/** GET /requests/:id/failures */
export const failuresAnswerShape = v.object({ jobs: v.array(failureAnswerShape) });

const resultsShape = v.object({
  to_continue: v.boolean(),
  /** New values of parameters, by name without `param_`. */
  values: v.record(v.string(), v.unknown()),
});

/** One iteration of a loop. */
const iterationShape = v.object({
  /** Of the loop. */
  step_id: count,
  loop: v.string(),
  /** With those of the loops around it: `2`, `2.1`. */
  iteration: v.string(),
  parameters: v.record(v.string(), v.unknown()),
  /** null: it goes on; next: another one followed; end: the loop ended with it. */
  outcome: v.nullable(v.picklist(['next', 'end'])),
  /** The step that decided; null: the loop has none. */
  junction: v.nullable(v.string()),
  /** null: it decided nothing, or not yet. */
  results: v.nullable(resultsShape),
  /** What there is to say about the decision. */
  note: v.nullable(v.string()),
});

/** GET /requests/:id/iterations */
export const iterationsAnswerShape = v.object({ iterations: v.array(iterationShape) });

/** POST /requests/:id/replay?step_id=N&iteration=2.1[&junction=/path]: the junction of this iteration decides again, and nothing
 *  is stored; 404 when it has not decided before. */
export const replayAnswerShape = v.object({
  /** null: it left no `results.json`, or could not decide. */
  results: v.nullable(resultsShape),
  error: v.nullable(v.string()),
  /** Last lines of what it printed. */
  log_tail: v.array(v.string()),
});

/** GET /requests/:id/why-rerun?step=NAME; 404 when there is no such step. */
export const rerunAnswerShape = v.object({
  request_id: id,
  /** The request of the same name before it. */
  previous_id: v.nullable(id),
  step: v.string(),
  jobs: v.array(
    v.object({
      job_id: id,
      /** Absent outside of loops. */
      iteration: v.optional(v.string()),
      serial: count,
      status: v.string(),
      /** reused: it has the outcome of an earlier job; first: nothing of this name came before; new: there was no such job;
       *  changed: `changes` tell what; unfinished: the earlier one had not finished; not-shared: nothing changed, but sharing was
       *  not wanted or the outputs are gone; never-shared: builds, merges, searches and pipelines elsewhere. */
      reason: v.picklist(['reused', 'first', 'new', 'changed', 'unfinished', 'not-shared', 'never-shared']),
      reused_from: v.nullable(id),
      /** By the part of what its outcome depends on: lines that are gone, lines that came. */
      changes: v.array(v.object({ part: v.string(), was: v.array(v.string()), now: v.array(v.string()) })),
    }),
  ),
});

/** What `pchain replay --json` prints: each iteration as it was and as it would be. */
const replayReportShape = v.object({
  request_id: id,
  iterations: v.array(v.object({ ...iterationShape.entries, now: replayAnswerShape })),
});

const fileAnswerShape = v.object({
  name: v.string(),
  size_bytes: count,
  /** null: a file of the user's that lies elsewhere on the server's machine and was never measured. */
  sha256: v.nullable(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
});

/** GET /datasets/:name/files; 404 when there is no such dataset. `:name` is percent-encoded, `/` included. */
export const filesAnswerShape = v.object({ files: v.array(fileAnswerShape) });

/** POST /requests/:id/retry, POST /requests/:id/kill; 404 when there is no such request. */
export const commandAnswerShape = v.object({
  /** False: there was nothing to do, for example because it has ended. */
  accepted: v.boolean(),
  message: v.string(),
});

/** POST /shutdown-if-idle */
export const shutdownAnswerShape = v.object({
  /** False: something runs, and the server stays. */
  stopping: v.boolean(),
});

export type Fault = v.InferOutput<typeof faultShape>;
export type Hello = v.InferOutput<typeof helloShape>;
export type RequestByKey = v.InferOutput<typeof requestByKeyShape>;
export type RequestSummary = v.InferOutput<typeof requestSummaryShape>;
export type RequestList = v.InferOutput<typeof requestListShape>;
export type TaskAnswer = v.InferOutput<typeof taskAnswerShape>;
export type DatasetAnswer = v.InferOutput<typeof datasetAnswerShape>;
export type RunAnswer = v.InferOutput<typeof runAnswerShape>;
export type RequestDocument = v.InferOutput<typeof requestDocumentShape>;
export type EventAnswer = v.InferOutput<typeof eventAnswerShape>;
export type EventsAnswer = v.InferOutput<typeof eventsAnswerShape>;
export type FailureAnswer = v.InferOutput<typeof failureAnswerShape>;
export type FailuresAnswer = v.InferOutput<typeof failuresAnswerShape>;
export type FileAnswer = v.InferOutput<typeof fileAnswerShape>;
export type FilesAnswer = v.InferOutput<typeof filesAnswerShape>;
export type CommandAnswer = v.InferOutput<typeof commandAnswerShape>;
export type IterationAnswer = v.InferOutput<typeof iterationShape>;
export type IterationsAnswer = v.InferOutput<typeof iterationsAnswerShape>;
export type ReplayAnswer = v.InferOutput<typeof replayAnswerShape>;
export type RerunAnswer = v.InferOutput<typeof rerunAnswerShape>;
export type ReplayReport = v.InferOutput<typeof replayReportShape>;
export type ShutdownAnswer = v.InferOutput<typeof shutdownAnswerShape>;

/** Every answer by the name it has in the JSON Schema. */
export const embeddedShapes = {
  Fault: faultShape,
  Hello: helloShape,
  RequestByKey: requestByKeyShape,
  RequestList: requestListShape,
  RequestDocument: requestDocumentShape,
  Events: eventsAnswerShape,
  Failures: failuresAnswerShape,
  Files: filesAnswerShape,
  Command: commandAnswerShape,
  Shutdown: shutdownAnswerShape,
  Search: searchAnswerShape,
  Iterations: iterationsAnswerShape,
  Replay: replayAnswerShape,
  ReplayReport: replayReportShape,
  Rerun: rerunAnswerShape,
} as const;
