// An offload as a process of its own, so that a test can kill it: options as JSON in the first argument, one line per event.
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { Secret } from '../../src/base/secret.ts';
import { createHttpClient } from '../../src/http/client.ts';
import { offload } from '../../src/reana/offload/offload.ts';
import { fingerprintFile } from '../../src/reana/offload/secret-fingerprints.ts';

const given = JSON.parse(process.argv[2] ?? '') as {
  server: string;
  token: string;
  directory: string;
  name: string;
};
const clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (delayMs: number) => new Promise<void>((resolve) => setTimeout(resolve, delayMs)),
};

const result = await offload({
  http: createHttpClient({ clock, userAgent: 'pchain-test', tls: { verify: true } }),
  server: given.server,
  token: new Secret(given.token),
  specFile: `${given.directory}/reana.yaml`,
  set: new Map(),
  parameters: new Map(),
  options: new Map(),
  outputs: undefined,
  name: given.name,
  resume: undefined,
  // One of its own, so that each offload has something to send.
  secrets: new Map([[`secret-of-${given.name}`, { type: 'file', value: new Secret('c2VjcmV0') }]]),
  replaceSecrets: false,
  fingerprints: fingerprintFile(`${given.directory}/.fingerprints.json`),
  keepGoing: false,
  deleteAfter: true,
  waits: true,
  outputTar: `${given.directory}/${given.name}.tar.gz`,
  workDirectory: given.directory,
  clock,
  newId: randomUUID,
  // Synchronously: a line that the test has read is an event that has happened, and nothing after it has.
  onEvent: (event) => writeSync(1, `${event.type}\n`),
});
writeSync(1, `result ${JSON.stringify(result)}\n`);
