// pbook, given the words that were recorded with the official one: the same requests, and an end that is true.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { splitShellWords } from '../../src/prun/shell-words.ts';
import { recordedCommand } from '../panda/recorded.ts';
import { PbookRig } from '../rigs/pbook.ts';
import { describeWithShared, sharedPath } from '../rigs/shared.ts';
import { deafPort, scriptedServer, type SeenRequest, type Step } from '../rigs/server.ts';
import { replays, withoutReplay, type Asked } from './recorded-pbook.ts';

const dayMs = 86_400_000;

let rig: PbookRig;
beforeEach(() => (rig = new PbookRig()));
afterEach(() => rig.remove());

interface Exchange extends Asked {
  readonly status: number;
}

describeWithShared('pbook as recorded', () => {
  const names = readdirSync(sharedPath('recordings', 'panda'))
    .filter((name) => name.startsWith('pbook_'))
    .map((name) => name.replace(/\.json$/, ''));

  it('has every recording, or a reason', () => {
    const plain = new Set(names.map((name) => name.replace(/\.(?:curl|native)$/, '')));
    const known = [...Object.keys(replays), ...Object.keys(withoutReplay)];
    expect([...plain].toSorted()).toEqual(known.toSorted());
    for (const { differs, requests } of Object.values(replays))
      expect(differs === undefined).toBe(requests === undefined);
  });

  const replayed = names.filter((name) => name.replace(/\.(?:curl|native)$/, '') in replays);
  it.each(replayed)(
    '%s',
    async (name) => {
      const replay = replays[name.replace(/\.(?:curl|native)$/, '')];
      if (replay === undefined) throw new Error(name);
      const recording = recordedCommand(name);
      const recorded = recording.requests.map((request, index): Exchange => {
        const { status = 200, json, body } = recording.responses[index] ?? {};
        return {
          method: request.method,
          path: request.path,
          query: comparable(request.query),
          ...bodyOf(request.method, request.body.form, request.body.json),
          answer: json ?? body ?? '',
          status,
        };
      });
      const expected = replay.requests?.map((asked) => ({ query: {}, ...asked, status: 200 })) ?? recorded;
      const seen: Omit<Exchange, 'answer' | 'status'>[] = [];
      const left = [...expected];
      const server = await scriptedServer(
        [
          ...(expected.length > 0 ? [greeting] : []),
          ...expected.map((exchange) => step(exchange, left, seen)),
        ],
        { order: 'any' },
      );
      for (const [file, text] of Object.entries(replay.files ?? {}))
        writeFileSync(join(rig.work, file), text);
      const refused = name.includes('err_refused');
      const base = refused ? `http://127.0.0.1:${await deafPort()}` : server.origin;
      const words = replay.words ?? wordsOf(recording.command);
      const result = await rig.run(
        words,
        {
          PANDA_URL_SSL: `${base}/server/panda`,
          PANDA_AUTH: 'oidc',
          PANDA_AUTH_VO: 'wlcg',
          PANDA_AUTH_ID_TOKEN: 'a-token-of-alice',
        },
        replay.input,
      );
      const said = result.stdout + result.stderr;
      expect(result.exitCode, said).toBe(replay.exitCode);
      if (replay.says !== undefined)
        expect(said.replace(/^warning: .* is not secure.*\n/m, '')).toMatch(replay.says);
      expect(said).not.toContain('a-token-of-alice');
      if (name.includes('set_secret')) expect(said).not.toMatch(/s3cr3t|abc==/);
      await server.finish();
      const plain = expected.map(({ method, path, query, body }) => ({
        method,
        path,
        query,
        ...given(body),
      }));
      expect(sorted(seen)).toEqual(sorted(plain));
      if (name.includes('show_json')) expectTasks(result.stdout);
      if (name.includes('getUserJobMetadata'))
        expect(JSON.parse(readFileSync(join(rig.work, 'output.json'), 'utf8'))).toEqual({
          '6000000001': { user_key: 'value', n: 3 },
        });
    },
    30_000,
  );
});

