// Runs: create, list, status, logs, specification, stop, delete.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { PchainError, UnsupportedError } from '../../base/errors.ts';
import { membersOf } from '../../base/members.ts';
import type { ReanaEngine, RunQuery } from '../../engine/api.ts';
import { runStatuses } from '../../engine/records.ts';
import type { RunRecord } from '../../engine/records.ts';
import { findResolvedRun, findRun } from './find-run.ts';
import { jsonBody } from './get-body.ts';
import { refuseOverQuota } from './limits.ts';
import type { ReanaLimits } from './limits.ts';
import { isTrue, pageAsked, pageOf, searchedNames, several, single, wireTime } from './query.ts';
import type { Query } from './query.ts';
import { fullName, listEntry, logsAnswer, userId } from './run-answers.ts';
import { offloadingJob } from './start-routes.ts';
import { WireError } from './wire-error.ts';

interface RunRoute {
  Params: { key: string };
  Querystring: Query;
}

/** A specification may be large, but not endless. */
const maxSpecificationBytes = 32 * 1024 * 1024;

/** Adds the routes of runs to an application that already checks tokens. */
export function registerRunRoutes(
  app: FastifyInstance,
  { engine, limits }: { readonly engine: ReanaEngine; readonly limits: ReanaLimits },
): void {
  app.get<{ Querystring: Query }>('/api/workflows', (request) => listRuns(engine, request.query));

  app.post<{ Querystring: Query }>(
    '/api/workflows',
    { bodyLimit: maxSpecificationBytes },
    async (request, reply) => {
      const name = runNameAsked(request.query);
      refuseOverQuota(limits, () => engine.usage());
      if (typeof request.body !== 'object' || request.body === null)
        throw new WireError(400, 'The request has no REANA specification.');
      const run = createRun(engine, name, request.body, request);
      await reply.code(201).send(createdAnswer(run));
    },
  );

  app.get<RunRoute>('/api/workflows/:key/logs', async (request) => {
    const run = findRun(engine, request.params.key);
    return logsAnswer(engine, run, stepsAsked(await jsonBody(request)), request.query);
  });

  app.get<RunRoute>('/api/workflows/:key/specification', (request) => {
    const run = findResolvedRun(engine, request.params.key);
    const declared = membersOf(membersOf(membersOf(run.specification)['inputs'])['parameters']);
    const changed = Object.entries(run.parameters).filter(
      ([name, value]) => JSON.stringify(declared[name]) !== JSON.stringify(value),
    );
    return { specification: run.specification, parameters: Object.fromEntries(changed) };
  });

  app.get<RunRoute>('/api/workflows/:key/parameters', (request) => {
    const run = findRun(engine, request.params.key);
    const type = membersOf(membersOf(run.specification)['workflow'])['type'];
    return { id: run.id, name: fullName(run), type, parameters: run.parameters };
  });

  app.get<RunRoute>('/api/workflows/:key/retention_rules', (request) => {
    const run = findRun(engine, request.params.key);
    const rules = engine.retentionRules(run.id).map((rule, index) => ({
      id: String(index + 1),
      workspace_files: rule.pattern,
      retention_days: rule.days,
      apply_on: rule.applyOnMs === undefined ? null : wireTime(rule.applyOnMs),
      status: rule.status,
    }));
    return { workflow_id: run.id, workflow_name: fullName(run), retention_rules: rules };
  });

  app.put<RunRoute>('/api/workflows/:key/status', (request) => {
    const run = findRun(engine, request.params.key);
    const status = single(request.query, 'status');
    if (status === 'stop') return stopRun(engine, run);
    if (status === 'deleted') return deleteRun(engine, run, request.body);
    throw new WireError(400, `Status ${status ?? ''} is not one of: stop, deleted.`);
  });
}

