// Runs everything with secrets that can be recognised, and looks for them wherever they must not be: in every encoding.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CliRig, type CliResult } from '../rigs/cli.ts';

const canary = 'cAn4ry/+value "7" & more';
const pem = `-----BEGIN PRIVATE KEY-----\n${'cAn4ryPEMbody'.repeat(5)}\n${'ofTwoLines/+'.repeat(5)}\n-----END PRIVATE KEY-----\n`;
const fileBytes = Buffer.concat([
  Buffer.from([5, 2, 0, 255, 254]),
  Buffer.from('cAn4ryBytes'),
  Buffer.alloc(40, 0x9d),
]);

/** What must be found nowhere, written down here once more: the test must not believe the code that it tests. */
function formsOf(bytes: Buffer): readonly string[] {
  const shifted = [0, 1, 2].map((by) =>
    Buffer.concat([Buffer.alloc(by, 0x20), bytes, Buffer.alloc(3, 0x20)])
      .toString('base64')
      .slice(4, -8),
  );
  const text = bytes.toString('latin1');
  return [
    text,
    ...shifted,
    ...shifted.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
    bytes.toString('hex'),
    encodeURIComponent(text),
    JSON.stringify(text).slice(1, -1),
  ];
}
const pemLines = pem.split('\n').filter((line) => !line.startsWith('-----') && line !== '');
const forbidden = [Buffer.from(canary), fileBytes, ...pemLines.map((line) => Buffer.from(line))].flatMap(
  formsOf,
);

function leakIn(content: string): string | undefined {
  // Broken into lines it is as readable.
  const joined = content.replaceAll(/(?:\r?\n|(?:\\r)?\\n)[ \t]*/g, '');
  return forbidden.find((form) => content.includes(form) || joined.includes(form.replaceAll('\n', '')));
}

let rig: CliRig;
beforeEach(() => (rig = new CliRig()));
afterEach(() => rig.remove());

/** Every file below the directory of the test, unpacked where it is packed. */
function leaksOnDisk(given: readonly string[]): readonly string[] {
  return readdirSync(rig.directory, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    if (!entry.isFile()) return [];
    const path = join(entry.parentPath, entry.name);
    if (given.includes(path)) return [];
    const bytes = readFileSync(path);
    const unpacked = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
    const leak = leakIn(bytes.toString('latin1')) ?? leakIn(unpacked.toString('latin1'));
    return leak === undefined ? [] : [`${relative(rig.directory, path)}: ${leak}`];
  });
}

/** Command lines of all processes, and the environments of those that are neither the command itself nor a payload. */
function leaksInProcesses(commandPid: number | undefined): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const read = (name: string): string => {
        try {
          return readFileSync(join('/proc', pid, name), 'latin1');
        } catch {
          return '';
        }
      };
      const environment = read('environ');
      const mayKnow =
        Number(pid) === commandPid || /(^|\0)(PandaID|REANA_WORKSPACE|PCHAIN_LEAK_TEST)=/.test(environment);
      return [
        ...(leakIn(read('cmdline')) === undefined ? [] : [`arguments of ${pid}`]),
        ...(mayKnow || leakIn(environment) === undefined
          ? []
          : [`environment of ${pid}: ${read('cmdline')}`]),
      ];
    });
}

async function watched(
  words: readonly string[],
  env: Record<string, string>,
): Promise<{ result: CliResult; leaks: Set<string> }> {
  const running = rig.start(words, { env });
  const leaks = new Set<string>();
  const timer = setInterval(() => {
    for (const leak of leaksInProcesses(running.process.pid)) leaks.add(leak);
  }, 100);
  const result = await running.result;
  clearInterval(timer);
  return { result, leaks };
}

