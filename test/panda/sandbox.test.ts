import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuthError, LocalError } from '../../src/base/errors.ts';
import { placeSandbox, type Sandbox } from '../../src/panda/sandbox.ts';
import type { Reply, Step } from '../rigs/server.ts';
import { pandaRig, rejection, shown, type PandaRig } from './panda-rig.ts';

let directory: string;
let sandbox: Sandbox;
let rig: PandaRig;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pchain-sandbox-'));
  sandbox = { path: join(directory, 's'), fileName: 'jobO.1.tar.gz', sizeBytes: 3, crc32: 7 };
  await writeFile(sandbox.path, 'abc');
});
afterEach(async () => {
  await rm(directory, { recursive: true });
  await rig.finish();
});

const validate = (reply: Reply): Step => ({
  method: 'POST',
  path: '/api/v1/file_server/validate_cache_file',
  reply,
});
const upload = (reply: Reply): Step => ({
  method: 'POST',
  path: '/api/v1/file_server/upload_cache_file',
  reply,
});
const notFound = validate({ json: { success: false, message: 'NOTFOUND', data: null } });
const found = (place: string): Step =>
  validate({ json: { success: true, message: `FOUND:${place}`, data: null } });
const taken: Reply = { json: { success: true, message: '', data: null } };

describe('placing a sandbox', () => {
  it('switches to the host where the server found an earlier upload', async () => {
    rig = await pandaRig([found('cache-7.cern.ch:jobO.old.tar.gz')]);
    expect(await placeSandbox(rig.panda, sandbox)).toEqual({
      fileName: 'jobO.old.tar.gz',
      sourceUrl: `http://cache-7.cern.ch:${rig.cache.port}`,
      reused: true,
    });
  });

  it.each([
    '',
    'host',
    'host:',
    'a b:jobO.tar.gz',
    'host:../../etc',
    'host:a/b',
    'host:.hidden',
    'x@host:jobO.tar.gz',
  ])('does not believe that it was found at %j', async (place) => {
    rig = await pandaRig([found(place)]);
    expect(shown((await rejection(placeSandbox(rig.panda, sandbox))).message)).toBe(
      '`POST http://HOST/api/v1/file_server/validate_cache_file` answered without saying where the file is',
    );
  });

  it('asks again after a lost upload, and does not send what arrived', async () => {
    rig = await pandaRig([notFound, found('127.0.0.1:jobO.1.tar.gz')], [upload({ reset: 'at once' })]);
    expect(await placeSandbox(rig.panda, sandbox)).toEqual({
      fileName: 'jobO.1.tar.gz',
      sourceUrl: rig.cache.origin,
      reused: false,
    });
  });

  it('sends it again when a lost upload did not arrive, at most three times', async () => {
    rig = await pandaRig([notFound, notFound], [upload({ status: 502 }), upload(taken)]);
    expect((await placeSandbox(rig.panda, sandbox)).reused).toBe(false);
    await rig.finish();
    const lost = upload({ reset: 'at once' });
    rig = await pandaRig([notFound, notFound, notFound], [lost, lost, lost]);
    expect((await rejection(placeSandbox(rig.panda, sandbox))).message).toContain(
      'closed the connection without an answer',
    );
  });

  it('is refused with the words of the server, and not repeated', async () => {
    rig = await pandaRig(
      [notFound],
      [upload({ json: { success: false, message: 'ERROR: cannot overwrite file', data: null } })],
    );
    expect(shown((await rejection(placeSandbox(rig.panda, sandbox))).message)).toBe(
      '`POST http://HOST/api/v1/file_server/upload_cache_file` was refused: ERROR: cannot overwrite file',
    );
  });

  it('needs a token that the server sees', async () => {
    rig = await pandaRig([
      validate({ json: { success: false, message: 'SSL secure connection is required', data: null } }),
    ]);
    const thrown = await rejection(placeSandbox(rig.panda, sandbox));
    expect(thrown).toBeInstanceOf(AuthError);
    expect(thrown.message).toContain('the server saw no token');
  });

  it('is not begun when it is larger than the server takes', async () => {
    rig = await pandaRig([]);
    const large = { ...sandbox, sizeBytes: 10 * 1024 * 1024 + 1 };
    const thrown = await rejection(placeSandbox(rig.panda, large));
    expect(thrown).toBeInstanceOf(LocalError);
    expect(thrown.message).toContain('has 10485761 bytes, and the server takes at most 10485760');
    await rig.finish();
    rig = await pandaRig([found('h:sources.x.tar.gz')]);
    const sources = { ...large, fileName: 'sources.1.tar.gz' };
    expect((await placeSandbox(rig.panda, sources)).reused).toBe(true);
  });

  it('reports progress up to the last byte', async () => {
    rig = await pandaRig([notFound], [upload(taken)]);
    const seen: (readonly [number, number | undefined])[] = [];
    await placeSandbox(rig.panda, sandbox, {
      onProgress: ({ direction, doneBytes, totalBytes }) => {
        if (direction === 'up') seen.push([doneBytes, totalBytes]);
      },
    });
    expect(seen.at(-1)?.[0]).toBe(seen.at(-1)?.[1]);
    expect(seen.at(-1)?.[0]).toBe(rig.cache.requests[0]?.body.length);
  });
});
