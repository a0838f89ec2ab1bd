// What the official client asked the real server, asked of the embedded one: answers of the same form, and the same words where
// these are the server's own.
import { gzipSync } from 'node:zlib';
import { existsSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RequestId, TaskId } from '../../src/base/names.ts';
import { recordedCommand, type RecordedRequest } from '../panda/recorded.ts';
import { planOf } from '../rigs/engine.ts';
import { describeWithShared, sharedPath } from '../rigs/shared.ts';
import { serverRig, type ServerRig } from './rig.ts';

const folder = sharedPath('recordings', 'panda');

/** Recordings whose answers the embedded server does not repeat, each with the reason. */
export const answeredOtherwise: Readonly<Record<string, string>> = {
  pbook_debug_noprodrole: 'on a machine of one user nobody needs a role',
  pbook_debug_prodrole_denied: 'here the job is the user’s own',
  pbook_debug_prodrole_succeeded: 'the real server says success where it failed, and the other way round',
  pbook_finish_workflow: 'the real iDDS has no such command; here it does what it says',
  pbook_pause_workflow: 'the real iDDS has no such command; here it does what it says',
  pbook_resume_workflow: 'the real iDDS has no such command; here it does what it says',
  pbook_kill_workflow_idds_exception: 'a fault of iDDS that cannot happen here',
  pbook_set_secret_v: 'the same requests as pbook_set_secret',
  py_get_cert_attributes: 'tells the variables of an Apache server; here those of the token only',
  security_eval_get: 'an answer made up for an attack on the client',
  security_eval_legacy_post: 'an answer made up for an attack on the client',
};

const names = existsSync(folder)
  ? readdirSync(folder)
      .map((name) => name.replace(/\.json$/, ''))
      .filter((name) => /^(?:pbook|prun|py)_/.test(name))
      .filter((name) => !(name.replace(/\.(?:curl|native)$/, '') in answeredOtherwise))
      .filter((name) => recordedCommand(name).requests.length > 0)
      // Whose token has expired is the door's business; prun's refused and dumped tasks are the same requests again.
      .filter((name) => !/_403\b/.test(name))
  : [];

let rig: ServerRig;
let own: RequestId;
beforeEach(async () => {
  rig = await serverRig();
  own = submit('user.alice.blah', 'Alice Example', ['top', 'bottom', 'other']);
  const others = submit('user.bob.blah', 'Bob Example', ['theirs']);
  expect([own, others]).toEqual([1, 2]);
  const [top, bottom, other] = rig.engine.tasks(own).map((task) => task.id);
  if (top === undefined || bottom === undefined || other === undefined) throw new Error('no tasks');
  rig.engine.setTask(top, { status: 'running', nJobs: 10, nJobsFinished: 4, nJobsFailed: 1 });
  rig.engine.setTask(bottom, { status: 'finished', nJobs: 10, nJobsFinished: 8, nJobsFailed: 2 });
  rig.engine.setTask(other, { status: 'done', nJobs: 1, nJobsFinished: 1 });
  const [theirs] = rig.engine.tasks(others);
  rig.engine.setTask((theirs?.id ?? 0) as TaskId, { status: 'failed' });
  const job = rig.engine.addJob(bottom, { status: 'finished' });
  rig.engine.metadata.set(bottom, new Map([[job, { user_key: 'value', n: 3 }]]));
});
afterEach(() => rig.close());

function submit(outDS: string, userName: string, steps: readonly string[]): RequestId {
  return rig.engine.submit({
    name: outDS,
    userName,
    plan: planOf(outDS, ...steps),
    sandbox: undefined,
    key: undefined,
    localDatasets: new Map(),
    environment: {},
  });
}

