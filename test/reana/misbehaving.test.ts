// Servers that answer what no REANA should.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpClient, type HttpClient } from '../../src/http/client.ts';
import { ReanaClient } from '../../src/reana/protocol/client.ts';
import { downloadOutputs } from '../../src/reana/files/outputs.ts';
import { CliRig } from '../rigs/cli.ts';
import { testClock } from '../http/test-clock.ts';
import { scriptedServer, type ScriptedServer, type Step } from '../rigs/server.ts';
import { token } from '../reana-server/rig.ts';

let server: ScriptedServer;
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pchain-misbehaving-'));
});
afterEach(async () => {
  rmSync(directory, { recursive: true, force: true });
  await server.finish();
});

/** @param idleMs how long a silence of the server is borne */
async function client(steps: readonly Step[], idleMs?: number): Promise<ReanaClient> {
  server = await scriptedServer(steps, { order: 'any' });
  const patient = createHttpClient({ clock: testClock(), userAgent: 'pchain/test', tls: { verify: true } });
  const http: HttpClient =
    idleMs === undefined
      ? patient
      : { request: (asked) => patient.request({ ...asked, timeouts: { ...asked.timeouts, idleMs } }) };
  return new ReanaClient({ http, server: server.origin, token });
}

const workspace = '/api/workflows/fit/workspace';

describe('a list without end', () => {
  const file = { name: 'a', size: { raw: 1 }, 'last-modified': '' };
  const run = { id: 'x', name: 'other.1', status: 'running' };
  const twice = (path: string, items: readonly unknown[]): readonly Step[] =>
    [1, 2].map(() => ({ method: 'GET', path, reply: { json: { items, has_next: true } } }));

  it('of files is given up when it repeats itself', async () => {
    const reana = await client(twice(workspace, [file]));
    await expect(reana.workspaces.files('fit')).rejects.toMatchObject({
      exitCode: 5,
      message: 'the server gives the same part of a list again and again',
    });
  });

  it('of runs is given up as well', async () => {
    const reana = await client(twice('/api/workflows', [run]));
    await expect(reana.list({ name: 'fit' })).rejects.toThrow('the same part of a list');
  });

  it('is none when a file moves to the next page meanwhile', async () => {
    const page = (items: readonly unknown[], has_next: boolean): Step => ({
      method: 'GET',
      path: workspace,
      reply: { json: { items, has_next } },
    });
    const reana = await client([page([file], true), page([file, { ...file, name: 'b' }], false)]);
    expect((await reana.workspaces.files('fit')).map(({ name }) => name)).toEqual(['a', 'b']);
  });
});

it('a server that goes down over a zip gives the files one by one', async () => {
  const names = Array.from({ length: 40 }, (_, index) => `out/${index}`);
  const reana = await client([
    ...[1, 2, 3, 4].map((): Step => ({
      method: 'GET',
      path: `${workspace}/out`,
      reply: { reset: 'at once' },
    })),
    ...names.map((name): Step => ({ method: 'GET', path: `${workspace}/${name}`, reply: { body: 'x' } })),
  ]);
  const files = names.map((name) => ({ name, sizeBytes: 1, modified: '' }));
  await downloadOutputs(reana, 'fit', [{ declared: 'out', files }], directory, { onState: () => undefined });
  for (const name of names) expect(readFileSync(join(directory, name), 'utf8')).toBe('x');
});

describe('a server that never answers with a zip', () => {
  const names = (directory: string): readonly string[] =>
    Array.from({ length: 40 }, (_, index) => `${directory}/${index}`);
  const output = (declared: string) => ({
    declared,
    files: names(declared).map((name) => ({ name, sizeBytes: 1, modified: '' })),
  });
  const singly = [...names('out'), ...names('more')].map((name): Step => ({
    method: 'GET',
    path: `${workspace}/${name}`,
    reply: { body: 'x' },
  }));

  it.each([
    ['is silent', { silent: true }],
    ['is behind something that gives up on it', { status: 504, body: 'Gateway Time-out' }],
  ])('and %s is asked once, also when there are more directories, which is said', async (_, reply) => {
    const reana = await client([{ method: 'GET', path: `${workspace}/out`, reply }, ...singly], 300);
    const told: string[] = [];
    const outputs = [output('out'), output('more')];
    await downloadOutputs(reana, 'fit', outputs, directory, {
      onState: () => undefined,
      onSingly: (declared) => told.push(declared),
    });
    for (const name of names('more')) expect(readFileSync(join(directory, name), 'utf8')).toBe('x');
    expect(told).toEqual(['out']);
  });
});

describe('a run with a status that is not known here', () => {
  it.each([
    ['can be stopped', 200, { message: 'Workflow successfully stopped' }],
    ['cannot', 409, { message: 'Workflow x is not running.' }],
  ])('is stopped by the server, if it %s', async (_, status, answer) => {
    const path = '/api/workflows/x/status';
    const state = { id: 'x', name: 'fit.1', status: 'thawing', created: '' };
    server = await scriptedServer(
      [
        { method: 'GET', path: '/api/workflows/fit/status', reply: { json: state } },
        { method: 'PUT', path, reply: { status, json: answer } },
      ],
      { order: 'any' },
    );
    const rig = new CliRig();
    try {
      const env = { REANA_SERVER_URL: server.origin, REANA_ACCESS_TOKEN: 'token' };
      const { exitCode, stderr } = await rig.run(['reana', 'stop', '-w', 'fit'], { env });
      expect([exitCode === 0, stderr]).toEqual([
        status === 200,
        expect.stringContaining(status === 200 ? 'stopped fit.1' : 'Workflow x is not running'),
      ]);
    } finally {
      rig.remove();
    }
  });
});
