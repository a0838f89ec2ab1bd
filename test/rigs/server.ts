// A real local HTTP server that a test scripts: what must be asked, and what is answered, however badly.
// `finish` fails on a request that the script does not expect and on a step that nobody asked for.
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

export interface SeenRequest {
  readonly method: string;
  /** Path without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  /** Port of the client: the same for requests on one connection. */
  readonly clientPort: number;
  /** Common name of the client's certificate; `undefined`: it showed none. */
  readonly clientSubject: string | undefined;
}

export interface Reply {
  /** 200 when it is not given. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is. */
  readonly body?: string | Buffer;
  /** Sent as JSON in `text/plain`, as PanDA does. */
  readonly json?: unknown;
  /** Sends nothing before this resolves. */
  readonly after?: Promise<unknown>;
  /** Cuts the connection: instead of an answer, or after so many bytes of the body. */
  readonly reset?: 'at once' | { readonly afterBytes: number };
  /** Never answers; the connection stays open until the client or `close` ends it. */
  readonly silent?: boolean;
}

export interface Step {
  /** For the message when nobody asks for it; `METHOD path` when it is not given. */
  readonly name?: string;
  readonly method: string;
  readonly path: string | RegExp;
  /** Further demands; it throws (an `expect`) when they are not met. */
  readonly check?: (request: SeenRequest) => void;
  readonly reply: Reply | ((request: SeenRequest) => Reply);
}

export interface ScriptOptions {
  /** `in order` (the default): step by step. `any`: the first unused step that fits. */
  readonly order?: 'in order' | 'any';
  /** Any free one when it is not given. */
  readonly port?: number | undefined;
  readonly tls?: { readonly key: string; readonly cert: string; readonly askForCertificate?: boolean };
}

export interface ScriptedServer {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  readonly port: number;
  /** Every request so far, in order. */
  readonly requests: readonly SeenRequest[];
  /** Closes the server.
   *  @throws Error when a request was not expected, did not meet a demand, or a step was not used */
  finish(): Promise<void>;
}

/** Starts a server on a free port of the loopback interface. */
export async function scriptedServer(
  steps: readonly Step[],
  options: ScriptOptions = {},
): Promise<ScriptedServer> {
  const unused = [...steps];
  const requests: SeenRequest[] = [];
  const faults: string[] = [];

  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const request = await read(incoming);
    requests.push(request);
    const candidates = options.order === 'any' ? unused : unused.slice(0, 1);
    const step = candidates.find((candidate) => fits(candidate, request));
    if (step === undefined) {
      const wanted = candidates[0] === undefined ? 'no further request' : nameOf(candidates[0]);
      faults.push(`unexpected ${request.method} ${request.path}, the script has ${wanted}`);
      outgoing.writeHead(418).end('this request is not in the script');
      return;
    }
    unused.splice(unused.indexOf(step), 1);
    try {
      step.check?.(request);
    } catch (fault) {
      faults.push(`${nameOf(step)}: ${fault instanceof Error ? fault.message : String(fault)}`);
    }
    await send(outgoing, typeof step.reply === 'function' ? step.reply(request) : step.reply);
  };
  const listener: RequestListener = (incoming, outgoing) => {
    answer(incoming, outgoing).catch((fault: unknown) => {
      // A client that hangs up while it sends is part of many scripts.
      if (!incoming.destroyed) faults.push(String(fault));
    });
  };

  const server: Server =
    options.tls === undefined ? createServer(listener) : createTlsServer(tlsOptions(options.tls), listener);
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    requests,
    async finish() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      const missed = unused.map((step) => `nobody asked for ${nameOf(step)}`);
      const all = [...faults, ...missed];
      if (all.length > 0) throw new Error(`the script was not followed:\n${all.join('\n')}`);
    },
  };
}

/** A port on which nothing listens. */
export async function deafPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface SeenPart {
  readonly name: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly body: Buffer;
}

/** The parts of a `multipart/form-data` request.
 *  @throws Error when the body is not one */
export function partsOf(request: SeenRequest): readonly SeenPart[] {
  const boundary = /^multipart\/form-data; boundary=(\S+)$/.exec(request.headers['content-type'] ?? '')?.[1];
  if (boundary === undefined)
    throw new Error(`no multipart request: ${request.headers['content-type'] ?? ''}`);
  // Latin-1 keeps every byte as one character.
  const pieces = `\r\n${request.body.toString('latin1')}`.split(`\r\n--${boundary}`);
  if (pieces.at(-1) !== '--\r\n') throw new Error('the multipart body has no end');
  return pieces.slice(1, -1).map((piece) => {
    const split = piece.indexOf('\r\n\r\n');
    const head = piece.slice(0, split);
    return {
      name: /; name="([^"]*)"/.exec(head)?.[1] ?? '',
      fileName: /; filename="([^"]*)"/.exec(head)?.[1] ?? '',
      contentType: /^Content-Type: (.*)$/im.exec(head)?.[1]?.trim() ?? '',
      body: Buffer.from(piece.slice(split + 4), 'latin1'),
    };
  });
}

const nameOf = (step: Step): string => step.name ?? `${step.method} ${String(step.path)}`;

function fits(step: Step, request: SeenRequest): boolean {
  if (step.method !== request.method) return false;
  return typeof step.path === 'string' ? step.path === request.path : step.path.test(request.path);
}

function tlsOptions(tls: NonNullable<ScriptOptions['tls']>): ServerOptions {
  const { key, cert, askForCertificate = false } = tls;
  return { key, cert, requestCert: askForCertificate, rejectUnauthorized: false };
}

function subjectOf(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const name: unknown = (socket.getPeerCertificate() as { subject?: { CN?: unknown } } | null)?.subject?.CN;
  return typeof name === 'string' ? name : undefined;
}

async function read(incoming: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const url = new URL(incoming.url ?? '/', 'http://script');
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return {
    method: incoming.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    headers,
    body: Buffer.concat(chunks),
    clientPort: incoming.socket.remotePort ?? 0,
    clientSubject: subjectOf(incoming.socket),
  };
}

async function send(outgoing: ServerResponse, reply: Reply): Promise<void> {
  await reply.after;
  if (reply.silent === true) return;
  const socket = outgoing.socket;
  if (reply.reset === 'at once') {
    socket?.resetAndDestroy();
    return;
  }
  const body = Buffer.from(reply.json === undefined ? (reply.body ?? '') : JSON.stringify(reply.json));
  outgoing.writeHead(reply.status ?? 200, {
    'content-type': 'text/plain',
    'content-length': String(body.length),
    ...reply.headers,
  });
  if (reply.reset === undefined) {
    outgoing.end(body);
    return;
  }
  // Whoever reads sees the first bytes before the connection ends, since they are flushed one after the other.
  outgoing.write(body.subarray(0, reply.reset.afterBytes), () => socket?.end(() => socket.destroy()));
}
