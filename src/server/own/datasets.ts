// Files of datasets: their list, and their bytes, in parts when a download is resumed.
import { open } from 'node:fs/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { systemCode } from '../../base/errors.ts';
import type { RequestId } from '../../base/names.ts';
import type { FileRecord } from '../../engine/records.ts';
import type { FilesAnswer } from '../../panda/embedded-answers.ts';
import { RequestFault } from '../faults.ts';
import type { ServerParts } from '../parts.ts';
import { readByteRange } from '../byte-range.ts';
import { fileView } from './json-views.ts';

/** Which dataset is meant. Names are used again when a request is submitted again. */
export interface DatasetChoice {
  /** With or without the `/` of a container. */
  readonly name: string;
  /** The request it belongs to; `undefined` takes the latest dataset of this name. */
  readonly requestId: RequestId | undefined;
}

/** The files of a dataset.
 *  @throws RequestFault 404 when there is no such dataset */
export function datasetFiles(choice: DatasetChoice, parts: ServerParts): FilesAnswer {
  return { files: filesOf(choice, parts).map(fileView) };
}

function filesOf({ name, requestId }: DatasetChoice, { engine }: ServerParts): readonly FileRecord[] {
  const files = engine.files(name, requestId);
  if (files === undefined) throw new RequestFault(404, `unknown dataset \`${name}\``);
  return files;
}

/** Sends one file, whole or the part that `Range` asks for. The ETag is its SHA-256, as the list gives it.
 *  @throws RequestFault 404 when there is no such file, 410 when it is gone from or changed on the disk */
export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  choice: DatasetChoice,
  fileName: string,
  parts: ServerParts,
): Promise<FastifyReply> {
  const record = filesOf(choice, parts).find((file) => file.name === fileName);
  if (record === undefined)
    throw new RequestFault(404, `no file \`${fileName}\` in dataset \`${choice.name}\``);
  const etag = record.sha256 === undefined ? undefined : `"${record.sha256}"`;
  if (etag !== undefined) reply.header('etag', etag);
  reply
    .header('accept-ranges', 'bytes')
    .header('content-type', 'application/octet-stream')
    .header('x-content-type-options', 'nosniff');
  if (etag !== undefined && request.headers['if-none-match'] === etag) return reply.code(304).send();
  const ifRange = request.headers['if-range'];
  const range = readByteRange(
    ifRange === undefined || (etag !== undefined && ifRange === etag) ? request.headers.range : undefined,
    record.sizeBytes,
  );
  if (range.kind === 'unsatisfiable') {
    return reply.code(416).header('content-range', `bytes */${record.sizeBytes}`).send();
  }
  const file = await openUnchanged(record);
  const { first, last } = range.kind === 'part' ? range : { first: 0, last: record.sizeBytes - 1 };
  reply.header('content-length', last - first + 1);
  if (range.kind === 'part') {
    reply.code(206).header('content-range', `bytes ${first}-${last}/${record.sizeBytes}`);
  }
  if (request.method === 'HEAD' || record.sizeBytes === 0) {
    await file.close();
    return reply.send(request.method === 'HEAD' ? undefined : Buffer.alloc(0));
  }
  return reply.send(file.createReadStream({ start: first, end: last }));
}

async function openUnchanged(record: FileRecord): ReturnType<typeof open> {
  const gone = (what: string): RequestFault =>
    new RequestFault(
      410,
      `file \`${record.name}\` of dataset \`${record.dataset}\` ${what} on the disk of the server`,
    );
  let file;
  try {
    file = await open(record.path, 'r');
  } catch (thrown) {
    const code = systemCode(thrown);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw gone('is missing');
    throw thrown;
  }
  const { size } = await file.stat();
  if (size === record.sizeBytes) return file;
  await file.close();
  throw gone('has changed');
}
