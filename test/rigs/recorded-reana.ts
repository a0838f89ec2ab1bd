// A REANA server that answers as a recorded one did. What the recorded client asked and ours need not ask is left over; what
// ours asks beside it (how far is the run, what lies there) is answered from what the recordings have in common.
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { ZipFile } from 'yazl';
import { sharedJson } from './shared.ts';

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly body: RecordedBody | null;
}

export interface RecordedBody {
  readonly json?: unknown;
  readonly text?: string;
  readonly base64?: string;
  readonly hex?: string;
  readonly multipart?: readonly {
    readonly name: string;
    readonly text?: string;
    readonly zip?: readonly { readonly name: string; readonly text?: string }[];
  }[];
}

export interface Recording {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly exit_code: number;
  readonly requests: readonly RecordedRequest[];
  readonly responses: readonly {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  }[];
}

export const recordingOf = (name: string): Recording =>
  sharedJson('recordings/reana', `${name}.json`) as Recording;

/** What is so at the beginning, where it matters. */
export interface Surroundings {
  /** Of the run; `created` without it. */
  readonly status?: string;
  /** And once it has been started. */
  readonly laterStatus?: string;
  /** Name -> bytes in the workspace. */
  readonly files?: Readonly<Record<string, number>>;
  readonly takesBundles?: boolean;
  readonly secrets?: readonly { readonly name: string; readonly type: string }[];
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Requests (`METHOD path`) that are answered as if they had not been recorded. */
  readonly differs?: RegExp;
}

export interface SeenByReana {
  readonly method: string;
  /** Decoded, with every name of the one run as `RUN`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** The recorded request that it was; `undefined`: one beside them. */
  readonly recorded: RecordedRequest | undefined;
}

export interface RecordedReana {
  readonly origin: string;
  readonly seen: readonly SeenByReana[];
  /** Recorded requests that nobody has repeated. */
  left(): readonly RecordedRequest[];
  close(): Promise<void>;
}

