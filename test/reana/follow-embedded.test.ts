import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ReanaClient } from '../../src/reana/protocol/client.ts';
import { followRun } from '../../src/reana/follow.ts';
import { faceRig, httpClient, realClock, serialSpec, token } from '../reana-server/rig.ts';
import type { FaceRig } from '../reana-server/rig.ts';

let rig: FaceRig;
afterEach(() => rig.stop());

describe('following a run on the embedded server', () => {
  it('asks once for each change, waits for the next, and hears of the end at once', async () => {
    rig = await faceRig();
    const run = rig.engine.createRun({
      name: 'fit',
      specification: serialSpec([{ commands: ['while [ ! -e go ]; do sleep 0.01; done', 'true'] }]),
    });
    rig.engine.startRun(run.id, {});
    const client = new ReanaClient({ http: httpClient(), server: rig.url, token });
    const seen: string[] = [];
    const following = followRun(
      client,
      'fit.1',
      realClock,
      { onState: (state) => seen.push(`${state.status} ${state.jobsFinished}`), onSilence: () => undefined },
      undefined,
    );
    await realClock.sleep(1500);
    const asked = rig.requests.filter((request) => request.endsWith('/status')).length;
    writeFileSync(join(run.workspace, 'go'), '');
    expect((await following).status).toBe('finished');
    const heardMs = Date.now() - (rig.engine.run('fit')?.endedMs ?? 0);
    // Nothing has happened in the meantime, so nobody asked: the first question, and the one that waits.
    expect(asked).toBe(2);
    expect(heardMs).toBeLessThan(1000);
    expect(seen[0]).toBe('running 0');
    expect(seen.at(-1)).toBe('finished 2');
  });

  it('goes on asking a server that was started again', async () => {
    rig = await faceRig();
    const run = rig.engine.createRun({
      name: 'fit',
      specification: serialSpec([{ commands: ['while [ ! -e go ]; do sleep 0.01; done'] }]),
    });
    rig.engine.startRun(run.id, {});
    const client = new ReanaClient({ http: httpClient(), server: rig.url, token });
    const quiet = { onState: () => undefined, onSilence: () => undefined };
    const following = followRun(client, 'fit', realClock, quiet, undefined);
    await realClock.sleep(300);
    rig.reopen();
    writeFileSync(join(run.workspace, 'go'), '');
    expect((await following).status).toBe('finished');
  });
});
