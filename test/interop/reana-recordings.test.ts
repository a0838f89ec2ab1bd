import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { faceRig, realClock, token } from '../reana-server/rig.ts';
import type { FaceRig } from '../reana-server/rig.ts';
import { describeWithShared, sharedJson, sharedPath } from '../rigs/shared.ts';
import { describeWithClient } from '../rigs/python-client.ts';
import { ReanaClientHost } from './reana-client-host.ts';
import { notComparable, scenes } from './reana-scenes.ts';
import type { Scene } from './reana-scenes.ts';

interface Recording {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly exit_code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Does what the program of that name in REANA's example does. */
const greeting = `import argparse, os
parser = argparse.ArgumentParser()
for name in ('inputfile', 'outputfile', 'sleeptime'):
    parser.add_argument('--' + name)
given = parser.parse_args()
os.makedirs(os.path.dirname(given.outputfile), exist_ok=True)
with open(given.inputfile) as names, open(given.outputfile, 'w') as greetings:
    for name in names:
        greetings.write('Hello ' + name.strip() + '!\\n')
`;

describeWithShared('the recordings', () => {
  const names = readdirSync(sharedPath('recordings/reana')).map((name) => name.replace(/\.json$/, ''));

  it('are all compared, or there is a reason why not', () => {
    const isExcused = (name: string): boolean => notComparable.some(([pattern]) => pattern.test(name));
    expect(names.filter((name) => !(name in scenes) && !isExcused(name))).toEqual([]);
    expect(Object.keys(scenes).filter((name) => !names.includes(name))).toEqual([]);
    const unused = notComparable.filter(([pattern]) => !names.some((name) => pattern.test(name)));
    expect(unused).toEqual([]);
  });

  describeWithClient('the official client with the embedded server', 'PCHAIN_TEST_REANA_CLIENT', (client) => {
    let host: ReanaClientHost;
    let rig: FaceRig | undefined;
    let work = '';
    beforeAll(() => {
      host = new ReanaClientHost(client);
    });
    afterAll(() => host.close());
    afterEach(async () => {
      await rig?.stop();
      rmSync(work, { recursive: true, force: true });
    });

    describe('says what it said to REANA', () => {
      it.each(Object.entries(scenes))('%s', async (name, scene) => {
        const recording = sharedJson('recordings/reana', `${name}.json`) as Recording;
        rig = await faceRig(undefined, scene.limits, scene.timeStands === true ? stoppedClock : realClock);
        work = mkdtempSync(join(tmpdir(), 'pchain-work-'));
        cpSync(sharedPath('corpus/reana/helloworld'), work, { recursive: true });
        mkdirSync(join(work, 'code'));
        writeFileSync(join(work, 'code/helloworld.py'), greeting);
        await scene.prepare?.({ rig, work });
        const result = await host.run(recording.command.slice(1), {
          cwd: work,
          env: clientEnvironment(recording, rig.url, name),
        });
        const place = { work, url: rig.url };
        expect({
          exitCode: result.exitCode,
          stdout: comparable(result.stdout, scene, place),
          stderr: comparable(result.stderr, scene, place),
        }).toEqual({
          exitCode: recording.exit_code,
          stdout: comparable(recording.stdout, scene, place),
          stderr: comparable(recording.stderr, scene, place),
        });
      });
    });
  });
});

const stoppedClock = { ...realClock, nowMs: () => 1_800_000_000_000 };

function clientEnvironment(recording: Recording, url: string, name: string): Record<string, string> {
  const { REANA_SERVER_URL: _url, REANA_ACCESS_TOKEN: _token, ...rest } = recording.env;
  const tokens: Record<string, string> = {
    'ping-no-token': '',
    'ping-bad-token': 'wrong',
  };
  const given = tokens[name] ?? token.reveal();
  return { ...rest, REANA_SERVER_URL: url, ...(given === '' ? {} : { REANA_ACCESS_TOKEN: given }) };
}

/** Without what differs from one run to the next: times, ids, addresses, directories, and the widths of columns. */
function comparable(text: string, scene: Scene, { work, url }: { work: string; url: string }): string {
  const same = (scene.other ?? []).reduce(
    (before, [pattern, ours]) => before.replace(pattern, ours),
    text
      .replaceAll(`/private${work}`, '<workdir>')
      .replaceAll(work, '<workdir>')
      .replaceAll(url, 'http://127.0.0.1:PORT')
      .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/g, '<time>')
      .replace(/\d{4}-\d\d-\d\d-\d{6}/g, '<time>')
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
      .replace(/ +/g, ' ')
      .replace(/ $/gm, ''),
  );
  return scene.anyOrder === true ? same.split('\n').sort().join('\n') : same;
}
