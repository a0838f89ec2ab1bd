// Start and restart of a run: one route for both, as in REANA 0.9.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { membersOf } from '../../base/members.ts';
import type { JobId } from '../../base/names.ts';
import { jobId } from '../../base/names.ts';
import type { ReanaEngine, RunStart } from '../../engine/api.ts';
import type { RunRecord } from '../../engine/records.ts';
import { refuseOverQuota } from './limits.ts';
import type { ReanaLimits } from './limits.ts';
import type { Query } from './query.ts';
import { fullName, userId } from './run-answers.ts';
import { findResolvedRun } from './find-run.ts';
import { WireError } from './wire-error.ts';

interface StartRoute {
  Params: { key: string };
  Querystring: Query;
}

export function registerStartRoutes(
  app: FastifyInstance,
  { engine, limits }: { readonly engine: ReanaEngine; readonly limits: ReanaLimits },
): void {
  app.post<StartRoute>('/api/workflows/:key/start', (request) => {
    const run = findResolvedRun(engine, request.params.key);
    const members = membersOf(request.body);
    const start = {
      parameters: membersOf(members['input_parameters']),
      options: membersOf(members['operational_options']),
    };
    refuseOverQuota(limits, () => engine.usage());
    if (members['restart'] !== true) return startRun(engine, run, start);
    const replacement = members['reana_specification'] ?? undefined;
    return restartRun(engine, run, start, replacement, offloadingJob(request));
  });
}

function startRun(engine: ReanaEngine, run: RunRecord, start: RunStart): object {
  refuseUnknownParameters(run.specification, start.parameters);
  if (!engine.startRun(run.id, start.parameters, start.options)) {
    throw new WireError(403, `Workflow ${fullName(run)} is already running and cannot be started again.`);
  }
  return submitted(run);
}

/** Starts a run anew in its workspace.
 *  @param specification `undefined`: that of the run
 *  @throws WireError 400 and 403 in REANA's words */
export function restartRun(
  engine: ReanaEngine,
  run: RunRecord,
  start: RunStart,
  specification: unknown,
  job: JobId | undefined,
): object {
  refuseUnknownParameters(specification ?? run.specification, start.parameters);
  const restarted = engine.restartRun(run.id, { ...start, specification, jobId: job });
  if (restarted === undefined)
    throw new WireError(403, 'Only finished or failed workflows can be restarted.');
  return submitted(restarted);
}

function submitted(run: RunRecord): object {
  return {
    message: 'Workflow submitted.',
    workflow_id: run.id,
    // Without its number: so does REANA.
    workflow_name: run.name,
    status: 'queued',
    run_number: run.runNumber,
    user: userId,
  };
}

function refuseUnknownParameters(specification: unknown, given: RunStart['parameters']): void {
  const declared = membersOf(membersOf(membersOf(specification)['inputs'])['parameters']);
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(declared, name));
  if (unknown !== undefined)
    throw new WireError(400, `Input parameter ${unknown} is not in the specification.`);
}

/** The PanDA job that sent the request, from a header only pchain sends; anything else than a number is ignored. */
export function offloadingJob(request: Pick<FastifyRequest, 'headers'>): JobId | undefined {
  const header = request.headers['x-panda-job'];
  return typeof header === 'string' && /^[1-9][0-9]{0,14}$/.test(header) ? jobId(Number(header)) : undefined;
}