function listRuns(engine: ReanaEngine, query: Query): object {
  const { size, from } = pageAsked(query);
  const asked = several(query, 'status');
  const key = single(query, 'workflow_id_or_name');
  const wanted: RunQuery = {
    statuses: runStatuses.filter((status) => asked.includes(status)),
    nameParts: searchedNames(single(query, 'search')),
    key: key === '' ? undefined : key,
    oldestFirst: single(query, 'sort') === 'asc',
    limit: size,
    offset: from,
  };
  // There are no sessions here, and nobody else whose runs could be shared.
  const isNone =
    single(query, 'type') === 'interactive' ||
    (asked.length > 0 && wanted.statuses?.length === 0) ||
    single(query, 'shared_by') !== undefined;
  const { runs, total } = isNone ? { runs: [], total: 0 } : engine.listRuns(wanted);
  const isVerbose = isTrue(query, 'verbose');
  const details = {
    progress: isVerbose || isTrue(query, 'include_progress'),
    size: isVerbose || isTrue(query, 'include_workspace_size'),
  };
  return {
    ...pageOf(
      runs.map((run) => listEntry(engine, run, details)),
      total,
      query,
    ),
    user_has_workflows: engine.listRuns({ limit: 1 }).total > 0,
  };
}

/** The name for a new run.
 *  @throws WireError with REANA's refusals */
function runNameAsked(query: Query): string {
  const given = single(query, 'workflow_name') ?? '';
  const name = given === '' ? 'workflow' : given;
  if (name.includes('.')) {
    throw new WireError(403, `Workflow name ${name} contains illegal character "."`);
  }
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.test(name)) {
    throw new WireError(400, 'Workflow name cannot be a valid UUIDv4.');
  }
  // A slash could never be addressed again; REANA itself refuses everything beyond ASCII.
  if (!/^[\x20-\x7e]{1,255}$/.test(name) || /[/\\?#%]/.test(name)) {
    throw new WireError(400, `Workflow name ${name} is not valid.`);
  }
  return name;
}

/** @throws WireError 400 and 501 with what is wrong with the specification */
export function createRun(
  engine: ReanaEngine,
  name: string,
  specification: unknown,
  request: Pick<FastifyRequest, 'headers'>,
): RunRecord {
  try {
    return engine.createRun({ name, specification, jobId: offloadingJob(request) });
  } catch (error) {
    if (error instanceof UnsupportedError) throw new WireError(501, error.message);
    if (error instanceof PchainError) throw new WireError(400, error.message);
    throw error;
  }
}

function createdAnswer(run: RunRecord): object {
  return { message: 'Workflow workspace created', workflow_id: run.id, workflow_name: fullName(run) };
}

function stepsAsked(body: unknown): readonly string[] | undefined {
  if (body === undefined || body === null) return undefined;
  if (!Array.isArray(body)) throw new WireError(400, 'The steps must be a list of names.');
  const names = body.filter((name) => typeof name === 'string');
  return names.length === 0 ? undefined : names;
}

function stopRun(engine: ReanaEngine, run: RunRecord): object {
  if (!engine.stopRun(run.id)) throw new WireError(409, `Workflow ${run.id} is not running.`);
  return changeAnswer(run, 'Workflow successfully stopped', 'stopped');
}

function deleteRun(engine: ReanaEngine, run: RunRecord, body: unknown): object {
  const members = membersOf(body);
  if (members['workspace'] === false)
    throw new WireError(400, 'The workspace is always deleted with its workflow.');
  const isAll = members['all_runs'] === true;
  const runs = isAll
    ? engine.listRuns({ key: run.name }).runs.filter((other) => other.status !== 'deleted')
    : [run];
  // Asked before anything is gone: all of them, or none.
  const running = runs.find((one) => one.status === 'running');
  if (running !== undefined) {
    throw new WireError(500, `Workflow ${fullName(running)} cannot be deleted as it is currently running.`);
  }
  for (const one of runs) engine.deleteRun(one.id);
  const message = isAll
    ? `All workflows named ${run.name} successfully deleted.`
    : 'Workflow successfully deleted.';
  return changeAnswer(run, message, 'deleted');
}

function changeAnswer(run: RunRecord, message: string, status: string): object {
  return { message, workflow_id: run.id, workflow_name: fullName(run), status, user: userId };
}
