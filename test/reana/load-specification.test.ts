// Workflows that cannot be loaded here: the embedded server reads their files itself, others do not.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { UnsupportedError } from '../../src/base/errors.ts';
import { loadFor, type Loading } from '../../src/reana/load-specification.ts';
import { loadingOf, prepareOffload } from '../../src/reana/offload/prepare.ts';
import { ReanaClient } from '../../src/reana/protocol/client.ts';
import { scriptedServer } from '../rigs/server.ts';
import { faceRig, httpClient, token } from '../reana-server/rig.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pchain-loading-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Of a Snakefile whose jobs only Snakemake can tell. */
async function loading(): Promise<Loading> {
  const specFile = join(directory, 'reana.yaml');
  writeFileSync(
    specFile,
    'inputs: {files: [Snakefile]}\nworkflow: {type: snakemake, file: Snakefile}\noutputs: {files: [a.txt]}\n',
  );
  const snakefile = 'rule all:\n    input: expand("{x}.txt", x=range(3))\n\n';
  writeFileSync(
    join(directory, 'Snakefile'),
    `${snakefile}rule one:\n    output: "{x}.txt"\n    shell: "touch {output}"\n`,
  );
  const none = new Map<string, string>();
  const { prepared } = await prepareOffload({
    specFile,
    set: none,
    parameters: none,
    options: none,
    outputs: undefined,
  });
  if (prepared === undefined) throw new Error('it has faults');
  return loadingOf(prepared, {});
}

const client = (server: string): ReanaClient => new ReanaClient({ http: httpClient(), server, token });

it('are sent as they are to a server that reads their files', async () => {
  const face = await faceRig();
  try {
    expect(await loadFor(client(face.url), await loading())).toMatchObject({
      protocol: 'json',
      document: { workflow: { type: 'snakemake', file: 'Snakefile', specification: null } },
    });
  } finally {
    await face.stop();
  }
});

it('are not sent to another server of the 0.9 line', async () => {
  const server = await scriptedServer([
    { method: 'GET', path: '/api/ping', reply: { json: { message: 'OK', status: '200' } } },
  ]);
  await expect(loadFor(client(server.origin), await loading())).rejects.toThrow(UnsupportedError);
  await server.finish();
});
