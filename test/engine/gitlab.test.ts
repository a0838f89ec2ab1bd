// gitlab steps against a GitLab on this machine: one pipeline for a job, whatever happens in between.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { Secret } from '../../src/base/secret.ts';
import type { RequestId } from '../../src/base/names.ts';
import { systemClock } from '../../src/base/system-clock.ts';
import { createHttpClient } from '../../src/http/client.ts';
import type { Plan } from '../../src/workflow/plan.ts';
import { EngineBench, planOf } from '../rigs/engine-bench.ts';
import { GitlabRig } from '../rigs/gitlab.ts';

async function zipOf(members: Readonly<Record<string, string>>, mode = 0o100644): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, text] of Object.entries(members)) zip.addBuffer(Buffer.from(text), name, { mode });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** yazl writes no name that leads out, so one of the same length is put in its place. */
const outside = async (): Promise<Buffer> =>
  Buffer.from(
    (await zipOf({ 'xx/xx/.ssh/authorized_keys': 'x' })).toString('latin1').replaceAll('xx/xx/', '../../'),
    'latin1',
  );

const http = createHttpClient({ clock: systemClock, userAgent: 'pchain-test', tls: { verify: true } });
let bench: EngineBench;
let gitlab: GitlabRig;
let api: string;
beforeEach(async () => {
  gitlab = new GitlabRig();
  api = await gitlab.start();
  bench = new EngineBench(2, { http });
  bench.engine.setSecret('MY_T_TOKEN', new Secret(gitlab.triggerToken));
  bench.engine.setSecret('MY_A_TOKEN', new Secret(gitlab.accessToken));
});
afterEach(async () => {
  bench.remove();
  await gitlab.close();
});

/** A prun step and a gitlab step that waits for it, as in the documented example. */
function plan(inputs: Record<string, unknown> = {}): Plan {
  const base = planOf('user.alice.t', [
    { name: 'un', exec: 'echo 1 > out.txt' },
    { name: 'deux', exec: '', type: 'gitlab', inputs: ['un'] },
    {
      name: 'trois',
      exec: 'cp "%IN" out.txt',
      externalInputs: ['user.alice.t_001_deux_artifacts.zip/'],
      after: ['deux'],
    },
  ]);
  const parameters = {
    opt_api: api,
    opt_projectID: 165337,
    opt_ref: 'master',
    opt_triggerToken: 'MY_T_TOKEN',
    opt_accessToken: 'MY_A_TOKEN',
    opt_site: 'CERN',
    opt_input_location: '/eos/somewhere',
    ...inputs,
  };
  return {
    ...base,
    steps: base.steps.map((step) =>
      step.name === 'deux' ? { ...step, inputs: parameters, command: [] } : step,
    ),
  };
}

const log = (id: RequestId): string => {
  const [job] = bench.jobs(id, 'deux');
  return readFileSync(join(job?.directory ?? '', 'control', 'log'), 'utf8');
};
const error = (id: RequestId): string | undefined => bench.jobs(id, 'deux')[0]?.error;
const statusOf = (id: RequestId): string => bench.task(id, 'deux').status;

