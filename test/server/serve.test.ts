import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { rigToken, serverRig, type ServerRig } from './rig.ts';

const rigs: ServerRig[] = [];
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close();
});

async function start(options: Parameters<typeof serverRig>[0] = {}): Promise<ServerRig> {
  const rig = await serverRig(options);
  rigs.push(rig);
  return rig;
}

describe('serve', () => {
  it('says where it is in server.json, readable by its owner only, and takes that away at the end', async () => {
    const rig = await start();
    const path = join(rig.directory, 'server.json');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      url: rig.url,
      pid: 4711,
      token: rigToken,
      version: '0.0.0-test',
      started_ms: rig.clock.nowMs(),
    });
    expect(rig.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(readdirSync(rig.directory).filter((name) => name.includes('server.json'))).toEqual([
      'server.json',
    ]);
    await rig.server.close();
    expect(existsSync(path)).toBe(false);
    await expect(fetch(`${rig.url}/pchain/v1/hello`)).rejects.toThrow('fetch failed');
    await rig.server.close();
  });

  it('leaves the record of a later server alone', async () => {
    const rig = await start();
    const path = join(rig.directory, 'server.json');
    writeFileSync(path, JSON.stringify({ url: 'http://127.0.0.1:1', pid: 1 }));
    await rig.server.close();
    expect(existsSync(path)).toBe(true);
    const other = await start();
    writeFileSync(join(other.directory, 'server.json'), 'torn');
    await other.server.close();
  });

  it('says that a port is in use', async () => {
    const rig = await start();
    const port = Number(new URL(rig.url).port);
    await expect(serverRig({ port })).rejects.toThrow(`port ${port} is in use`);
  });

  it('says that the data directory cannot be written, and stops listening', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'pchain-server-'));
    const missing = join(directory, 'gone');
    await expect(serverRig({ dataDirectory: missing })).rejects.toThrow(
      `cannot write \`${join(missing, 'server.json')}\`: ENOENT`,
    );
    chmodSync(directory, 0o700);
    rmSync(directory, { recursive: true });
  });

  it('closes in spite of a client that never ends its request', async () => {
    const rig = await start();
    const { port } = new URL(rig.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    await new Promise<void>((resolve) => {
      socket.write(
        `POST /api/v1/task/kill HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${rigToken}\r\n` +
          'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
        () => resolve(),
      );
    });
    await rig.get('/pchain/v1/hello');
    const closed = rig.server.close();
    await until(() => rig.clock.sleepers > 0);
    rig.clock.advance(3000);
    await closed;
    socket.destroy();
  });
});

describe('the idle exit', () => {
  async function startIdle(): Promise<{ rig: ServerRig; idle: () => number }> {
    let count = 0;
    const rig = await start({ idleMs: 60_000, onIdle: () => (count += 1) });
    return { rig, idle: () => count };
  }

  it('comes once, after the time without requests', async () => {
    const { rig, idle } = await startIdle();
    await until(() => rig.clock.sleepers === 1);
    rig.clock.advance(59_000);
    await (await rig.get('/pchain/v1/requests')).text();
    await until(() => rig.lines.some((line) => line.startsWith('GET /pchain/v1/requests 200')));
    rig.clock.advance(1_000);
    await until(() => rig.clock.sleepers === 1);
    expect(idle()).toBe(0);
    rig.clock.advance(59_000);
    await until(() => idle() === 1);
    rig.clock.advance(600_000);
    expect(rig.clock.sleepers).toBe(0);
    expect(idle()).toBe(1);
  });

  it('waits for work to end, and then for its time', async () => {
    const { rig, idle } = await startIdle();
    rig.engine.isBusy = true;
    await until(() => rig.clock.sleepers === 1);
    rig.clock.advance(60_000);
    await until(() => rig.clock.sleepers === 1);
    rig.clock.advance(60_000);
    await until(() => rig.clock.sleepers === 1);
    expect(idle()).toBe(0);
    rig.clock.advance(30_000);
    rig.engine.isBusy = false;
    rig.engine.emit(rig.engine.requests()[0]?.id ?? (1 as never), {
      type: 'run',
      runId: 'x',
      jobId: undefined,
      status: 'finished',
      stepsFinished: 1,
      stepsTotal: 1,
    });
    rig.clock.advance(59_000);
    await until(() => rig.clock.sleepers === 1);
    expect(idle()).toBe(0);
    rig.clock.advance(1_000);
    await until(() => idle() === 1);
  });

  it('does not come after close', async () => {
    const { rig, idle } = await startIdle();
    await until(() => rig.clock.sleepers === 1);
    await rig.server.close();
    rig.clock.advance(600_000);
    expect(idle()).toBe(0);
    expect(rig.engine.listeners).toBe(0);
  });
});

async function until(isTrue: () => boolean): Promise<void> {
  for (let tries = 0; !isTrue(); tries += 1) {
    if (tries > 100_000) throw new Error('it never became true');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
