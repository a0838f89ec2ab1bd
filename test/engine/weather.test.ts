// Troubles on purpose: that they come to the jobs that they shall come to, every time the same, and are called what they are.
import { readFile } from 'node:fs/promises';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toJsonSchema } from '@valibot/to-json-schema';
import { format, resolveConfig } from 'prettier';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Findings } from '../../src/base/finding.ts';
import { Secret } from '../../src/base/secret.ts';
import { jobToken, judgeJobToken } from '../../src/engine/weather/job-token.ts';
import { readWeather } from '../../src/engine/weather/read.ts';
import {
  strikes,
  weatherFileShape,
  weatherShape,
  weatherWords,
  type Weather,
} from '../../src/engine/weather/weather.ts';
import { EngineBench, planOf } from '../rigs/engine-bench.ts';
import { engineRig, serialSpec, until } from '../reana-server/rig.ts';

const weatherOf = (fields: v.InferInput<typeof weatherShape>): Weather => v.parse(weatherShape, fields);

describe('a share', () => {
  const start = (serial: number, attempt = 1) => ({ step: 'fit', task: '_000_fit', serial, attempt });
  const struck = (weather: Weather, attempt = 1): number[] =>
    Array.from({ length: 1000 }, (_, index) => index + 1).filter((serial) =>
      strikes(weather, 'failing_jobs', start(serial, attempt)),
    );

  it('strikes so many, always the same ones for one seed', () => {
    const weather = weatherOf({ seed: 7, failing_jobs: { share: 0.1 } });
    const first = struck(weather);
    expect(first.length).toBeGreaterThan(70);
    expect(first.length).toBeLessThan(130);
    expect(struck(weather)).toEqual(first);
    expect(struck(weatherOf({ seed: 8, failing_jobs: { share: 0.1 } }))).not.toEqual(first);
    // A retry is another start.
    expect(struck(weather, 2)).not.toEqual(first);
  });

  it('of 0 strikes nobody, of 1 everybody, and only the steps that are named', () => {
    expect(struck(weatherOf({ failing_jobs: { share: 0 } }))).toHaveLength(0);
    expect(struck(weatherOf({ failing_jobs: { share: 1 } }))).toHaveLength(1000);
    expect(struck(weatherOf({ failing_jobs: { share: 1, steps: ['other'] } }))).toHaveLength(0);
    expect(struck(weatherOf({}))).toHaveLength(0);
  });
});

describe('a file of weather', () => {
  const read = (text: string): [Weather | undefined, string[]] => {
    const findings = new Findings();
    const weather = readWeather('w.yaml', () => ({ ok: true, text }), findings);
    return [
      weather,
      findings.sorted().map(({ code, message, help, span }) => {
        const place = text.slice(span.start, span.end).split('\n')[0];
        return `${code} at ${place}: ${message}${help === undefined ? '' : ` (${help})`}`;
      }),
    ];
  };

  it('is read, with what it leaves out', () => {
    expect(read('weather:\n  failing_jobs: {share: 0.1}\n')).toEqual([
      { seed: 1, failing_jobs: { share: 0.1, exit_status: 1 } },
      [],
    ]);
  });

  it('is told its faults, each where it is', () => {
    const text =
      'weather:\n  sed: 3\n  failing_jobs:\n    shar: 0.1\n  slow_inputs: {share: 2, seconds: long}\n  server_unavailable:\n    - after_seconds: 1\n';
    expect(read(text)).toEqual([
      undefined,
      [
        'weather/unknown-field at sed: there is no weather `sed` (did you mean `seed`?)',
        'weather/missing-field at failing_jobs: `weather.failing_jobs.share` is missing',
        'weather/unknown-field at shar: there is no weather `shar` (did you mean `share`?)',
        'weather/bad-value at 2: `weather.slow_inputs.share` must be a share from 0 to 1',
        'weather/bad-value at long: `weather.slow_inputs.seconds` must be a number of seconds',
        'weather/missing-field at after_seconds: 1: `weather.server_unavailable.for_seconds` is missing',
      ],
    ]);
    expect(read('weather: stormy\n')[1]).toEqual([
      'weather/bad-value at stormy: `weather` must be a mapping',
    ]);
  });

  it('has a JSON Schema that says what the program reads', async () => {
    const path = join(import.meta.dirname, '../../schemas/weather.schema.json');
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'Weather for a rehearsal of a workflow',
      ...toJsonSchema(weatherFileShape, { target: 'draft-2020-12', errorMode: 'ignore', typeMode: 'input' }),
    };
    const layout = await resolveConfig(path);
    await expect(await format(JSON.stringify(schema), { ...layout, parser: 'json' })).toMatchFileSnapshot(
      path,
    );
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ required: ['weather'] });
  });
});

