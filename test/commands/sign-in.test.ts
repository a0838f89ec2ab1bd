// Signing in as a user does it: the real program, a real vault, an identity provider on loopback.
import { readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { IdentityProvider } from '../rigs/identity-provider.ts';
import { SignInRig, shown } from './sign-in-rig.ts';

let rig: SignInRig;
let provider: IdentityProvider;
let env: SignInRig['env'];

beforeEach(async () => {
  rig = await SignInRig.open();
  ({ provider, env } = rig);
});
afterEach(() => rig.close());

const run: SignInRig['runSignedUp'] = (words, more) => rig.runSignedUp(words, more);

describe('`pchain login`', () => {
  it('shows a page and a code, waits, and keeps what it gets in the vault', async () => {
    provider.script('token', { status: 400, json: { error: 'authorization_pending' } });
    const result = await run(['login']);
    expect(result.exitCode, result.stderr).toBe(0);
    expect(result.stdout).toBe('');
    expect(shown(result.stderr)).toContain('http://HOST/device?user_code=ABCDEF');
    expect(result.stderr).toContain('and check that it shows the code ABCDEF (good for 10 min).');
    expect(shown(result.stderr)).toContain('signed in to HOST as alice example (alice); kept in the vault');
    const files = rig.filesBelow(rig.home);
    expect(files.some((name) => name.endsWith('secrets.age'))).toBe(true);
    for (const name of files) {
      const path = join(rig.home, name);
      const text = ((): string => {
        try {
          return readFileSync(path, 'latin1');
        } catch {
          return '';
        }
      })();
      expect(text, name).not.toMatch(/rt-0001|eyJhbGciOi|c2lnbmF0dXJl/);
    }

    const who = await run(['whoami', '--json']);
    expect(who.exitCode, who.stderr).toBe(0);
    expect(JSON.parse(who.stdout)).toMatchObject({
      panda: {
        kind: 'id-token',
        from: 'the vault',
        user: 'alice example',
        nickname: 'alice',
        groups: ['atlas', 'atlas/production'],
        renews_itself: true,
        usable: true,
        problem: null,
      },
      reana: null,
    });

    // pbook's old name for it.
    const again = await rig.run(['generate_credential'], { program: 'pbook', env });
    expect(again.exitCode, again.stderr).toBe(0);
    expect(shown(again.stderr)).toContain('signed in to HOST as alice example (alice); kept in the vault');

    const out = await run(['logout']);
    expect(out.exitCode).toBe(0);
    expect(shown(out.stderr)).toBe('signed out of HOST: the vault has no token of it any more\n');
    const after = await run(['whoami']);
    expect(after.exitCode).toBe(4);
    expect(after.stdout).toContain('not signed in to PanDA');
    expect(after.stdout).toContain('pchain login');
    expect(shown((await run(['logout'])).stderr)).toBe('not signed in to HOST\n');
  });

  it('says before anything else when there is no place to keep the sign-in', async () => {
    const result = await run(['login'], { PCHAIN_SECRETS: '' });
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain('it is not decided yet where secrets are kept');
    expect(result.stderr).toContain('pchain config set secrets');
    expect(provider.seen).toEqual([]);
  });

  it.each([
    ['access_denied', 'the sign-in was denied'],
    ['expired_token', 'nobody signed in within 10 min'],
  ])('ends with exit code 4 on `%s`', async (error, words) => {
    provider.script('token', { status: 400, json: { error } });
    const result = await run(['login']);
    expect(result.exitCode).toBe(4);
    expect(result.stderr).toContain(words);
    expect(result.stderr).toContain('`pchain login` begins anew');
  });

  it('without a server, or with a grid certificate, says what is used instead', async () => {
    const local = await rig.run(['login']);
    expect(local.exitCode).toBe(2);
    expect(local.stderr).toContain('workflows run on this machine, where nobody has to sign in');
    const grid = await run(['login'], { PANDA_AUTH: 'x509' });
    expect(grid.exitCode).toBe(2);
    expect(grid.stderr).toContain('is used with a grid certificate');
  });

  it('warns where a variable will be used instead', async () => {
    const result = await run(['login'], { PANDA_AUTH_ID_TOKEN: provider.jwt({ name: 'Bob' }) });
    expect(result.stderr).toContain('warning: PANDA_AUTH_ID_TOKEN is set and is used instead');
    const who = await run(['whoami'], { PANDA_AUTH_ID_TOKEN: provider.jwt({ name: 'Bob' }) });
    expect(who.stdout).toContain('Bob');
    expect(who.stdout).toContain('$PANDA_AUTH_ID_TOKEN');
  });

  it('is stopped by Ctrl-C', async () => {
    provider.deviceAnswer = { interval: 60 };
    const running = rig.start(['login'], { env });
    await running.said('good for');
    running.process.kill('SIGINT');
    expect((await running.result).exitCode).toBe(130);
  });
});

describe('the sign-in of the official client', () => {
  it('is used where pchain has none, and left as it is', async () => {
    const folder = join(rig.home, '.pathena');
    mkdirSync(folder);
    const text = JSON.stringify({ id_token: provider.jwt({ name: 'Carol' }), refresh_token: 'rt-official' });
    writeFileSync(join(folder, '.token'), text);
    const who = await run(['whoami']);
    expect(who.exitCode, who.stderr).toBe(0);
    expect(who.stdout).toContain('Carol');
    // Also where our own store cannot be looked into.
    await run(['config', 'set', 'secrets', 'vault']);
    const closed = await run(['whoami'], { PCHAIN_SECRETS: 'keychain' });
    expect(closed.stdout).toContain('Carol');
    expect(readFileSync(join(folder, '.token'), 'utf8')).toBe(text);
    expect(provider.seen).toEqual([]);
    const other = await run(['logout']);
    expect(other.stderr).toContain(`a token is still in \`${join(folder, '.token')}\``);
  });
});

describe('a sign-in that is over', () => {
  it('is renewed without a word, once', async () => {
    provider.lifetimeSeconds = 3;
    await run(['login']);
    provider.lifetimeSeconds = 3600;
    await new Promise((resolve) => setTimeout(resolve, 3_100));
    const who = await run(['whoami']);
    expect(who.exitCode, who.stdout).toBe(0);
    expect(who.stdout).toContain('renewed by itself');
    const refreshes = provider.seen.filter(({ form }) => form['grant_type'] === 'refresh_token');
    expect(refreshes).toHaveLength(1);
    expect((await run(['whoami'])).exitCode).toBe(0);
    expect(provider.seen.filter(({ form }) => form['grant_type'] === 'refresh_token')).toHaveLength(1);
  });

  it('is renewed once by three programs that start at the same time', async () => {
    provider.lifetimeSeconds = 3;
    await run(['login']);
    provider.lifetimeSeconds = 3600;
    await new Promise((resolve) => setTimeout(resolve, 3_100));
    const all = await Promise.all([run(['whoami']), run(['whoami']), run(['whoami'])]);
    expect(all.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(provider.seen.filter(({ form }) => form['grant_type'] === 'refresh_token')).toHaveLength(1);
  });

  it('and cannot be renewed says how to go on', async () => {
    provider.lifetimeSeconds = 2;
    await run(['login']);
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    provider.script('token', { status: 400, json: { error: 'invalid_grant' } });
    const who = await run(['whoami']);
    expect(who.exitCode).toBe(4);
    expect(who.stdout).toContain('the sign-in to PanDA is over');
    expect(who.stdout).toContain('sign in again: `pchain login`');
  });
});
