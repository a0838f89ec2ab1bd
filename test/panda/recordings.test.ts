// The same conversations as the official client has with the real server: same requests, same answers, right outcome.
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as v from 'valibot';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AuthError } from '../../src/base/errors.ts';
import { HttpFailure } from '../../src/http/http-failure.ts';
import type { PandaServer } from '../../src/panda/connection.ts';
import { placeSandbox, type Sandbox } from '../../src/panda/sandbox.ts';
import {
  putWorkflowRequest,
  submitNativeWorkflow,
  type SubmitAnswer,
  type WorkflowRequestData,
} from '../../src/panda/submit.ts';
import { taskTemplates, type AthenaRuntime } from '../../src/panda/templates.ts';
import { describeWithShared, sharedJson, sharedPath } from '../rigs/shared.ts';
import { partsOf, type Step } from '../rigs/server.ts';
import { pandaRig, rejection } from './panda-rig.ts';

const requestShape = v.object({
  port_role: v.picklist(['panda_url_ssl', 'pandacache_url']),
  method: v.string(),
  path: v.string(),
  headers: v.record(v.string(), v.string()),
  body: v.nullish(
    v.object({
      json: v.optional(v.record(v.string(), v.unknown())),
      json_data_decoded: v.optional(v.record(v.string(), v.unknown())),
      gzip: v.optional(v.boolean()),
      multipart: v.optional(v.array(v.object({ name: v.string(), filename: v.string(), size: v.number() }))),
    }),
    {},
  ),
});
const responseShape = v.object({
  status: v.number(),
  json: v.optional(v.unknown()),
  body: v.optional(v.string()),
});
const recordingShape = v.object({
  command: v.string(),
  env: v.record(v.string(), v.string()),
  requests: v.array(requestShape),
  responses: v.array(responseShape),
});
type Recording = v.InferOutput<typeof recordingShape>;
type RecordedRequest = v.InferOutput<typeof requestShape>;

const folder = sharedPath('recordings', 'panda');
const names = existsSync(folder)
  ? readdirSync(folder)
      .filter((name) => /^pchain_.*\.json$/.test(name))
      // The line break at the end of that token cut the official client's headers off; ours drops it.
      .filter((name) => !name.startsWith('pchain_oidc_token_file_newline'))
      .filter((name) => read(name).requests.length > 0)
  : [];

function read(name: string): Recording {
  return v.parse(recordingShape, sharedJson('recordings', 'panda', name));
}

const osInfo = 'Linux-<kernel>-x86_64-with-glibc2.36';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pchain-panda-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describeWithShared('a recorded conversation', () => {
  it('exists for checks, submissions, reuse and errors', () => {
    expect(names.length).toBeGreaterThan(70);
  });

  it.each(names)('%s is had in the same way', async (name) => {
    const recording = read(name);
    const steps = recording.requests.map((request, index) => ({
      role: request.port_role,
      step: stepOf(request, recording.responses[index], () => rig, name),
    }));
    const of = (role: string): Step[] => steps.filter((item) => item.role === role).map((item) => item.step);
    const rig = await pandaRig(of('panda_url_ssl'), of('pandacache_url'));
    const outcome = submitAsRecorded(recording, rig.panda);
    await expectOutcome(recording, outcome);
    await rig.finish();
  });
});

