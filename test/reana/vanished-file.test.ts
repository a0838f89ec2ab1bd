// A file that a step removes while the files of its run are brought.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bringFiles } from '../../src/reana/files/bring-files.ts';
import { findOutputs } from '../../src/reana/files/outputs.ts';
import { offload } from '../../src/reana/offload/offload.ts';
import { ReanaClient } from '../../src/reana/protocol/client.ts';
import { faceRig, httpClient, serialSpec, token } from '../reana-server/rig.ts';
import type { FaceRig } from '../reana-server/rig.ts';
import { analysisRig } from './rig.ts';

let face: FaceRig;
let directory: string;
let workspace: string;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'pchain-vanished-'));
  face = await faceRig((app) => {
    // The list of its members is made, and none of them has been read.
    app.addHook('onSend', (_request, reply, _payload, done) => {
      if (reply.getHeader('content-type') === 'application/zip')
        rmSync(join(workspace, 'out/30'), { force: true });
      done();
    });
  });
});
afterEach(async () => {
  await face.stop();
  rmSync(directory, { recursive: true, force: true });
});

it('cuts the zip that it should be in, and the others come all the same', async () => {
  const run = face.engine.createRun({ name: 'fit', specification: serialSpec([{ commands: ['true'] }]) });
  workspace = run.workspace;
  mkdirSync(join(workspace, 'out'));
  const names = Array.from({ length: 60 }, (_, index) => String(index));
  for (const name of names) writeFileSync(join(workspace, 'out', name), `content of ${name}`);
  const client = new ReanaClient({ http: httpClient(), server: face.url, token });
  const outputs = await findOutputs(client, run.id, ['out']);
  const { files, gone } = await bringFiles(client, run.id, outputs, directory, { onState: () => undefined });
  const others = names.filter((name) => name !== '30');
  expect(gone).toEqual(['out/30']);
  expect(files).toHaveLength(59);
  expect(readdirSync(directory)).toEqual(['out']);
  expect(readdirSync(join(directory, 'out')).sort()).toEqual([...others].sort());
  for (const name of others)
    expect(readFileSync(join(directory, 'out', name), 'utf8')).toBe(`content of ${name}`);
});

it('is told of when outputs are packed, and the same offload again packs what there is then', async () => {
  const specification = {
    workflow: {
      type: 'serial',
      specification: {
        steps: [{ environment: 'a:1', commands: ['mkdir out; for i in {0..59}; do echo $i > out/$i; done'] }],
      },
    },
    outputs: { directories: ['out'] },
  };
  const rig = analysisRig(face.url, { 'reana.yaml': JSON.stringify(specification) });
  const options = rig.options({
    onEvent: (event) => {
      if (event.type === 'run') workspace = face.engine.run(event.runId)?.workspace ?? '';
    },
  });
  await expect(offload(options)).rejects.toThrow(
    'outputs of run `fit.1` were removed while they were brought here: `out/30`',
  );
  await expect(offload(options)).resolves.toMatchObject({ outcome: 'finished', runName: 'fit.1' });
  rmSync(rig.directory, { recursive: true, force: true });
});