describe('a job under weather', () => {
  let bench: EngineBench;
  beforeEach(() => {
    bench = new EngineBench();
  });
  afterEach(() => bench.remove());
  const run = async (exec: string, fields: v.InferInput<typeof weatherShape>, args = '') => {
    const given = bench.files({ 'in.txt': 'x' });
    const plan = planOf('user.alice.t', [{ name: 'top', exec, args, externalInputs: ['user.alice.in'] }]);
    const id = await bench.submit(
      plan,
      {},
      { 'user.alice.in': given },
      undefined,
      {},
      { weather: weatherOf(fields) },
    );
    await bench.end(id);
    return { id, jobs: bench.jobs(id, 'top') };
  };
  const exec = (): string => `touch ${join(bench.directory, 'ran')}; echo hi > out.txt`;

  it('fails without its payload, and is right after a retry', async () => {
    // With this seed the first start fails and the second does not.
    const { id, jobs } = await run(exec(), { seed: 3, failing_jobs: { share: 0.5, exit_status: 65 } });
    expect(jobs[0]).toMatchObject({ status: 'failed', exitStatus: 65 });
    expect(existsSync(join(bench.directory, 'ran'))).toBe(false);
    expect(readFileSync(join(jobs[0]?.directory ?? '', 'control/log'), 'utf8')).toContain(
      'weather: this start of the job fails',
    );
    bench.engine.retry(id);
    expect((await bench.end(id)).status).toBe('Finished');
  });

  it('loses what it made with its heartbeat', async () => {
    const { jobs } = await run(exec(), { lost_heartbeats: { share: 1 } });
    expect(jobs[0]?.error).toBe('weather: lost heartbeat; what the payload made did not arrive');
    expect(existsSync(join(bench.directory, 'ran'))).toBe(true);
    expect(bench.engine.files('user.alice.t_000_top_out.txt')).toEqual([]);
  });

  it('hears of a kill with its next heartbeat only, and may end well before', async () => {
    const long = `touch ${join(bench.directory, 'begun')}; while ! test -f ${join(bench.directory, 'go')}; do sleep 0.05; done; echo hi > out.txt`;
    const plan = planOf('user.alice.t', [{ name: 'one', exec: long }]);
    const weather = weatherOf({ heartbeats: { every_seconds: 3 } });
    const id = await bench.submit(plan, {}, {}, undefined, {}, { weather });
    await bench.until(() => existsSync(join(bench.directory, 'begun')));
    bench.engine.kill(id);
    expect(bench.engine.request(id)?.status).toBe('Cancelling');
    expect(bench.jobs(id, 'one')[0]?.status).toBe('running');
    writeFileSync(join(bench.directory, 'go'), '');
    await bench.end(id);
    expect(bench.jobs(id, 'one')[0]?.status).toBe('finished');
    rmSync(join(bench.directory, 'go'));
    rmSync(join(bench.directory, 'begun'));
    const again = await bench.submit({ ...plan, outDS: 'user.alice.u' }, {}, {}, undefined, {}, { weather });
    await bench.until(() => existsSync(join(bench.directory, 'begun')));
    const startMs = performance.now();
    bench.engine.kill(again);
    expect((await bench.end(again)).status).toBe('Cancelled');
    expect(performance.now() - startMs).toBeGreaterThan(500);
    expect(bench.jobs(again, 'one')[0]?.status).toBe('cancelled');
  }, 30_000);

  it('waits for its inputs, or misses one', async () => {
    const startMs = performance.now();
    const { jobs } = await run(exec(), {
      slow_inputs: { share: 1, seconds: 0.5 },
      missing_inputs: { share: 1 },
    });
    expect(performance.now() - startMs).toBeGreaterThan(500);
    expect(jobs[0]?.error).toBe('weather: the input `in.txt` cannot be found');
  });
});

describe('the token of a job under weather', () => {
  const own = new Secret('token-of-this-server');
  const times = { submittedMs: 1_000_000, startedMs: 2_000_000 };

  it('ends, and meets a server that is not there, when the weather says so', () => {
    const weather = weatherOf({
      token_expiry: { after_seconds: 60 },
      server_unavailable: [{ after_seconds: 1010, for_seconds: 20 }],
    });
    const token = jobToken(own, weather, times).reveal();
    const at = (seconds: number) => judgeJobToken(token, own, times.startedMs + seconds * 1000);
    expect([at(0), at(10), at(29), at(30), at(59), at(60)]).toEqual([
      'good',
      'unavailable',
      'unavailable',
      'good',
      'good',
      'ended',
    ]);
  });

  it('is that of the server otherwise, and none that somebody made up', () => {
    expect(jobToken(own, weatherOf({ failing_jobs: { share: 1 } }), times)).toBe(own);
    const token = jobToken(own, weatherOf({ token_expiry: { after_seconds: 60 } }), times).reveal();
    const [head, sealed, seal] = token.split('.');
    const other = Buffer.from('{"outages":[]}').toString('base64url');
    expect(judgeJobToken(`${head}.${other}.${seal}`, own, 0)).toBeUndefined();
    expect(judgeJobToken(`${head}.${sealed}.`, own, 0)).toBeUndefined();
    expect(judgeJobToken(own.reveal(), own, 0)).toBeUndefined();
  });
});

it('kills steps of REANA as if memory had run out', async () => {
  const rig = engineRig(2, { weather: () => weatherOf({ reana_out_of_memory: { share: 1, steps: ['0'] } }) });
  try {
    const run = rig.engine.createRun({ name: 'fit', specification: serialSpec([{ commands: ['true'] }]) });
    rig.engine.startRun(run.id, {});
    await until('its end', () => rig.engine.run(run.id)?.status === 'failed');
    expect(rig.engine.run(run.id)?.error).toBe(
      'step `0` failed with status 137: it was killed, as a rule for lack of memory',
    );
  } finally {
    rig.close();
  }
});

it('says in words what it brings', () => {
  const words = weatherWords(
    weatherOf({
      failing_jobs: { share: 0.125, steps: ['fit'] },
      token_expiry: { after_seconds: 30 },
      server_unavailable: [{ after_seconds: 5, for_seconds: 10 }],
    }),
  );
  expect(words).toEqual([
    '12.5 % of jobs of fit fail with status 1',
    'tokens end after 30 s',
    '503 for 10 s after 5 s',
  ]);
});
