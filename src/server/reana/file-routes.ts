// The workspace of a run: list, upload, download, delete.
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Clock } from '../../base/clock.ts';
import type { ReanaEngine } from '../../engine/api.ts';
import type { RunRecord } from '../../engine/records.ts';
import { deleteFiles, openForReading, storeFile } from '../../engine/reana/workspace/workspace.ts';
import { listFiles, matchFiles } from '../../engine/reana/workspace/workspace-listing.ts';
import { isDirectory, readablePath } from '../../engine/reana/workspace/workspace-path.ts';
import type { WorkspaceFile } from '../../engine/reana/workspace/workspace-listing.ts';
import { readByteRange } from '../byte-range.ts';
import { cutPage, searchedNames, single, sizeOf, wireTime } from './query.ts';
import type { Query } from './query.ts';
import { findRun, withWorkspace } from './find-run.ts';
import { refuseTooLargeUpload } from './limits.ts';
import type { ReanaLimits } from './limits.ts';
import { attachment, sendZip } from './send-zip.ts';
import { WireError } from './wire-error.ts';

interface FileRoute {
  Params: { key: string; '*': string };
  Querystring: Query;
}

export interface FileRouteOptions {
  readonly engine: ReanaEngine;
  readonly clock: Clock;
  readonly limits: ReanaLimits;
  /** A fresh name for the file that an upload is written to before it gets its own. */
  readonly newId: () => string;
}

/** Adds the routes of files. Bodies of type `application/octet-stream` must arrive as streams. */
export function registerFileRoutes(app: FastifyInstance, options: FileRouteOptions): void {
  const { engine } = options;

  app.get<{ Params: { key: string }; Querystring: Query }>('/api/workflows/:key/workspace', (request) => {
    const run = withWorkspace(findRun(engine, request.params.key));
    const pattern = single(request.query, 'file_name') ?? '';
    const parts = searchedNames(single(request.query, 'search'));
    const named = pattern === '' ? listFiles(run.workspace) : matchFiles(run.workspace, pattern);
    const files =
      parts.length === 0 ? named : named.filter(({ name }) => parts.some((part) => name.includes(part)));
    const page = cutPage(files, request.query);
    return { ...page, items: page.items.map(fileEntry) };
  });

  app.post<{ Params: { key: string }; Querystring: Query }>(
    '/api/workflows/:key/workspace',
    async (request, reply) => {
      const run = withWorkspace(findRun(engine, request.params.key));
      const name = single(request.query, 'file_name') ?? '';
      if (name === '') throw new WireError(400, 'No file_name was given.');
      const announced = request.headers['content-length'];
      const body = request.body instanceof Readable ? request.body : Readable.from([]);
      const temporary = join(dirname(run.workspace), 'uploads', options.newId());
      const expected = announced === undefined ? undefined : Number(announced);
      refuseTooLargeUpload(options.limits, () => engine.usage(), name, expected ?? 0);
      await storeFile(run.workspace, name, body, temporary, expected);
      engine.workspaceChanged(run.id);
      await reply.send({ message: `${name} has been successfully uploaded.` });
    },
  );

  app.get<FileRoute>('/api/workflows/:key/workspace/*', async (request, reply) => {
    const run = withWorkspace(findRun(engine, request.params.key));
    const name = request.params['*'];
    const files = matchFiles(run.workspace, name);
    const [only] = files;
    if (only === undefined) throw new WireError(404, `${name} does not exist.`);
    if (files.length === 1 && !isDirectory(run.workspace, name))
      await sendFile(request.headers.range, reply, run, only);
    else await sendZip(reply, run, name, files, options.clock.nowMs());
    return reply;
  });

  app.delete<FileRoute>('/api/workflows/:key/workspace/*', (request) => {
    const run = withWorkspace(findRun(engine, request.params.key));
    const { deleted, failed } = deleteFiles(run.workspace, request.params['*']);
    engine.workspaceChanged(run.id);
    return {
      deleted: Object.fromEntries(deleted.map((file) => [file.name, { size: file.sizeBytes }])),
      failed: Object.fromEntries(failed.map((file) => [file.name, { error: file.error }])),
    };
  });
}

function fileEntry(file: WorkspaceFile): object {
  return { name: file.name, 'last-modified': wireTime(file.modifiedMs), size: sizeOf(file.sizeBytes) };
}

/** Sends a file, or the part of it that `Range` asks for. There is no mark of its content that `If-Range` could name: a client
 *  that goes on knows the run, whose files do not change once it has ended. */
async function sendFile(
  wanted: string | undefined,
  reply: FastifyReply,
  run: RunRecord,
  file: WorkspaceFile,
): Promise<void> {
  const path = readablePath(run.workspace, file.name);
  const opened = path === undefined ? undefined : openForReading(path);
  if (opened === undefined) throw new WireError(404, `${file.name} does not exist.`);
  const { sizeBytes } = opened;
  reply.header('accept-ranges', 'bytes');
  const range = readByteRange(wanted, sizeBytes);
  if (range.kind === 'unsatisfiable') {
    opened.close();
    reply.header('content-range', `bytes */${sizeBytes}`);
    throw new WireError(416, `${file.name} has ${sizeBytes} bytes.`);
  }
  const { first, last } = range.kind === 'part' ? range : { first: 0, last: sizeBytes - 1 };
  if (range.kind === 'part') reply.code(206).header('content-range', `bytes ${first}-${last}/${sizeBytes}`);
  reply
    .header('content-type', 'application/octet-stream')
    .header('content-length', last - first + 1)
    .header('content-disposition', attachment(file.name));
  if (sizeBytes === 0) opened.close();
  await reply.send(sizeBytes === 0 ? Buffer.alloc(0) : opened.read(first, last));
}