function stepOf(
  request: RecordedRequest,
  response: Recording['responses'][number] | undefined,
  rig: () => { main: { origin: string }; cache: { origin: string } },
  name: string,
): Step {
  // Found files are on the host of the answer, which is always this one.
  const reply = {
    status: response?.status ?? 200,
    ...(response?.json === undefined ? { body: response?.body ?? '' } : { json: response.json }),
  };
  return {
    method: request.method,
    path: request.path,
    reply,
    check(seen) {
      expect(seen.headers['authorization']).toBe('Bearer test-token-of-alice');
      expect(seen.headers['origin']).toBe('wlcg');
      expect(seen.headers['content-encoding']).toBeUndefined();
      if (name.endsWith('.curl.json')) expect(seen.headers['accept']).toBe(request.headers['accept']);
      if (request.body.multipart !== undefined) {
        const parts = partsOf(seen).map((part) => ({
          name: part.name,
          filename: part.fileName,
          size: part.body.length,
        }));
        expect(parts).toEqual(request.body.multipart);
        return;
      }
      expect(seen.headers['content-type']).toBe('application/json');
      const text = request.body.gzip === true ? gunzipSync(seen.body).toString() : seen.body.toString();
      const sent = JSON.parse(text) as Record<string, unknown>;
      if (request.body.json_data_decoded === undefined) {
        expect(sent).toEqual(onThisMachine(request.body.json, rig(), name));
        return;
      }
      const { data, ...rest } = sent;
      const { data: _data, ...recordedRest } = request.body.json ?? {};
      expect(rest).toEqual(recordedRest);
      expect(JSON.parse(String(data))).toEqual(onThisMachine(request.body.json_data_decoded, rig(), name));
    },
  };
}

/** The recorded value with the addresses of this run. */
function onThisMachine(
  value: unknown,
  rig: { main: { origin: string }; cache: { origin: string } },
  name: string,
): unknown {
  const text = JSON.stringify(value)
    .replaceAll('http://127.0.0.1:25443', rig.main.origin)
    .replaceAll('http://127.0.0.1:25444', rig.cache.origin);
  const data = JSON.parse(text) as Record<string, unknown>;
  // With --vo the official client uploads to the main address and tells the server to look in the cache.
  if (name.startsWith('pchain_submit_vo') && 'sourceURL' in data) data['sourceURL'] = rig.main.origin;
  return data;
}

/** What a command does with these parts, for the command line of the recording. */
async function submitAsRecorded(
  recording: Recording,
  server: PandaServer,
): Promise<SubmitAnswer | number | undefined> {
  const [program, ...words] = (recording.command.match(/'[^']*'|\S+/g) ?? []).map((word) =>
    word.replaceAll("'", ''),
  );
  const flag = (name: string): string | undefined => {
    const at = words.indexOf(name);
    return at < 0 ? undefined : words[at + 1];
  };
  const vo = flag('--vo');
  const sandboxes = sandboxesOf(recording);
  const placed = [];
  for (const [index, sandbox] of sandboxes.entries()) {
    const path = join(directory, `sandbox-${index}`);
    await writeFile(path, Buffer.alloc(sandbox.sizeBytes));
    placed.push(await placeSandbox(server, { ...sandbox, path }, vo === undefined ? {} : { to: 'main' }));
  }
  const put = recording.requests.find((request) =>
    /put_workflow_request|submit_workflow_raw/.test(request.path),
  );
  if (put === undefined) return undefined;

  const data =
    put.body.json_data_decoded ?? v.parse(v.record(v.string(), v.unknown()), put.body.json?.['params']);
  const native = program === 'pchain_native';
  const [main, jobs, sources] = placed;
  if (main === undefined) throw new Error('the recording has no sandbox');
  const outDS = flag('--outDS') ?? '';
  const spec = flag('--cwl') ?? flag('--wfd') ?? flag('--snakefile') ?? '';
  const workflowName = flag('--workflowName');
  const request: WorkflowRequestData = {
    taskParams: taskTemplates({
      outDS,
      vo,
      prodSourceLabel: flag('--prodSourceLabel'),
      workingGroup: flag('--workingGroup'),
      official: words.includes('--official'),
      commandLine: words,
      osInfo,
      sourceUrl: (jobs ?? main).sourceUrl,
      jobSandbox: jobs?.fileName,
      athena:
        'athena' in v.parse(v.record(v.string(), v.unknown()), data['taskParams'])
          ? athena(recording, sources?.fileName)
          : undefined,
    }),
    sourceURL: main.sourceUrl,
    sandbox: main.fileName,
    workflowSpecFile: native ? basename(spec) : spec,
    workflowInputFile: flag('--yaml') ?? (native ? null : ''),
    language: flag('--cwl') !== undefined ? 'cwl' : native ? 'yaml' : 'snakemake',
    outDS,
    base_platform: recording.env['ALRB_USER_PLATFORM'] ?? 'centos7',
    ...(workflowName === undefined ? {} : { workflow_name: workflowName }),
  };
  if (native) return submitNativeWorkflow(server, request);
  return putWorkflowRequest(server, { data: request, mode: words.includes('--check') ? 'check' : 'submit' });
}

