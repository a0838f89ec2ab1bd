// A workspace as a whole: what it takes on the disk, moving files about in it, clearing it out; and sessions in it, of
// which there are none here.
import type { FastifyInstance } from 'fastify';
import { membersOf } from '../../base/members.ts';
import type { ReanaEngine } from '../../engine/api.ts';
import type { RunRecord } from '../../engine/records.ts';
import { isDeclared } from '../../engine/reana/workspace/declared-files.ts';
import { allocatedBytes } from '../../engine/reana/workspace/usage.ts';
import { deleteFile, moveFiles } from '../../engine/reana/workspace/workspace.ts';
import { listFiles } from '../../engine/reana/workspace/workspace-listing.ts';
import { findResolvedRun, findRun, withWorkspace } from './find-run.ts';
import { jsonBody } from './get-body.ts';
import { isTrue, searchedNames, single, sizeOf } from './query.ts';
import type { Query } from './query.ts';
import { fullName, userId } from './run-answers.ts';
import { WireError } from './wire-error.ts';

interface RunRoute {
  Params: { key: string };
  Querystring: Query;
}

export function registerWorkspaceRoutes(app: FastifyInstance, engine: ReanaEngine): void {
  app.get<RunRoute>('/api/workflows/:key/disk_usage', async (request) => {
    const run = withWorkspace(findResolvedRun(engine, request.params.key));
    const wishes = membersOf(await jsonBody(request));
    return {
      workflow_id: run.id,
      workflow_name: fullName(run),
      user: userId,
      disk_usage_info: diskUsage(run, wishes),
    };
  });

  app.put<RunRoute>('/api/workflows/move_files/:key', (request) => {
    const run = withWorkspace(findRun(engine, request.params.key));
    const source = single(request.query, 'source') ?? '';
    const target = single(request.query, 'target') ?? '';
    refuseWhileRunning(run, 409, 'files cannot be moved');
    if (!moveFiles(run.workspace, source, target))
      throw new WireError(409, `Path ${source} does not exist in the workspace of ${fullName(run)}.`);
    return {
      message: `File(s) ${source} were successfully moved`,
      workflow_id: run.id,
      workflow_name: fullName(run),
    };
  });

  app.post<RunRoute>('/api/workflows/:key/prune', (request) => {
    const run = withWorkspace(findResolvedRun(engine, request.params.key));
    refuseWhileRunning(run, 403, 'its workspace cannot be pruned');
    prune(run, request.query);
    engine.workspaceChanged(run.id);
    return {
      message: 'The workspace has been correctly pruned.',
      workflow_id: run.id,
      workflow_name: fullName(run),
    };
  });

  app.post<{ Params: { key: string; type: string } }>('/api/workflows/:key/open/:type', (request) => {
    findRun(engine, request.params.key);
    throw new WireError(
      404,
      'This server runs on your own machine and offers no interactive sessions; the workspace can be downloaded or listed.',
    );
  });

  app.post<RunRoute>('/api/workflows/:key/close/', (request) => {
    const run = findRun(engine, request.params.key);
    throw new WireError(404, `Workflow - ${fullName(run)} has no open interactive session.`);
  });
}

function diskUsage(run: RunRecord, wishes: Readonly<Record<string, unknown>>): readonly object[] {
  const entry = (name: string, bytes: number): object => ({ name, size: sizeOf(bytes) });
  const total = entry('', allocatedBytes(run.workspace));
  if (wishes['summarize'] === true) return [total];
  const { search } = wishes;
  const parts = searchedNames(typeof search === 'string' ? search : undefined);
  const files = listFiles(run.workspace).filter(
    ({ name }) => parts.length === 0 || parts.some((part) => name.includes(part)),
  );
  const entries = files.map(({ name, allocatedBytes: bytes }) => entry(`/${name}`, bytes));
  return parts.length === 0 ? [...entries, total] : entries;
}

function prune(run: RunRecord, query: Query): void {
  const goesToo = { inputs: isTrue(query, 'include_inputs'), outputs: isTrue(query, 'include_outputs') };
  const isKept = (name: string): boolean =>
    (['inputs', 'outputs'] as const).some(
      (section) => !goesToo[section] && isDeclared(run.specification, section, name),
    );
  for (const { name } of listFiles(run.workspace)) if (!isKept(name)) deleteFile(run.workspace, name);
}

function refuseWhileRunning(run: RunRecord, status: 403 | 409, consequence: string): void {
  if (run.status === 'running')
    throw new WireError(status, `Workflow ${fullName(run)} is running, ${consequence}.`);
}
