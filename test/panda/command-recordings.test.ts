// Commands as the official client gives them to the real server: ours asks the same and understands the same answers, better.
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { AuthError } from '../../src/base/errors.ts';
import { HttpFailure } from '../../src/http/http-failure.ts';
import { describeWithShared } from '../rigs/shared.ts';
import type { SeenRequest, Step } from '../rigs/server.ts';
import { clientCommands, type Expected } from './recorded-commands.ts';
import { pandaRig, rejection } from './panda-rig.ts';
import { recordedCommand, type RecordedRequest } from './recorded.ts';

const table = Object.entries(clientCommands).flatMap(([name, command]) =>
  command.transports.map((transport) => [`${name}.${transport}`, command] as const),
);

describeWithShared('a recorded command', () => {
  it.each(table)('%s is given and understood', async (name, command) => {
    const recording = recordedCommand(name);
    const exchanges = recording.requests.map((request, index) => ({
      request,
      response: recording.responses[index],
    }));
    // Uploading a sandbox is no part of these commands.
    const meant = exchanges.filter(
      ({ request }) => !request.path.includes('/file_server/') || !name.includes('prun'),
    );
    const steps = meant.map(({ request, response }): Step => {
      return {
        method: request.method,
        path: request.path,
        check: (seen) => expectSame(seen, request),
        reply: {
          status: response?.status ?? 200,
          ...(response?.json === undefined ? { body: response?.body ?? '' } : { json: response.json }),
        },
      };
    });
    const rig = await pandaRig(steps);
    await expectOutcome(command.run(rig.panda), command.expected);
    await rig.finish();
  });
});

function expectSame(seen: SeenRequest, recorded: RecordedRequest): void {
  const query = [...seen.query].filter(([key]) => key !== 'since');
  const asked = recorded.query.filter(([key]) => key !== 'since');
  expect(query.map(readable)).toEqual(asked.map(readable));
  expect(seen.query.has('since')).toBe(recorded.query.some(([key]) => key === 'since'));
  const { json, form, gzip } = recorded.body;
  if (form !== undefined) {
    expect([...new URLSearchParams(seen.body.toString())].map(readable)).toEqual(form.map(readable));
  } else if (seen.method === 'POST') {
    const text = gzip === true ? gunzipSync(seen.body) : seen.body;
    expect(JSON.parse(text.toString())).toEqual(json);
  }
}

/** JSON in a field may be spaced in many ways. */
function readable([key, value]: readonly [string, string]): readonly [string, unknown] {
  return [key, key === 'kwargs' || key === 'filters' ? (JSON.parse(value) as unknown) : value];
}

async function expectOutcome(outcome: Promise<unknown>, expected: Expected): Promise<void> {
  if (!('refused' in expected)) {
    expect(await outcome).toMatchObject(expected.gives as object);
    return;
  }
  const thrown = await rejection(outcome);
  expect(thrown).toBeInstanceOf(expected.as === 'auth' ? AuthError : HttpFailure);
  expect(thrown.message).toContain(expected.refused);
}