function sandboxesOf(recording: Recording): Sandbox[] {
  const sandboxes: Sandbox[] = [];
  for (const request of recording.requests) {
    if (request.path.endsWith('/validate_cache_file')) {
      const asked = v.parse(v.object({ file_size: v.number(), checksum: v.number() }), request.body.json);
      sandboxes.push({
        path: '',
        fileName: 'jobO.not-sent.tar.gz',
        sizeBytes: asked.file_size,
        crc32: asked.checksum,
      });
    }
    const [part] = request.body.multipart ?? [];
    const last = sandboxes.at(-1);
    if (part !== undefined && last !== undefined)
      sandboxes[sandboxes.length - 1] = { ...last, fileName: part.filename };
  }
  return sandboxes;
}

function athena(recording: Recording, sourcesArchive: string | undefined): AthenaRuntime {
  const { env } = recording;
  return {
    version: env['AtlasVersion'] ?? '',
    project: env['AtlasProject'] ?? '',
    cmtConfig: env['CMTCONFIG'] ?? '',
    platform: env['ALRB_USER_PLATFORM'] ?? '',
    sourcesArchive,
  };
}

async function expectOutcome(
  recording: Recording,
  outcome: Promise<SubmitAnswer | number | undefined>,
): Promise<void> {
  const last = recording.responses.at(-1);
  const lastPath = recording.requests.at(-1)?.path ?? '';
  if (last === undefined) throw new Error('the recording has no answer');
  if (last.status === 403) {
    const thrown = await rejection(outcome);
    expect(thrown).toBeInstanceOf(AuthError);
    expect(thrown.message).toContain((last.body ?? '').split('\n')[0]);
    return;
  }
  if (last.status >= 500) {
    const thrown = await rejection(outcome);
    expect(thrown).toMatchObject({ status: last.status, reached: 'answered' });
    expect(thrown.message).toContain((last.body ?? '').replaceAll(/<[^>]*>/g, ''));
    return;
  }
  if (Array.isArray(last.json)) {
    const [done, value] = last.json as [boolean, unknown];
    if (!done) {
      const thrown = await rejection(outcome);
      expect(thrown).toBeInstanceOf(AuthError);
      expect(thrown.message).toContain(String(value));
      return;
    }
    if (typeof value === 'string') {
      expect(await outcome).toEqual({ ok: true, requestId: undefined, log: value });
      return;
    }
    const result = v.parse(
      v.object({ status: v.boolean(), request_id: v.nullable(v.number()), log: v.string() }),
      value,
    );
    const expected = { ok: result.status, requestId: result.request_id ?? undefined, log: result.log };
    expect(await outcome).toEqual(expected);
    return;
  }
  const envelope = v.parse(
    v.object({ success: v.boolean(), message: v.string(), data: v.unknown() }),
    last.json,
  );
  if (!envelope.success) {
    const thrown = await rejection(outcome);
    expect(thrown).toBeInstanceOf(HttpFailure);
    expect(thrown.message).toContain(`was refused: ${envelope.message}`);
    return;
  }
  const workflow = lastPath.endsWith('raw_request')
    ? v.parse(v.object({ workflow_id: v.number() }), envelope.data)
    : undefined;
  expect(await outcome).toBe(workflow?.workflow_id);
}