export async function recordedReana(recording: Recording, around: Surroundings): Promise<RecordedReana> {
  const waiting = recording.requests.map((request, index) => ({
    request,
    response: recording.responses[index],
  }));
  const limited: typeof waiting = [];
  const seen: SeenByReana[] = [];
  const files = new Map(Object.entries(around.files ?? {}));

  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const url = new URL(incoming.url ?? '/', 'http://reana');
    const path = runless(decodeURIComponent(url.pathname));
    const asked = { method: incoming.method ?? '', path, query: url.searchParams };
    const token = url.searchParams.get('access_token');
    const isOpen = token !== null || path === '/api/ping';
    const isOther = around.differs?.test(`${asked.method} ${path}`) === true;
    // A question after a change is only answered as recorded once the change has been made.
    const firstChange = waiting.findIndex(({ request }) => request.method !== 'GET');
    const index = waiting.findIndex(
      ({ request }, at) =>
        isOpen &&
        !isOther &&
        fits(request, asked) &&
        (request.method !== 'GET' || firstChange < 0 || at < firstChange),
    );
    const [taken] = index < 0 ? [] : waiting.splice(index, 1);
    // Who was too fast the first time is too fast the next time.
    const found = taken ?? limited.find(({ request }) => fits(request, asked));
    if (found?.response?.status === 429) limited.push(found);
    seen.push({ ...asked, headers: incoming.headers, body, recorded: found?.request });
    if (asked.method === 'POST' && path.endsWith('/workspace') && (found?.response?.status ?? 200) === 200)
      files.set((url.searchParams.get('file_name') ?? '').replace(/^\//, ''), body.length);
    if (found?.response !== undefined) await sendRecorded(outgoing, found.response);
    else {
      const [status, json] = answerBeside(
        { ...asked, token },
        around,
        files,
        seen.some(({ path: earlier }) => earlier.endsWith('/start')),
      );
      outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
    }
  };
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse): void =>
    void answer(incoming, outgoing);
  const server = around.tls === undefined ? createServer(listener) : createTlsServer(around.tls, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `${around.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    seen,
    left: () => waiting.map(({ request }) => request),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const firstRun =
  /^(\/api\/workflows\/(?:move_files\/)?)(?:test|test\.1|00000001-1111-4111-8111-111111111111)(?=\/|$)/;
const secondRun = /^(\/api\/workflows\/)(?:test\.1\.1|00000002-1111-4111-8111-111111111111)(?=\/|$)/;

/** A run may be named in three ways. */
export const runless = (path: string): string =>
  path.replace(firstRun, '$1RUN').replace(secondRun, '$1RUN.1');

function fits(
  request: RecordedRequest,
  asked: { readonly method: string; readonly path: string; readonly query: URLSearchParams },
): boolean {
  if (request.method !== asked.method || runless(request.path) !== asked.path) return false;
  if (!asked.path.endsWith('/workspace') || request.method !== 'POST') return true;
  const name = request.query.find(([key]) => key === 'file_name')?.[1].replace(/^\//, '');
  return name === asked.query.get('file_name')?.replace(/^\//, '');
}

async function sendRecorded(
  outgoing: ServerResponse,
  response: Recording['responses'][number],
): Promise<void> {
  const type = response.headers['Content-Type'] ?? 'application/json';
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (!/^(content-length|transfer-encoding|connection|date|server)$/i.test(name)) headers[name] = value;
  }
  const body =
    type === 'application/zip' && Array.isArray(response.body)
      ? await zipOf(response.body as { name: string; text?: string }[])
      : typeof response.body === 'string'
        ? Buffer.from(response.body)
        : Buffer.from(JSON.stringify(response.body));
  outgoing.writeHead(response.status, headers).end(body);
}

async function zipOf(members: readonly { readonly name: string; readonly text?: string }[]): Promise<Buffer> {
  const zip = new ZipFile();
  for (const { name, text } of members) zip.addBuffer(Buffer.from(text ?? ''), name);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const bodyOf = (name: string, at = 0): Record<string, unknown> =>
  recordingOf(name).responses[at]?.body as Record<string, unknown>;

/** Status and JSON for what was not recorded. */
function answerBeside(
  asked: { readonly method: string; readonly path: string; readonly token: string | null },
  around: Surroundings,
  files: ReadonlyMap<string, number>,
  isStarted: boolean,
): readonly [number, unknown] {
  if (asked.token === null && asked.path !== '/api/ping') return [401, { message: 'User not signed in' }];
  if (asked.method === 'POST' && asked.path === '/api/workflows') return [201, bodyOf('create-serial', 1)];
  if (asked.method === 'POST' && asked.path === '/api/workflows/RUN/workspace')
    return [200, { message: 'fine' }];
  if (asked.method !== 'GET') return [418, { message: `not recorded: ${asked.method} ${asked.path}` }];
  switch (asked.path) {
    case '/api/ping':
      return [
        200,
        {
          message: 'OK',
          status: '200',
          ...(around.takesBundles === true
            ? { api_capabilities: ['workflow-specification-bundles-v1'] }
            : {}),
        },
      ];
    case '/api/you':
      return [200, bodyOf('ping')];
    case '/api/secrets':
      return [200, around.secrets ?? []];
    case '/api/workflows/RUN/status':
      return [
        200,
        {
          ...bodyOf('status-created'),
          status: (isStarted ? around.laterStatus : around.status) ?? 'created',
        },
      ];
    case '/api/workflows/RUN/workspace':
      return [
        200,
        {
          items: [...files].map(([name, raw]) => ({
            name,
            'last-modified': '2025-01-02T03:04:05',
            size: { raw },
          })),
          has_next: false,
        },
      ];
    case '/api/workflows/RUN/specification':
      return [200, bodyOf('upload-default')];
    case '/api/workflows/RUN/parameters':
      return [200, bodyOf('start-parameters-options')];
    case '/api/workflows':
      return [200, { items: [], has_next: false }];
    case '/api/workflows/nope/status':
      return [404, bodyOf('status-unknown-404')];
    default:
      return [404, { message: `not recorded: GET ${asked.path}` }];
  }
}
