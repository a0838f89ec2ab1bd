// Connections that read into a buffer of their own: nothing that was handed on may change when the next bytes arrive.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lasting, PlainAgent } from '../../src/http/plain-agent.ts';

const body = randomBytes(5_000_000);
const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const server = createServer((request, response) => {
  if (request.url === '/chunked') response.write(body.subarray(0, 70_000));
  else response.setHeader('content-length', body.length);
  if (request.url === '/close') response.setHeader('connection', 'close');
  response.end(request.url === '/chunked' ? body.subarray(70_000) : body);
});
let origin = '';
const agent = new PlainAgent({ keepAlive: true });

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  agent.destroy();
  server.close();
});

async function answerTo(path: string): Promise<IncomingMessage> {
  const [answer] = (await once(get(origin + path, { agent }), 'response')) as [IncomingMessage];
  return answer;
}

it.each(['/whole', '/chunked', '/close'])(
  'bring %s as it was sent, also to who is slow, and many at once',
  async (path) => {
    const received = await Promise.all(
      [0, 1, 2, 3].map(async (lane) => {
        const chunks: Buffer[] = [];
        for await (const chunk of await answerTo(path)) {
          chunks.push(lasting(chunk as Buffer));
          if (lane % 2 === 0 && chunks.length % 10 === 0)
            await new Promise((resolve) => setTimeout(resolve, 1));
        }
        return digest(Buffer.concat(chunks));
      }),
    );
    expect(received).toEqual(Array.from({ length: 4 }, () => digest(body)));
  },
);

it('are used again for the next request', async () => {
  const sockets = new Set<Socket>();
  for (let n = 0; n < 3; n++) {
    const answer = await answerTo('/whole');
    sockets.add(answer.socket);
    answer.resume();
    await once(answer, 'end');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(sockets.size).toBe(1);
});

it('end the answer with an error when the server goes away', async () => {
  const broken = createServer((_request, response) => {
    response.setHeader('content-length', 1000);
    response.write('half', () => response.destroy());
  });
  broken.listen(0, '127.0.0.1');
  await once(broken, 'listening');
  const request = get(`http://127.0.0.1:${(broken.address() as AddressInfo).port}`, { agent });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  answer.resume();
  await expect(once(answer, 'end')).rejects.toThrow('aborted');
  broken.close();
});

it('copy what would be written over, and nothing else', async () => {
  const socket = agent.createConnection({ port: Number(new URL(origin).port), host: '127.0.0.1' });
  socket.write('GET /whole HTTP/1.1\r\nHost: x\r\n\r\n');
  const [raw] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  const kept = lasting(raw);
  expect(kept.buffer).not.toBe(raw.buffer);
  expect(kept.equals(raw)).toBe(true);
  expect(lasting(kept)).toBe(kept);
});
