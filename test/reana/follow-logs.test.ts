// Logs of a run as they come, from a server that shows them while jobs run.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CliRig } from '../rigs/cli.ts';
import { scriptedServer } from '../rigs/server.ts';
import type { Reply, Step } from '../rigs/server.ts';

let rig: CliRig;
beforeEach(() => (rig = new CliRig()));
afterEach(() => rig.remove());

/** What the server says each time it is asked for the logs: status of the run, and the logs of the two jobs of one step. */
type Moment = readonly [status: string, first: string, second: string] | Reply;

function script(moments: readonly Moment[]): Step[] {
  const steps: Step[] = [];
  for (const moment of moments) {
    if (!('length' in moment)) {
      steps.push({ method: 'GET', path: '/api/workflows/fit/status', reply: moment });
      continue;
    }
    const [status, ...texts] = moment;
    const times = { created: '2026-11-01T10:00:00', status, user: 'u', progress: {} };
    steps.push({
      method: 'GET',
      path: '/api/workflows/fit/status',
      reply: { json: { id: 'one', name: 'fit.1', ...times } },
    });
    const jobs = texts.map((logs, index) => [
      `${index}1234567-89ab`,
      { job_name: 'plot', status: 'running', logs },
    ]);
    const logs = JSON.stringify({ workflow_logs: 'begun\n', job_logs: Object.fromEntries(jobs) as object });
    steps.push({
      method: 'GET',
      path: '/api/workflows/one/logs',
      reply: {
        json: { workflow_id: 'one', workflow_name: 'fit.1', user: 'u', logs, live_logs_enabled: true },
      },
    });
  }
  return steps;
}

async function follow(moments: readonly Moment[]) {
  const server = await scriptedServer(script(moments));
  const env = { REANA_SERVER_URL: server.origin, REANA_ACCESS_TOKEN: 'a-token-of-the-tests' };
  const result = await rig.run(['reana', 'logs', '-w', 'fit', '-f'], { env });
  await server.finish();
  return result;
}

describe('following logs', () => {
  it('prints each line of each job once, also when many jobs are of one step', async () => {
    const { stdout, exitCode } = await follow([
      ['running', 'a\nb', 'x\n'],
      ['running', 'a\nbc\n', 'x\ny\n'],
      ['finished', 'a\nbc\nd', 'x\ny\n'],
    ]);
    expect(exitCode).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'engine | begun',
      'step plot (01234567) | a',
      'step plot (11234567) | x',
      'step plot (01234567) | bc',
      'step plot (11234567) | y',
      'step plot (01234567) | d',
      '',
    ]);
  }, 20_000);

  it('goes on when the server has not answered for a while', async () => {
    const bad: Reply = { status: 500, body: '<html><title>Bad day</title></html>' };
    const { stdout, stderr, exitCode } = await follow([
      ['running', 'a\n', ''],
      bad,
      bad,
      ['failed', 'a\n', ''],
    ]);
    expect(exitCode).toBe(1);
    expect(stdout.split('\n')).toEqual(['engine | begun', 'step plot (01234567) | a', '']);
    expect(stderr.match(/REANA does not answer/g)).toHaveLength(1);
    expect(stderr).toContain('REANA answers again');
  }, 20_000);
});
