// Runs: create, list, start, status, logs, stop, delete.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { PchainError, UnsupportedError } from '../../base/errors.ts';
import type { JobId } from '../../base/names.ts';
import { jobId } from '../../base/names.ts';
import type { ReanaEngine } from '../../engine/api.ts';
import type { RunRecord } from '../../engine/records.ts';
import { pageOf, several, single } from './query.ts';
import type { Query } from './query.ts';
import { fullName, listEntry, logsAnswer, statusAnswer, userId } from './run-answers.ts';
import { unknownRun, WireError } from './wire-error.ts';

interface RunRoute {
  Params: { key: string };
  Querystring: Query;
}

/** A specification may be large, but not endless. */
const maxSpecificationBytes = 32 * 1024 * 1024;

/** Adds the routes of runs to an application that already checks tokens. */
export function registerRunRoutes(app: FastifyInstance, engine: ReanaEngine): void {
  app.get<{ Querystring: Query }>('/api/workflows', (request) => ({
    ...pageOf(selectRuns(engine.runs(), request.query).map(listEntry), request.query),
    user_has_workflows: engine.runs().length > 0,
  }));

  app.post<{ Querystring: Query }>(
    '/api/workflows',
    { bodyLimit: maxSpecificationBytes },
    async (request, reply) => {
      const run = createRun(engine, request);
      await reply.code(201).send({
        message: 'Workflow workspace created',
        workflow_id: run.id,
        workflow_name: fullName(run),
      });
    },
  );

  app.get<RunRoute>('/api/workflows/:key/status', (request) =>
    statusAnswer(engine, findRun(engine, request.params.key)),
  );

  app.get<RunRoute>('/api/workflows/:key/logs', (request) =>
    logsAnswer(engine, findRun(engine, request.params.key)),
  );

  app.get<RunRoute>('/api/workflows/:key/specification', (request) => {
    const run = findRun(engine, request.params.key);
    const declared = declaredParameters(run);
    const changed = Object.entries(run.parameters).filter(
      ([name, value]) => JSON.stringify(declared[name]) !== JSON.stringify(value),
    );
    return { specification: run.specification, parameters: Object.fromEntries(changed) };
  });

  app.get<RunRoute>('/api/workflows/:key/parameters', (request) => {
    const run = findRun(engine, request.params.key);
    return { id: run.id, name: fullName(run), type: 'serial', parameters: run.parameters };
  });

  app.get<RunRoute>('/api/workflows/:key/retention_rules', (request) => {
    const run = findRun(engine, request.params.key);
    return { workflow_id: run.id, workflow_name: fullName(run), retention_rules: [] };
  });

  app.post<RunRoute>('/api/workflows/:key/start', (request) =>
    startRun(engine, request.params.key, request.body),
  );

  app.put<RunRoute>('/api/workflows/:key/status', (request) => {
    const run = findRun(engine, request.params.key);
    const status = single(request.query, 'status');
    if (status === 'stop') return stopRun(engine, run);
    if (status === 'deleted') return deleteRun(engine, run, request.body);
    throw new WireError(400, `Status ${status ?? ''} is not one of: start, stop, deleted.`);
  });
}

/** @throws WireError 404 with REANA's own text. */
export function findRun(engine: ReanaEngine, key: string): RunRecord {
  const run = engine.run(key);
  if (run === undefined) throw unknownRun(key);
  return run;
}

function selectRuns(runs: readonly RunRecord[], query: Query): readonly RunRecord[] {
  if (single(query, 'type') === 'interactive') return [];
  const statuses = several(query, 'status');
  const key = single(query, 'workflow_id_or_name');
  const parts = searchedNames(single(query, 'search'));
  const selected = runs.filter(
    (run) =>
      (statuses.length === 0 || statuses.includes(run.status)) &&
      (key === undefined || key === '' || [run.id, run.name, fullName(run)].includes(key)) &&
      (parts.length === 0 || parts.some((part) => run.name.includes(part))),
  );
  return single(query, 'sort') === 'asc' ? selected.reverse() : selected;
}

/** `search` is JSON: `{"name": ["part", …]}`. */
function searchedNames(search: string | undefined): readonly string[] {
  if (search === undefined || search === '') return [];
  try {
    const names = membersOf(JSON.parse(search))['name'];
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  } catch {
    throw new WireError(400, "Field 'search': Invalid JSON.");
  }
}

function createRun(engine: ReanaEngine, request: FastifyRequest<{ Querystring: Query }>): RunRecord {
  const given = single(request.query, 'workflow_name') ?? '';
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
  if (typeof request.body !== 'object' || request.body === null) {
    throw new WireError(400, 'The request has no REANA specification.');
  }
  try {
    return engine.createRun({ name, specification: request.body, jobId: offloadingJob(request) });
  } catch (error) {
    if (error instanceof UnsupportedError) throw new WireError(501, error.message);
    if (error instanceof PchainError) throw new WireError(400, error.message);
    throw error;
  }
}

/** The PanDA job that sent the request, from a header only pchain sends; anything else than a number is ignored. */
function offloadingJob(request: FastifyRequest<{ Querystring: Query }>): JobId | undefined {
  const header = request.headers['x-panda-job'];
  return typeof header === 'string' && /^[1-9][0-9]{0,14}$/.test(header) ? jobId(Number(header)) : undefined;
}

function startRun(engine: ReanaEngine, key: string, body: unknown): object {
  const run = findRun(engine, key);
  const members = membersOf(body);
  if (members['restart'] === true)
    throw new WireError(501, 'This server does not restart runs; create a new one.');
  const parameters = membersOf(members['input_parameters']);
  for (const name of Object.keys(parameters)) {
    if (!(name in run.parameters))
      throw new WireError(400, `Input parameter ${name} is not in the specification.`);
  }
  for (const option of Object.keys(membersOf(members['operational_options']))) {
    if (option !== 'CACHE') throw new WireError(400, `Operational option "${option}" not supported.`);
  }
  if (!engine.startRun(run.id, parameters)) {
    throw new WireError(403, `Workflow ${fullName(run)} is already running and cannot be started again.`);
  }
  return {
    message: 'Workflow submitted.',
    workflow_id: run.id,
    workflow_name: run.name,
    status: 'queued',
    run_number: run.runNumber,
    user: userId,
  };
}

function stopRun(engine: ReanaEngine, run: RunRecord): object {
  if (!engine.stopRun(run.id)) throw new WireError(409, `Workflow ${run.id} is not running.`);
  return changeAnswer(run, 'Workflow successfully stopped', 'stopped');
}

function deleteRun(engine: ReanaEngine, run: RunRecord, body: unknown): object {
  const members = membersOf(body);
  if (members['workspace'] === false)
    throw new WireError(400, 'The workspace is always deleted with its workflow.');
  const runs =
    members['all_runs'] === true
      ? engine.runs().filter((other) => other.name === run.name && other.status !== 'deleted')
      : [run];
  for (const one of runs) {
    if (!engine.deleteRun(one.id) && one.status !== 'deleted') {
      throw new WireError(500, `Workflow ${fullName(one)} cannot be deleted as it is currently running.`);
    }
  }
  return changeAnswer(run, 'Workflow successfully deleted.', 'deleted');
}

function changeAnswer(run: RunRecord, message: string, status: string): object {
  return { message, workflow_id: run.id, workflow_name: fullName(run), status, user: userId };
}

function declaredParameters(run: RunRecord): Readonly<Record<string, unknown>> {
  return membersOf(membersOf(membersOf(run.specification)['inputs'])['parameters']);
}

/** The members of an object; none for anything else. Unknown keys are ignored, as REANA 0.9 does. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