describe('a gitlab step', () => {
  it('triggers a pipeline, follows it, and gives its artifacts to the step that follows', async () => {
    const artifacts = await zipOf({ 'plots/limit.txt': '0.42' });
    gitlab.perPage = 2;
    gitlab.plan = {
      statuses: ['created', 'waiting_for_resource', 'pending', 'running', 'manual', 'success'],
      jobs: [{ name: 'build' }, { name: 'lint' }, { name: 'fit: all/of it', artifacts }],
    };
    const id = await bench.submit(plan());
    expect((await bench.end(id)).status).toBe('Finished');
    expect(gitlab.pipelines).toHaveLength(1);
    expect(gitlab.pipelines[0]?.ref).toBe('master');
    expect(gitlab.pipelines[0]?.variables.get('INPUT_DATASETS')).toBe('user.alice.t_000_un_out.txt/');
    const [file] = bench.engine.files('user.alice.t_001_deux_artifacts.zip') ?? [];
    expect(file?.name).toMatch(/\._000001\.90002\.fit_all_of_it\.artifacts\.zip$/);
    expect(readFileSync(file?.path ?? '')).toEqual(artifacts);
    const [copy] = bench.engine.files('user.alice.t_002_trois_out.txt') ?? [];
    expect(readFileSync(copy?.path ?? '')).toEqual(artifacts);
    expect(log(id)).toContain('pipeline 900: manual; somebody must start it: https://gitlab.example.org/');
    expect(log(id)).toContain(
      'local approximation: the files of user.alice.t_000_un_out.txt/ are not copied to /eos/somewhere',
    );
  });

  it('shows no token in addresses, logs and stored parameters', async () => {
    const id = await bench.submit(plan());
    await bench.end(id);
    const stored = JSON.stringify([bench.engine.request(id), bench.engine.tasks(id), bench.jobs(id, 'deux')]);
    for (const text of [gitlab.asked.join('\n'), log(id), stored]) {
      expect(text).not.toContain(gitlab.triggerToken);
      expect(text).not.toContain(gitlab.accessToken);
    }
    expect(stored).toContain('MY_T_TOKEN');
  });

  it('fails with the jobs that failed and what they printed', async () => {
    gitlab.plan = {
      statuses: ['running', 'failed'],
      jobs: [
        {
          name: 'fit',
          status: 'failed',
          failure: 'script_failure',
          trace: 'cannot open data\u001b[0m\nno such file\n',
        },
      ],
    };
    const id = await bench.submit(plan());
    await bench.end(id);
    expect(error(id)).toBe(
      'pipeline 900 ended failed: `fit` (script_failure): https://gitlab.example.org/alice/analysis/-/pipelines/900',
    );
    expect(log(id)).toContain('  fit | no such file');
    gitlab.plan = { statuses: ['success'] };
    expect(bench.engine.retry(id)).toBe(true);
    await bench.end(id);
    expect(statusOf(id)).toBe('done');
    expect(gitlab.pipelines).toHaveLength(2);
  });

  for (const [status, words] of [
    ['canceled', /^pipeline 900 ended canceled/],
    ['skipped', /^pipeline 900 ended skipped/],
  ] as const) {
    it(`fails when the pipeline is ${status}`, async () => {
      gitlab.plan = { statuses: [status] };
      const id = await bench.submit(plan());
      await bench.end(id);
      expect(error(id)).toMatch(words);
    });
  }

  it('waits as long as GitLab asks for, and over its failures', async () => {
    gitlab.faults.trigger = [429];
    gitlab.faults.status = [502, 429, 503];
    const id = await bench.submit(plan());
    await bench.end(id);
    expect(statusOf(id)).toBe('done');
    expect(gitlab.pipelines).toHaveLength(1);
  }, 30_000);

  it('says which secret is missing, before anything is asked', async () => {
    bench.engine.deleteSecret('MY_A_TOKEN');
    const id = await bench.submit(plan());
    await bench.end(id);
    expect(error(id)).toBe('the secret `MY_A_TOKEN` of this step is not here');
    expect(gitlab.asked).toEqual([]);
  });

  it.each([
    [
      'a trigger token that is refused',
      { trigger: 401 },
      /^GitLab refused the trigger token \(the secret `MY_T_TOKEN`\) for project 165337/,
    ],
    [
      'a project that it may not see',
      { trigger: 404 },
      /^GitLab has no project 165337, or not for the trigger token/,
    ],
    [
      'a branch that is not there',
      { trigger: 400 },
      /^GitLab began no pipeline of project 165337 at `master`: 400 of the rig/,
    ],
  ])('names %s', async (_what, { trigger }, words) => {
    gitlab.faults.trigger = [trigger];
    const id = await bench.submit(plan());
    await bench.end(id);
    expect(error(id)).toMatch(words);
    expect(gitlab.pipelines).toHaveLength(0);
  });

  it('names an access token that is refused', async () => {
    bench.engine.setSecret('MY_A_TOKEN', new Secret('glpat-another-token-0123'));
    const id = await bench.submit(plan());
    await bench.end(id);
    expect(error(id)).toMatch(/^GitLab refused the access token \(the secret `MY_A_TOKEN`\)/);
  });

  it.each([
    ['are gone', () => 'gone' as const, /are gone from GitLab$/],
    ['are no zip', () => Buffer.from('<html>'), /cannot be taken: end of central directory/i],
    ['lead out', outside, /cannot be taken: invalid relative path: \.\.\/\.\.\/\.ssh\/authorized_keys$/],
    ['hold links', () => zipOf({ 'plots/a': '/etc' }, 0o120777), /cannot be taken: `plots\/a` is a link$/],
  ])('fails when artifacts %s, and leaves nothing of them', async (_what, artifacts, words) => {
    gitlab.plan = { statuses: ['success'], jobs: [{ name: 'fit', artifacts: await artifacts() }] };
    const id = await bench.submit(plan());
    await bench.end(id);
    expect(error(id)).toMatch(words);
    expect(bench.engine.files('user.alice.t_001_deux_artifacts.zip')).toEqual([]);
  });

  it('goes on without variables where a project takes none', async () => {
    gitlab.faults.trigger = ['no-variables'];
    const id = await bench.submit(plan());
    await bench.end(id);
    expect(statusOf(id)).toBe('done');
    expect(log(id)).toContain('this project takes no variables with a trigger; going on without');
  });
});

describe('one pipeline for a job', () => {
  it('is found again when the answer to its trigger was lost', async () => {
    gitlab.faults.trigger = ['lost'];
    const id = await bench.submit(plan());
    await bench.end(id);
    expect(statusOf(id)).toBe('done');
    expect(gitlab.pipelines).toHaveLength(1);
  });

  it('is gone on with after a crash of the engine', async () => {
    gitlab.plan = { statuses: ['running'] };
    const id = await bench.submit(plan());
    await bench.until(() => (gitlab.pipelines[0]?.looks ?? 0) > 0);
    bench.crash();
    for (const name of ['MY_T_TOKEN', 'MY_A_TOKEN'])
      bench.engine.setSecret(
        name,
        new Secret(name === 'MY_T_TOKEN' ? gitlab.triggerToken : gitlab.accessToken),
      );
    const [pipeline] = gitlab.pipelines;
    Object.assign(pipeline ?? {}, { plan: { statuses: ['success'] } });
    await bench.end(id);
    expect(gitlab.pipelines).toHaveLength(1);
  });

  it('is cancelled with the step', async () => {
    gitlab.plan = { statuses: ['running'] };
    const id = await bench.submit(plan());
    await bench.until(() => (gitlab.pipelines[0]?.looks ?? 0) > 0);
    bench.engine.kill(id);
    expect((await bench.end(id)).status).toBe('Cancelled');
    await bench.until(() => gitlab.pipelines[0]?.cancelled === true);
    const notes = join(bench.directory, 'requests', String(id), 'gitlab');
    expect(existsSync(notes) && readdirSync(notes)).toHaveLength(1);
  });
});