const printsEverything = `cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: tell/outDS}
steps:
  tell:
    run: prun
    in:
      opt_exec: {default: "bash tell.sh"}
      opt_args: {default: "--outputs out.txt --useSecrets"}
    out: [outDS]
`;
const tellScript = `test -n "$CANARY" && test -s KEYTAB && test -s KEY || exit 9
echo "plain $CANARY"; echo "error $CANARY" >&2
printf %s "$CANARY" | base64; printf %s "$CANARY" | base64 -w 10; printf 'x%s' "$CANARY" | base64
printf %s "$CANARY" | od -An -v -tx1 | tr -d ' \\n'; echo
base64 KEYTAB; base64 -w 20 KEY; cat KEY; printf 'ab' | cat - KEYTAB | base64 -w 33; sed 's/^/      /' KEY
echo "Bearer $CANARY"
echo done > out.txt
`;

describe('no secret is found', () => {
  const places = (): { env: Record<string, string>; given: readonly string[] } => {
    const given = ['canary.keytab', 'canary.pem'].map((name) => join(rig.directory, name));
    writeFileSync(given[0] ?? '', fileBytes);
    writeFileSync(given[1] ?? '', pem);
    const env = {
      PCHAIN_LEAK_TEST: '1',
      PCHAIN_SECRET_CANARY: canary,
      PCHAIN_SECRET_FILE_KEYTAB: given[0] ?? '',
      PCHAIN_SECRET_FILE_KEY: given[1] ?? '',
      PCHAIN_VAULT_PASSPHRASE: canary,
      TMPDIR: rig.directory,
    };
    return { env, given };
  };

  it.skipIf(process.platform !== 'linux')(
    'when a payload prints them in every encoding',
    async () => {
      const { env, given } = places();
      rig.write({ 'tell.cwl': printsEverything, 'tell.sh': tellScript });
      const submit = [
        '--cwl',
        'tell.cwl',
        '--outDS',
        'user.alice.tell',
        '--wait',
        '--output',
        'tell.tar.gz',
        '-v',
      ];
      const { result, leaks } = await watched(submit, env);
      expect(result.exitCode, result.stderr + rig.serverLog()).toBe(0);
      const told = [result.stdout, result.stderr];
      for (const words of [['status', '--json'], ['list', '--json'], ['follow']]) {
        const { stdout, stderr } = await rig.run(words, { env });
        told.push(stdout, stderr);
      }
      expect(told.map(leakIn)).toEqual(told.map(() => undefined));
      expect([...leaks]).toEqual([]);
      expect(leaksOnDisk(given)).toEqual([]);
      const logs = rig.filesBelow(rig.dataDirectory).filter((name) => name.endsWith('control/log'));
      const [log = ''] = logs.map((name) => readFileSync(join(rig.dataDirectory, name), 'utf8'));
      expect(log).toContain('plain [hidden]\n');
      expect(log.split('[hidden]').length).toBeGreaterThan(8);
    },
    120_000,
  );

  it.skipIf(process.platform !== 'linux')(
    'when the whole demo runs with them',
    async () => {
      const { env, given } = places();
      rig.useExample('limit-scan');
      const submit = [
        '--cwl',
        'limit-scan.cwl',
        '--yaml',
        'inputs.yaml',
        '--outDS',
        'user.alice.scan',
        '--wait',
        '--output',
        'scan.tar.gz',
        '-v',
      ];
      const { result, leaks } = await watched(submit, env);
      expect(result.exitCode, result.stderr + rig.serverLog()).toBe(0);
      const secrets = await rig.run(['secrets', 'list'], { program: 'pbook', env });
      const told = [result.stdout, result.stderr, secrets.stdout, secrets.stderr];
      expect(told.map(leakIn)).toEqual(told.map(() => undefined));
      expect([...leaks]).toEqual([]);
      expect(leaksOnDisk(given)).toEqual([]);
      // The net is fine enough: what was given is found by it.
      expect(given.map((path) => leakIn(readFileSync(path, 'latin1')) !== undefined)).toEqual([true, true]);
    },
    240_000,
  );
});
