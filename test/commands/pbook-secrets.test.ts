import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CliRig, type CliResult } from '../rigs/cli.ts';

const vault = { PCHAIN_SECRETS: 'vault', PCHAIN_VAULT_PASSPHRASE: 'a-passphrase' };

let rig: CliRig;
beforeEach(() => (rig = new CliRig()));
afterEach(() => rig.remove());

const pbook = (
  words: readonly string[],
  extra: { input?: string | Uint8Array; env?: Record<string, string> } = {},
): Promise<CliResult> =>
  rig.run(words, {
    program: 'pbook',
    env: { ...vault, ...extra.env },
    ...(extra.input === undefined ? {} : { input: extra.input }),
  });

function expectSchema(name: string, text: string): void {
  const path = join(import.meta.dirname, `../../schemas/${name}.schema.json`);
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const matches = ajv.validate(JSON.parse(readFileSync(path, 'utf8')) as object, JSON.parse(text));
  expect(ajv.errorsText(), text).toBe('No errors');
  expect(matches).toBe(true);
}

describe('pbook secrets', () => {
  it('keeps, sends, compares, lists and forgets, and never shows a value', async () => {
    const key = Buffer.from([0, 1, 2, 0xff, 0xfe, 10, 13]);
    writeFileSync(join(rig.work, 'my.keytab'), Buffer.concat([Buffer.from([5, 2, 0, 0, 0, 7]), key]), {
      mode: 0o600,
    });
    const outputs: CliResult[] = [];
    const good = async (...[words, extra]: Parameters<typeof pbook>): Promise<CliResult> => {
      const result = await pbook(words, extra);
      outputs.push(result);
      expect(result.exitCode, result.stderr).toBe(0);
      return result;
    };
    await good(['secrets', 'set', 'MY_TOKEN'], { input: 'canary-token-value\n' });
    await good(['secrets', 'set', '--file', 'my.keytab']);
    const sent = await good(['secrets', 'push', '--to', 'all']);
    expect(sent.stderr).toContain('sent 2 secrets to PanDA (local): MY_TOKEN, my.keytab\n');
    expect(sent.stderr).toContain('sent 2 secrets to REANA (local): MY_TOKEN, my.keytab\n');

    const { stdout } = await good(['secrets', 'list', '--json']);
    expectSchema('secrets', stdout);
    const { secrets } = JSON.parse(stdout) as {
      secrets: { name: string; at: { place: string; size_bytes: number | null; fingerprint: string }[] }[];
    };
    expect(secrets.map(({ name, at }) => [name, ...at.map(({ place }) => place)])).toEqual([
      ['MY_TOKEN', 'vault', 'panda', 'reana'],
      ['my.keytab', 'vault', 'panda', 'reana'],
    ]);
    expect(secrets[1]?.at.map(({ size_bytes }) => size_bytes)).toEqual([13, 13, null]);
    for (const { at } of secrets) expect(new Set(at.map(({ fingerprint }) => fingerprint)).size).toBe(1);

    await good(['secrets', 'set', 'MY_TOKEN'], { input: 'canary-other-value' });
    expect((await good(['secrets', 'status'])).stdout).toBe(
      'name\there\tPanDA\tREANA\nMY_TOKEN\tyes\tdiffers\tdiffers\nmy.keytab\tyes\tsame\tsame\n',
    );
    expectSchema('secrets', (await good(['secrets', 'status', '--json'])).stdout);
    await good(['secrets', 'delete', 'MY_TOKEN', '--from', 'panda', '--yes']);
    await good(['secrets', 'delete', 'my.keytab', '--yes']);
    expect((await good(['secrets', 'status'])).stdout).toBe(
      'name\there\tPanDA\tREANA\nMY_TOKEN\tyes\tmissing\tdiffers\nmy.keytab\tno\tonly there\tonly there\n',
    );
    expect(outputs.map(({ stdout: out, stderr }) => out + stderr).join('\n')).not.toContain('canary');
  }, 120_000);

  it('takes no value from the command line, and does not repeat it', async () => {
    const { exitCode, stderr } = await pbook(['secrets', 'set', 'TOKEN', 'canary-on-command-line']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('the value of `TOKEN` must not be on the command line');
    expect(stderr).not.toContain('canary');
    expect(existsSync(join(rig.dataDirectory, 'secrets.age'))).toBe(false);
  });

  it.each<[string, readonly string[], string | Uint8Array, string]>([
    ['no value', ['A'], '', 'the value of `A` is empty'],
    ['an empty line', ['A'], '\n', 'the value of `A` is empty'],
    ['a zero byte', ['A'], 'a\u0000b', 'has a zero byte'],
    ['bytes that are no text', ['A'], Buffer.from([0xff, 0xfe]), 'holds bytes that are no text'],
    ['a name that no variable has', ['1A'], 'x', 'cannot be the name of a value'],
    ['an empty name', [''], 'x', 'the secret needs a name'],
    ['a name with a path', ['../x', '--kind', 'file'], 'x', 'cannot be the name of a file'],
    ['a name with a colon', ['pchain:x', '--kind', 'file'], 'x', 'cannot be the name of a file'],
    ['a value over the limit', ['A'], 'x'.repeat(1_024_001), 'too large for a secret'],
    [
      'a file over the limit in base64',
      ['A', '--kind', 'file'],
      'x'.repeat(800_000),
      'too large for a secret',
    ],
  ])('refuses %s', async (_what, words, input, message) => {
    const { exitCode, stderr } = await pbook(['secrets', 'set', ...words], { input });
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
    expect(existsSync(join(rig.dataDirectory, 'secrets.age'))).toBe(false);
  });

  it('says that nothing was chosen yet, and keeps nothing', async () => {
    const { exitCode, stderr } = await rig.run(['secrets', 'set', 'A'], {
      program: 'pbook',
      input: 'some-value',
    });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('it is not decided yet where secrets are kept');
    expect(stderr).toContain('pchain config set secrets vault');
    expect(rig.filesBelow(rig.home)).toEqual([]);
  });

  it('says what was sent and what was not when a place fails in the middle', async () => {
    const { createServer } = await import('node:http');
    let calls = 0;
    const server = createServer((request, response) => {
      request.resume().on('end', () => {
        const isSet = request.url?.endsWith('set_user_secrets') === true;
        if (isSet) calls++;
        const isBad = isSet && calls === 2;
        response.statusCode = request.url?.startsWith('/api/') === true ? (isBad ? 403 : 200) : 404;
        response.end(isBad ? 'ERROR : banned' : JSON.stringify({ success: true, message: 'OK', data: null }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const env = {
      PANDA_URL_SSL: `http://127.0.0.1:${port}/server/panda`,
      PANDA_AUTH_ID_TOKEN: 'a.b.c',
      PANDA_AUTH_VO: 'x',
      ...Object.fromEntries(['A', 'B', 'C'].map((name) => [`PCHAIN_SECRET_${name}`, `value-of-${name}`])),
    };
    const { exitCode, stderr } = await pbook(['secrets', 'push', 'A', 'B', 'C', '--to', 'panda'], { env });
    expect(exitCode).toBe(4);
    expect(stderr).toContain('sent: `A`; not sent: `B`, `C`');
    expect(stderr).toContain('the same command again sends all of them');
    calls = 10;
    const again = await pbook(['secrets', 'push', 'A', 'B', 'C', '--to', 'panda'], { env });
    expect(again.stderr).toContain('sent 3 secrets to PanDA');
    server.close();
  }, 60_000);

  it('lists what is kept here when no server can be reached', async () => {
    await pbook(['secrets', 'set', 'A'], { input: 'value-of-a' });
    const env = {
      PANDA_URL_SSL: 'http://127.0.0.1:9/server/panda',
      PANDA_AUTH_ID_TOKEN: 'a.b.c',
      REANA_SERVER_URL: 'http://127.0.0.1:9',
      PCHAIN_SECRET_B: 'of-the-environment',
    };
    const { exitCode, stdout, stderr } = await pbook(['secrets', 'list'], { env });
    expect(exitCode).toBe(0);
    expect(stdout.split('\n').map((line) => line.split('\t').slice(0, 4).join(' '))).toEqual([
      'name kind size where',
      'A value 10 vault',
      'B value 18 environment',
      '',
    ]);
    expect(stderr).toMatch(/not asked: PanDA \(/);
    expect(stderr).toContain('not asked: REANA (there is no token for REANA)');
  }, 60_000);

  it('looks for faults, and its exit code tells', async () => {
    rig.write({ keytab: 'not one' });
    chmodSync(join(rig.work, 'keytab'), 0o600);
    mkdirSync(join(rig.home, '.pathena'));
    writeFileSync(join(rig.home, '.pathena/.token'), '{}', { mode: 0o644 });
    const env = { PCHAIN_SECRET_FILE_keytab: join(rig.work, 'keytab'), PCHAIN_SECRET_FINE: 'a-fine-value' };
    const all = await pbook(['secrets', 'check'], { env });
    expect(all.exitCode).toBe(1);
    expect(all.stdout).toMatch(/^error\[secrets\/bad-keytab\] keytab: it is no keytab/);
    expect(all.stdout).toMatch(/warning\[secrets\/open-file\] .*\.token: other users/);
    expect((await pbook(['secrets', 'check', 'FINE'], { env })).exitCode).toBe(0);
    const machine = await pbook(['secrets', 'check', '--json'], { env });
    expectSchema('secrets-check', machine.stdout);
    const refused = await pbook(['secrets', 'push', 'keytab', '--to', 'panda'], { env });
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('nothing was sent: 1 error in secrets');
    expect(rig.serverPid()).toBeUndefined();
  }, 60_000);
});

describe('pchain', () => {
  const workflow = `cwlVersion: v1.2
class: Workflow
inputs: []
outputs: {}
steps:
  r:
    run: reana
    in:
      opt_exec: {default: "pchain reana run --secret GOOD --secret REANA_ACCESS_TOKEN --secret GOOF"}
      opt_args: {default: "--outputs out.txt --useSecrets"}
    out: [outDS]
`;
  const check = (env: Record<string, string>): Promise<CliResult> =>
    rig.run(['--cwl', 'w.cwl', '--outDS', 'user.alice.w', '--check', '--format', 'short'], { env });

  it('knows the secrets of the environment, and says so when one is missing or faulty', async () => {
    rig.write({ 'w.cwl': workflow, keytab: 'not one' });
    const env = { PCHAIN_SECRET_GOOD: 'value-of-good', PCHAIN_SECRET_FILE_keytab: join(rig.work, 'keytab') };
    const { stdout, stderr } = await check(env);
    expect(stdout.match(/no secret `\w+` is known/g)).toEqual(['no secret `GOOF` is known']);
    expect(stderr).toContain('warning[secrets/bad-keytab] keytab: it is no keytab');
    expect((await check({ ...env, PCHAIN_SECRET_GOOF: 'value-of-goof' })).stdout).not.toContain('no secret');
  });

  it('knows what was pushed', async () => {
    rig.write({ 'w.cwl': workflow });
    const env = { PCHAIN_SECRET_GOOD: 'value-of-good', PCHAIN_SECRET_GOOF: 'value-of-goof' };
    await pbook(['secrets', 'push', 'GOOD', 'GOOF', '--to', 'panda'], { env });
    expect((await check({})).stdout).not.toContain('no secret');
    // Of a server that was never looked at nothing is known, so nothing is said.
    expect((await check({ PANDA_URL_SSL: 'https://panda.example/server/panda' })).stdout).not.toContain(
      'no secret',
    );
  }, 60_000);

  it('shows settings as JSON, and chooses the store of secrets', async () => {
    expectSchema('config', (await rig.run(['config', 'list', '--json'])).stdout);
    expect((await rig.run(['config', 'set', 'secrets', 'vault'])).exitCode).toBe(0);
    const { exitCode, stderr } = await rig.run(['secrets', 'set', 'A'], {
      program: 'pbook',
      input: 'some-value',
      env: { PCHAIN_VAULT_PASSPHRASE: 'a-passphrase' },
    });
    expect(exitCode, stderr).toBe(0);
    expect((await rig.run(['config', 'set', 'secrets', 'paper'])).exitCode).toBe(2);
  }, 60_000);
});

describe('the classic commands', () => {
  it('set, list and delete with PanDA, masked unless full=True is meant', async () => {
    writeFileSync(join(rig.work, 'key.pem'), 'hello secret file\n');
    const set = await pbook(['set_secret', 'MY_KEY', 's3cr3t=value,with True']);
    expect(set.exitCode, set.stderr).toBe(0);
    expect(set.stderr).toContain('warning: the value was on the command line');
    expect(set.stdout + set.stderr).not.toContain('s3cr3t');
    expect((await pbook(['set_secret', 'MY_FILE', 'key.pem', 'is_file=True'])).exitCode).toBe(0);
    expect((await pbook(['list_secrets'])).stdout).toBe('Key\tValue\nMY_FILE\t********\nMY_KEY\t********\n');
    const refused = await pbook(['list_secrets', 'full=True']);
    expect([refused.exitCode, refused.stdout]).toEqual([2, '']);
    expect((await pbook(['list_secrets', 'full=True', '--yes'])).stdout).toBe(
      'Key\tValue\nMY_FILE\taGVsbG8gc2VjcmV0IGZpbGUK\nMY_KEY\ts3cr3t=value,with True\n',
    );
    expect((await pbook(['delete_secret', 'MY_FILE'])).exitCode).toBe(0);
    expect((await pbook(['delete_secret', 'MY_FILE'])).exitCode).toBe(2);
    expect((await pbook(['delete_all_secrets'])).exitCode).toBe(2);
    expect((await pbook(['delete_all_secrets', '--yes'])).exitCode).toBe(0);
    expect((await pbook(['list_secrets'])).stdout).toBe('');
  }, 120_000);

  it('refuse what makes no sense', async () => {
    for (const words of [
      ['set_secret'],
      ['set_secret', 'A'],
      ['set_secret', 'A', 'b', 'c', 'd'],
      ['list_secrets', 'full=perhaps'],
      ['delete_secret'],
      ['no_such_command'],
    ]) {
      expect((await pbook(words)).exitCode, words.join(' ')).toBe(2);
    }
    expect(rig.serverPid()).toBeUndefined();
  }, 60_000);
});

it('secrets that PanDA has are there for the next engine, and nowhere in clear', async () => {
  await pbook(['set_secret', 'KEPT', 'canary-of-the-engine']);
  rig.killServer();
  expect((await pbook(['list_secrets', 'full=True', '--yes'])).stdout).toContain(
    'KEPT\tcanary-of-the-engine',
  );
  for (const name of rig.filesBelow(rig.home)) {
    const path = join(rig.home, name);
    try {
      expect(readFileSync(path).includes('canary-of-the-engine'), name).toBe(false);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EISDIR') throw thrown;
    }
  }
}, 60_000);