function expectTasks(text: string): void {
  const path = join(import.meta.dirname, '../../schemas/tasks.schema.json');
  const ajv = new Ajv2020({ strict: false, formats: { 'date-time': /^\d{4}-\d\d-\d\dT[\d:.]+Z$/ } });
  const found = JSON.parse(text) as readonly Readonly<Record<string, unknown>>[];
  expect(ajv.validate(JSON.parse(readFileSync(path, 'utf8')) as object, found), ajv.errorsText()).toBe(true);
  expect(found.map(({ jediTaskID }) => jediTaskID)).toEqual([40000003, 40000002, 40000001]);
  expect(found[1]).toMatchObject({
    creationDate: '2026-07-01T12:00:00.000Z',
    pctFinished: 80,
    nFilesFailed: 2,
  });
}

/** Every command asks first whether it speaks to a server of pchain. */
const greeting: Step = { method: 'GET', path: '/pchain/v1/hello', reply: { status: 404 } };

/** A request that was expected, in whatever order they come; its answer is the one that was recorded for it. */
function step(
  { method, path }: Exchange,
  left: Exchange[],
  seen: Omit<Exchange, 'answer' | 'status'>[],
): Step {
  return {
    method,
    path,
    check: (request) => {
      expect(request.headers['authorization']).toBe('Bearer a-token-of-alice');
      expect(request.headers['origin']).toBe('wlcg');
      expectWindow(request);
    },
    reply: (request) => {
      const { query, ...rest } = asked(request);
      seen.push({ ...rest, query });
      const same = left.find((one) => sorted([plainOf(one)])[0] === sorted([{ ...rest, query }])[0]);
      const found = same ?? left.find((one) => one.path === request.path);
      if (found === undefined) return { status: 500 };
      left.splice(left.indexOf(found), 1);
      const { status, answer } = found;
      return { status, ...(typeof answer === 'string' ? { body: answer } : { json: answer }) };
    },
  };
}

/** Without another number of days: the tasks of fourteen. */
function expectWindow({ query }: SeenRequest): void {
  const since = query.get('since');
  if (since === null) return;
  const ago = Date.now() - Date.parse(`${since.replace(' ', 'T')}Z`);
  expect(Math.abs(ago - 14 * dayMs)).toBeLessThan(120_000);
}

function asked(request: SeenRequest): Omit<Exchange, 'answer' | 'status'> {
  const { method, path, query, body } = request;
  const isForm = request.headers['content-type']?.includes('urlencoded') === true;
  const form = isForm ? [...new URLSearchParams(body.toString())] : undefined;
  const json: unknown = isForm || body.length === 0 ? undefined : JSON.parse(body.toString());
  return { method, path, query: comparable([...query]), ...bodyOf(method, form, json) };
}

function bodyOf(
  method: string,
  form: readonly (readonly [string, string])[] | undefined,
  json: unknown,
): { readonly body?: unknown } {
  // A GET of the official client may carry `{}`, which means nothing.
  if (method === 'GET') return {};
  if (form === undefined) return given(json);
  return {
    body: Object.fromEntries(
      form.map(([key, value]) => [key, key === 'kwargs' ? (JSON.parse(value) as unknown) : value]),
    ),
  };
}

function given(body: unknown): { readonly body?: unknown } {
  return body === undefined ? {} : { body };
}

function comparable(query: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    query.flatMap(([key, value]) => {
      // JSON may be spaced in many ways; a time is another one each time.
      if (key === 'filters') return [[key, JSON.stringify(JSON.parse(value))]];
      return key === 'since' ? [] : [[key, value]];
    }),
  );
}

function plainOf({ method, path, query, body }: Exchange): object {
  return { method, path, query, ...given(body) };
}

/** As texts with their fields in one order. */
function sorted(requests: readonly object[]): readonly string[] {
  const inOrder = (_key: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return requests.map((request) => JSON.stringify(request, inOrder)).toSorted();
}

function wordsOf(command: string): readonly string[] {
  return splitShellWords(command)
    .words.map(({ text }) => text)
    .slice(1);
}
