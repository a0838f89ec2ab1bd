// Sends files of a workspace as a zip, packed while it is sent.
import type { Readable } from 'node:stream';
import { PassThrough } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { ZipFile } from 'yazl';
import type { RunRecord } from '../../engine/records.ts';
import { openForReading } from '../../engine/reana/workspace.ts';
import type { WorkspaceFile } from '../../engine/reana/workspace-listing.ts';
import { readablePath } from '../../engine/reana/workspace-path.ts';
import { wireTime } from './query.ts';
import { fullName } from './run-answers.ts';

/** @param name as it was asked for: the zip is called after its last part */
export async function sendZip(
  reply: FastifyReply,
  run: RunRecord,
  name: string,
  files: readonly WorkspaceFile[],
  nowMs: number,
): Promise<void> {
  const base = (name.split('/').findLast((part) => part !== '') ?? 'files').replace(/[^A-Za-z0-9._-]+/g, '_');
  const time = wireTime(nowMs).replace('T', '-').replaceAll(':', '');
  await reply
    .header('content-type', 'application/zip')
    .header('content-disposition', attachment(`download_${fullName(run)}_${base}_${time}.zip`))
    .send(zipOf(run, files));
}

function zipOf(run: RunRecord, files: readonly WorkspaceFile[]): Readable {
  const zip = new ZipFile();
  // Not `Readable.wrap`: what that holds back while the reader is slow, it does not give after the end.
  const output = zip.outputStream.pipe(new PassThrough());
  let current: Readable | undefined;
  // A step may delete or change a file while it is packed: the answer is then cut off, never silently short.
  zip.on('error', (error: Error) => output.destroy(error));
  // Whoever goes away in the middle leaves a file open.
  output.once('close', () => current?.destroy());
  for (const { name, sizeBytes } of files) {
    const path = readablePath(run.workspace, name);
    if (path === undefined) continue;
    // Stored: what fills workspaces is packed already.
    const how = { mode: 0o100600, compress: false, size: sizeBytes };
    zip.addReadStreamLazy(name, how, (give) => {
      const opened = openForReading(path);
      if (opened === undefined) {
        output.destroy(new Error(`\`${name}\` is not there any more`));
        return;
      }
      current = opened.read(0, Infinity);
      current.once('error', (error) => output.destroy(error));
      give(null, current);
    });
  }
  zip.end();
  return output;
}

/** RFC 6266, as REANA writes it. What ASCII in quotes cannot say is said in the other form alone: given both, REANA's
 *  client would take the first. */
export function attachment(name: string): string {
  if (/^[A-Za-z0-9._+-]+$/.test(name)) return `attachment; filename=${name}`;
  if (/^[\x20-\x7e]+$/.test(name) && !/["\\]/.test(name)) return `attachment; filename="${name}"`;
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
  return `attachment; filename*=UTF-8''${encoded}`;
}