describeWithShared('a recorded request', () => {
  it.each(names)('of %s is answered in the same form', async (name) => {
    const recording = recordedCommand(name);
    if (name.startsWith('pbook_list_secrets') && !name.includes('none')) await keepSecrets();
    if (name.startsWith('pbook_retry_workflow')) rig.engine.setRequest(own, { status: 'Failed' });
    if (name.startsWith('prun_err_duplicate')) busyName('user.alice.dup');
    for (const [index, request] of recording.requests.entries()) {
      if (request.path.includes('upload_cache_file')) continue;
      const { status, text } = await ask(request);
      const expected = recording.responses[index];
      expect(status).toBe(expected?.status);
      expect(formOf(withoutIds(text))).toEqual(formOf(withoutIds(JSON.stringify(expected?.json))));
    }
  });
});

async function ask(request: RecordedRequest): Promise<{ readonly status: number; readonly text: string }> {
  const ours = (text: string): string =>
    text.replaceAll('3455', '1').replaceAll('3400', '2').replaceAll('1001', '1');
  const query = request.query
    .filter(([key]) => key !== 'since')
    .map(([key, value]) => [key, ours(value)] as [string, string]);
  const search = query.length === 0 ? '' : `?${new URLSearchParams(query).toString()}`;
  const { json, form, gzip } = request.body;
  const type = request.headers['content-type'];
  const headers = {
    accept: request.headers['accept'] ?? '*/*',
    ...(type === undefined ? {} : { 'content-type': type }),
  };
  if (request.method === 'GET') return read(await rig.get(`${request.path}${search}`, headers));
  const sandbox = /(?:jobO|sources)\.[0-9a-f-]{36}\.tar\.gz/.exec(JSON.stringify(json ?? null))?.[0];
  if (sandbox !== undefined) await rig.upload(sandbox, emptyArchive);
  const body =
    form === undefined
      ? ours(JSON.stringify(json))
      : new URLSearchParams(form.map(([key, value]): [string, string] => [key, ours(value)])).toString();
  return read(await rig.post(request.path, gzip === true ? gzipSync(body) : body, headers));
}

const emptyArchive = gzipSync(Buffer.alloc(1024));

async function read(response: Response): Promise<{ readonly status: number; readonly text: string }> {
  return { status: response.status, text: await response.text() };
}

async function keepSecrets(): Promise<void> {
  for (const key of ['MY_KEY', 'LONG', '___file___:MY_FILE'])
    await rig.v1('creds/set_user_secrets', { key, value: 'x'.repeat(20) });
}

function busyName(name: string): void {
  const id = rig.engine.submit({
    name,
    userName: 'Alice Example',
    plan: planOf(name, 'only'),
    sandbox: undefined,
    key: undefined,
    localDatasets: new Map(),
    environment: {},
    taskParameters: {},
  });
  const [task] = rig.engine.tasks(id);
  rig.engine.setTask((task?.id ?? 0) as TaskId, { status: 'running' });
}

/** Numbers differ from server to server; so do the widths of tables that hold them. */
function withoutIds(text: string): string {
  return text
    .replaceAll(/\b[45]00000\d\d\b/g, 'TASK')
    .replaceAll(/\b(?:3455|3400|1001|1|2)(?=\W)/g, 'N')
    .replaceAll(/https?:\/\/[^"\\]+/g, 'URL')
    .replaceAll(/ +/g, ' ')
    .replaceAll(/-{3,}/g, '---');
}

/** The words of the answer; of what it holds, the names and types. */
function formOf(text: string): unknown {
  const value = JSON.parse(
    text
      .replaceAll(/:TASK|: TASK/g, ':0')
      .replaceAll(/:N|: N/g, ':0')
      .replaceAll(/\[N/g, '[0'),
  ) as unknown;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return typesOf(value);
  const { success, message, data } = value as { success: boolean; message: string; data: unknown };
  // The embedded server says besides which parameters mean nothing on one machine.
  return {
    success,
    message: message.replace(/; without effect on this machine:.*$/, ''),
    data: typesOf(data),
  };
}

function typesOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [typesOf(value[0])];
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.keys(value).filter((key) => !/^\d+$/.test(key));
}
