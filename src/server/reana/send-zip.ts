// Sends files of a workspace as a zip, packed while it is sent.
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { storedZip, type ZipMember } from '../../archive/stored-zip.ts';
import type { RunRecord } from '../../engine/records.ts';
import { openForReading } from '../../engine/reana/workspace/workspace.ts';
import type { WorkspaceFile } from '../../engine/reana/workspace/workspace-listing.ts';
import { readablePath } from '../../engine/reana/workspace/workspace-path.ts';
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
    .send(Readable.from(storedZip(membersOf(run, files)), { objectMode: false, highWaterMark: sentBytes }));
}

/** How much is read ahead of who receives it. */
const sentBytes = 1 << 18;
/** Files up to this size are read in one go. */
const smallBytes = 1 << 20;

/** Opens each file when its turn comes.
 *  @throws Error when one of them is gone: the answer is then cut off, never silently short */
function* membersOf(run: RunRecord, files: readonly WorkspaceFile[]): Generator<ZipMember, void, void> {
  for (const { name, modifiedMs } of files) {
    const path = readablePath(run.workspace, name);
    const opened = path === undefined ? undefined : openForReading(path);
    if (opened === undefined) throw new Error(`\`${name}\` is not there any more`);
    const modified = new Date(modifiedMs);
    const { sizeBytes } = opened;
    const content = sizeBytes <= smallBytes ? opened.whole() : opened.read(0, sizeBytes - 1);
    yield { name, sizeBytes, modified, content };
  }
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
