// Getting a sandbox to where the jobs fetch it, without sending what is there already.
import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { LocalError } from '../base/errors.ts';
import { multipartBody } from '../http/body.ts';
import { HttpFailure } from '../http/http-failure.ts';
import type { Progress } from '../http/request.ts';
import { send, v1Post, type PandaServer } from './connection.ts';
import { refusal, v1Data, v1Envelope } from './envelope.ts';

export interface Sandbox {
  /** The gzip tar on this machine. */
  readonly path: string;
  /** `jobO.<uuid>.tar.gz`, or `sources.<uuid>.tar.gz` for a build; the server's limit depends on it. */
  readonly fileName: string;
  readonly sizeBytes: number;
  /** CRC-32 of the unpacked tar, as in the last bytes of the gzip file. */
  readonly crc32: number;
}

export interface SendOptions {
  /** `main`: to PANDA_URL_SSL instead of the cache, as `--vo` asks for. */
  readonly to?: 'cache' | 'main';
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Where a sandbox lies now. */
export interface PlacedSandbox {
  readonly fileName: string;
  /** `scheme://host:port`: jobs fetch `<sourceUrl>/cache/<fileName>`. */
  readonly sourceUrl: string;
  /** True when an earlier upload was found and nothing was sent. */
  readonly reused: boolean;
}

/** Uploads a sandbox unless the server has the same one from the last days.
 *  @throws LocalError when it is larger than the server takes; HttpFailure, AuthError as the server answers */
export async function placeSandbox(
  server: PandaServer,
  sandbox: Sandbox,
  options: SendOptions = {},
): Promise<PlacedSandbox> {
  const limit = sandbox.fileName.startsWith('sources.') ? largestSourcesBytes : largestSandboxBytes;
  if (sandbox.sizeBytes > limit) {
    throw new LocalError(
      `the sandbox \`${sandbox.path}\` has ${sandbox.sizeBytes} bytes, and the server takes at most ${limit}`,
      { hint: 'move large files out of the directory, or lower --maxSizeInSandbox' },
    );
  }
  const found = await validateCacheFile(server, sandbox, options.signal);
  if (found !== undefined) return found;
  for (let round = 1; ; round++) {
    try {
      await uploadCacheFile(server, sandbox, options);
      const sourceUrl = options.to === 'main' ? server.origin : server.cacheOrigin;
      return { fileName: sandbox.fileName, sourceUrl, reused: false };
    } catch (failure) {
      if (round === mostRounds || !mayHaveArrived(failure)) throw failure;
      // The file may be there although the answer was lost, and a second upload under its name would be refused.
      const arrived = await validateCacheFile(server, sandbox, options.signal);
      if (arrived !== undefined) return { ...arrived, reused: false };
    }
  }
}

// Limits of panda-server for the cache.
const largestSandboxBytes = 10 * 1024 * 1024;
const largestSourcesBytes = 768 * 1024 * 1024;
const mostRounds = 3;

function mayHaveArrived(failure: unknown): boolean {
  if (!(failure instanceof HttpFailure)) return false;
  return failure.reached !== 'answered' || [429, 502, 503, 504].includes(failure.status ?? 0);
}

/** Asks for an earlier upload of the same bytes by the same user.
 *  @returns `undefined` when there is none; otherwise where it is: on a host of the server's choice, on the port
 *    of the configured cache */
export async function validateCacheFile(
  server: PandaServer,
  sandbox: Pick<Sandbox, 'sizeBytes' | 'crc32'>,
  signal?: AbortSignal,
): Promise<PlacedSandbox | undefined> {
  const body = { file_size: sandbox.sizeBytes, checksum: sandbox.crc32 };
  const answer = await v1Post(server, 'file_server/validate_cache_file', body, { repeatable: true, signal });
  const { success, message } = v1Envelope(answer);
  if (!success) {
    if (message === 'NOTFOUND') return undefined;
    throw refusal(answer, message);
  }
  const found = /^FOUND:([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]):([A-Za-z0-9_][A-Za-z0-9_.-]*)$/.exec(message);
  const [, host, fileName] = found ?? [];
  if (host === undefined || fileName === undefined) {
    throw new HttpFailure(`\`${answer.name}\` answered without saying where the file is`, {
      reached: 'answered',
      status: answer.status,
    });
  }
  const cache = new URL(server.cacheOrigin);
  const port = cache.port === '' ? '' : `:${cache.port}`;
  return { fileName, sourceUrl: `${cache.protocol}//${host}${port}`, reused: true };
}

/** Uploads a file to the cache, streamed. It is sent once: a name that exists cannot be written again. */
export async function uploadCacheFile(
  server: PandaServer,
  sandbox: Sandbox,
  options: SendOptions = {},
): Promise<void> {
  const part = { field: 'file', fileName: sandbox.fileName, path: sandbox.path };
  const { body, contentType } = multipartBody(part, `pchain-${randomUUID()}`);
  const base = options.to === 'main' ? server.v1Base : server.cacheBase;
  const headers = { 'content-type': contentType, accept: 'application/json' };
  const answer = await send(
    server,
    { method: 'POST', url: `${base}/file_server/upload_cache_file`, headers, body },
    {
      repeatable: false,
      signal: options.signal,
      onProgress: options.onProgress,
      timeouts: { tryMs: undefined, callMs: 3_600_000, idleMs: 300_000 },
    },
  );
  v1Data(answer, v.unknown());
}
