// What the client of REANA 0.95 sends, sent to the embedded server: it speaks the protocol of 0.9, in which most of this is the
// same. The recordings hold requests, so what is compared is what the server makes of them.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { describeWithShared, sharedJson, sharedPath } from '../rigs/shared.ts';
import { faceRig, serialSpec, token, until } from './rig.ts';
import type { FaceRig } from './rig.ts';

interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly raw_path?: string;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly json?: unknown; readonly text?: string; readonly multipart?: unknown } | null;
}

interface Case {
  /** The run `test.1` before; `created` without it. */
  readonly status?: 'running' | 'finished';
  readonly answers: readonly number[];
  /** A part of the last answer. */
  readonly says?: string | object;
}

const files = ['data/names.txt', 'data/a b#ç.txt', 'results/greetings.txt'];

const cases: Readonly<Record<string, Case>> = {
  'v095-create-on-0.9-server': { answers: [200], says: { message: 'OK', status: '200' } },
  'v095-delete-restart-series': { status: 'finished', answers: [200, 200], says: { total: 1 } },
  'v095-download-default': { status: 'finished', answers: [200, 200], says: 'results/greetings.txt' },
  'v095-download-odd-name': { answers: [200], says: 'data/a b#ç.txt' },
  'v095-list-shared': { answers: [200] },
  'v095-list-shared-by': { answers: [200] },
  'v095-logs-follow': { status: 'finished', answers: [200], says: { workflow_name: 'test.1' } },
  'v095-ls': { answers: [200], says: { total: 3 } },
  'v095-ping': { answers: [200], says: { reana_server_version: '0.9.4' } },
  'v095-restart': { status: 'finished', answers: [200, 200], says: { name: 'test.1.1' } },
  'v095-rm': { answers: [200], says: { deleted: { 'data/names.txt': { size: 14 } }, failed: {} } },
  'v095-secrets-add': { answers: [201] },
  'v095-start-on-0.9-server': { answers: [200, 200], says: { name: 'test.1' } },
  'v095-status': { answers: [200], says: { name: 'test.1', status: 'created' } },
  'v095-stop-force': { status: 'running', answers: [200] },
  'v095-upload-empty-file': { answers: [200] },
  'v095-upload-one': { answers: [200] },
};

/** Recordings of which nothing can be compared, and why. */
const elsewhere: readonly (readonly [RegExp, string])[] = [
  [
    /^v095-(?:create-(?:400|serial|yadage)|run-follow|restart-new-spec|validate.*)$/,
    'a bundle: the server does not say that it takes them, and the client then sends none',
  ],
  [/^v095-share-/, 'servers of 0.9 have no sharing'],
  [/^v095-upload-symlink-arg$/, 'the client sends nothing'],
];

let rig: FaceRig | undefined;
afterEach(() => rig?.stop());

describeWithShared('the embedded server and the later client', () => {
  const names = readdirSync(sharedPath('recordings/reana'))
    .map((file) => file.replace(/\.json$/, ''))
    .filter((name) => name.startsWith('v095-'));
  const recorded = (name: string): readonly RecordedRequest[] =>
    (sharedJson('recordings/reana', `${name}.json`) as { requests: readonly RecordedRequest[] }).requests;
  const isElsewhere = (name: string): boolean => elsewhere.some(([pattern]) => pattern.test(name));

  it('every recording is replayed, or a reason says why not', () => {
    expect(names.filter((name) => !(name in cases) && !isElsewhere(name))).toEqual([]);
    expect(Object.keys(cases).filter((name) => !names.includes(name) || isElsewhere(name))).toEqual([]);
  });

  it.each(Object.entries(cases))('agree on `%s`', async (name, { status, answers, says }) => {
    rig = await prepared(status);
    const got = [];
    for (const request of recorded(name)) got.push(await send(rig.url, request));
    expect(got.map((answer) => answer.status)).toEqual(answers);
    const last = got.at(-1)?.text ?? '';
    if (typeof says === 'string') expect(last).toBe(says);
    else if (says !== undefined) expect(JSON.parse(last)).toMatchObject(says);
  });

  it.each(names.filter((name) => name.startsWith('v095-share-')))('refuses `%s` in words', async (name) => {
    rig = await prepared(undefined);
    for (const request of recorded(name)) {
      const answer = await send(rig.url, request);
      expect(answer.status).toBe(404);
      expect(JSON.parse(answer.text)).toMatchObject({ message: expect.stringMatching(/./) as string });
    }
  });
});

async function prepared(status: Case['status']): Promise<FaceRig> {
  const face = await faceRig();
  const specification = serialSpec([{ commands: [status === 'running' ? 'sleep 60' : 'true'] }], {
    outputs: ['results/greetings.txt'],
  });
  const run = face.engine.createRun({ name: 'test', specification });
  for (const name of files) {
    mkdirSync(dirname(join(run.workspace, name)), { recursive: true });
    writeFileSync(join(run.workspace, name), name);
  }
  if (status !== undefined) {
    face.engine.startRun(run.id, {});
    await until(`run ${status}`, () => face.engine.run(run.id)?.status === status);
  }
  return face;
}

/** Sends a request as the client sent it, `Authorization` and all. */
function send(
  url: string,
  { method, path, raw_path, query, headers, body }: RecordedRequest,
): Promise<{ readonly status: number; readonly text: string }> {
  const words = query.map(([key, value]): [string, string] => [
    key,
    key === 'access_token' ? token.reveal() : value,
  ]);
  const target = raw_path ?? path.split('/').map(encodeURIComponent).join('/');
  const content = body?.json === undefined ? (body?.text ?? '') : JSON.stringify(body.json);
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      `${url}${target}?${new URLSearchParams(words).toString()}`,
      {
        method,
        headers: {
          ...(type === undefined ? {} : { 'content-type': type }),
          'content-length': Buffer.byteLength(content),
        },
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      },
    );
    sent.on('error', reject).end(content);
  });
}
