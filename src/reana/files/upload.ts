// Puts files into the workspace of a run: several at once, none twice, and afterwards looks whether they are there.
import { RemoteError } from '../../base/errors.ts';
import { fileBody } from '../../http/body.ts';
import type { BodySource } from '../../http/body.ts';
import type { ReanaClient } from '../protocol/client.ts';
import type { InputFile } from './inputs.ts';
import { inParallel } from './parallel.ts';
import type { ContentMark, UploadRecord } from './upload-record.ts';

/** More do not make it faster; the pace of a server that limits is kept below this anyway. */
const lanes = 8;

export interface Upload extends InputFile {
  readonly mark: ContentMark;
}

export interface UploadState {
  /** Files, and bytes of them, that are there. */
  readonly doneFiles: number;
  readonly doneBytes: number;
  readonly files: number;
  readonly bytes: number;
  /** Among the files: those that were there already. */
  readonly skipped: number;
}

/** Uploads files that the run does not have yet with the same size and content.
 *  @param onState called after each file, and now and then while a large one is sent
 *  @throws RemoteError when a file does not arrive whole · LocalError for one that cannot be read */
export async function uploadFiles(
  client: ReanaClient,
  run: string,
  uploads: readonly Upload[],
  record: UploadRecord,
  onState: (state: UploadState) => void,
): Promise<UploadState> {
  const sized = uploads.map((upload) => ({ upload, body: fileBody(upload.path) }));
  const totalBytes = sized.reduce((sum, { body }) => sum + (body.sizeBytes ?? 0), 0);
  let state: UploadState = {
    doneFiles: 0,
    doneBytes: 0,
    files: uploads.length,
    bytes: totalBytes,
    skipped: 0,
  };
  const there = new Map((await client.workspaces.files(run)).map((file) => [file.name, file.sizeBytes]));
  await inParallel(sized, lanes, async ({ upload: { name, mark }, body }) => {
    const isThere = there.get(name) === body.sizeBytes && record.has(name, mark);
    if (!isThere) {
      await client.workspaces.upload(run, name, body, ({ direction, doneBytes }) => {
        if (direction === 'down' || doneBytes === body.sizeBytes) return;
        onState({ ...state, doneBytes: state.doneBytes + doneBytes });
      });
      record.add(name, mark);
    }
    state = {
      ...state,
      doneFiles: state.doneFiles + 1,
      doneBytes: state.doneBytes + (body.sizeBytes ?? 0),
      skipped: state.skipped + (isThere ? 1 : 0),
    };
    onState(state);
  });
  await checkArrived(client, run, sized);
  return state;
}

interface SizedUpload {
  readonly upload: Upload;
  readonly body: BodySource;
}

// Some servers answer 200 and keep nothing; a run on empty inputs would fail hours later, far from the cause.
async function checkArrived(client: ReanaClient, run: string, sized: readonly SizedUpload[]): Promise<void> {
  if (sized.length === 0) return;
  const there = new Map((await client.workspaces.files(run)).map((file) => [file.name, file.sizeBytes]));
  for (const { upload, body } of sized) {
    // Whatever git keeps for itself is never listed.
    if (upload.name.startsWith('.git/') || there.get(upload.name) === body.sizeBytes) continue;
    throw new RemoteError(
      `\`${upload.name}\` was uploaded with ${body.sizeBytes ?? 0} bytes, but the server has ${there.get(upload.name) ?? 'none'}`,
      { hint: 'the same command again uploads it once more' },
    );
  }
}
