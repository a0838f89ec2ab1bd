// Sandboxes over API v1 `file_server`: is it there already, upload it, and download it without credentials.
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { messageOf } from '../../base/errors.ts';
import { oneLine } from '../faults.ts';
import type { ServerParts } from '../parts.ts';
import { recoverLostFiles } from './file-recovery.ts';
import { integer, required, text, truth } from './arguments.ts';
import { method, type Method } from './method.ts';
import { failed, sendText, succeeded, type Outcome } from './outcome.ts';
import { isSandboxName, sandboxLimitBytes } from './sandbox-cache.ts';
import { handleWorkflowRequest, modeOf } from './workflow-request.ts';

// A multipart body is its file plus boundaries and headers, some hundred bytes.
const multipartOverheadBytes = 64 * 1024;

const validateCacheFile = method(
  'POST',
  { file_size: required(integer), checksum: required(integer) },
  async ({ file_size, checksum }, { cache }) => {
    const name = await cache.findSame(file_size, checksum);
    // The client replaces the host of its cache URL by this one and keeps the port.
    return name === undefined ? failed('NOTFOUND') : succeeded(null, `FOUND:127.0.0.1:${name}`);
  },
);

const uploadCacheFile: Method = { verb: 'POST', answer: upload };

const uploadWorkflowRequest = method(
  'POST',
  { data: required(text), dry_run: truth, sync: truth },
  ({ data, dry_run, sync }, parts) =>
    handleWorkflowRequest(data, modeOf(dry_run === true, sync === true), parts),
);

export const fileServerMethods: Readonly<Record<string, Method>> = {
  validate_cache_file: validateCacheFile,
  upload_cache_file: uploadCacheFile,
  upload_workflow_request: uploadWorkflowRequest,
  upload_file_recovery_request: recoverLostFiles,
};

async function upload(request: FastifyRequest, { cache }: ServerParts): Promise<Outcome> {
  if (!request.isMultipart()) return failed("Argument error: missing a required argument: 'file'");
  let part: MultipartFile | undefined;
  try {
    part = await request.file({ limits: { files: 1, fields: 8, fileSize: sandboxLimitBytes('sources.') } });
  } catch (thrown) {
    // What a multipart reader throws is about the bytes that came in.
    return failed(`ERROR: upload failure. ${oneLine(messageOf(thrown))}`);
  }
  if (part?.fieldname !== 'file') {
    part?.file.resume();
    return failed("Argument error: missing a required argument: 'file'");
  }
  const name = part.filename;
  if (!isSandboxName(name)) {
    part.file.resume();
    return failed('ERROR: upload failure. The file name must be of the form jobO.<uuid>.tar.gz');
  }
  const limitBytes = sandboxLimitBytes(name);
  const announcedBytes = Number(request.headers['content-length'] ?? 0);
  if (announcedBytes > limitBytes + multipartOverheadBytes) {
    part.file.resume();
    return failed(tooLarge(name, announcedBytes));
  }
  const { as, receivedBytes } = await cache.store(name, part.file);
  if (as === 'stored') return succeeded();
  if (as === 'exists') return failed('ERROR: cannot overwrite file');
  if (as === 'too-large') return failed(tooLarge(name, receivedBytes));
  return failed('ERROR: upload failure. The connection ended before the file did');
}

function tooLarge(name: string, sizeBytes: number): string {
  const mebibytes = (bytes: number): number => Math.ceil(bytes / 1024 / 1024);
  const limit = mebibytes(sandboxLimitBytes(name));
  const hint = name.startsWith('sources.')
    ? ''
    : ' Please submit the job without --noBuild/--libDS since those options impose a tighter size limit';
  return `ERROR: upload failure. Exceeded size limit ${mebibytes(sizeBytes)} MB > ${limit} MB.${hint}`;
}

/** `GET /cache/<sandbox>`. */
export async function sendSandbox(
  name: string,
  reply: FastifyReply,
  { cache }: ServerParts,
): Promise<FastifyReply> {
  const found = await cache.find(name);
  if (found === undefined) return sendText(reply, 404, 'ERROR : no such file');
  return reply
    .header('content-type', 'application/octet-stream')
    .header('content-length', found.sizeBytes)
    .send(cache.open(found));
}
