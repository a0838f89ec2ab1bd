import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuthError, LocalError } from '../../src/base/errors.ts';
import { Secret } from '../../src/base/secret.ts';
import { systemClock } from '../../src/base/system-clock.ts';
import type { SecretStore } from '../../src/secrets/port.ts';
import { usualWorkFactor, vaultStore, type AskPassphrase } from '../../src/secrets/vault.ts';
import { describeWithProgram } from '../rigs/programs.ts';
import { keepsSecrets } from './secret-store.contract.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pchain-vault-'));
  path = join(directory, 'data', 'secrets.age');
});
afterEach(() => rmSync(directory, { recursive: true }));

const passphrase = 'correct horse battery';
const always =
  (text: string): AskPassphrase =>
  (why) =>
    Promise.resolve(why === 'again' ? undefined : new Secret(text));
const open = (ask: AskPassphrase = always(passphrase), workFactor = 4): SecretStore =>
  vaultStore({ path, passphrase: ask, clock: systemClock, workFactor });
const keep = (name: string, text: string, store = open()): Promise<void> =>
  store.set({ name, kind: 'value' }, new Secret(text));

describe('the vault', () => {
  keepsSecrets(() => Promise.resolve({ store: open(), again: () => open() }));

  it('asks for no passphrase and makes no file as long as there is nothing in it', async () => {
    const store = open(() => Promise.reject(new Error('asked')));
    expect(await store.list()).toEqual([]);
    expect(await store.delete(['X'])).toEqual([]);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('asks once, for a new passphrase when there is no file and for the old one afterwards', async () => {
    const asked: string[] = [];
    const ask: AskPassphrase = (why) => {
      asked.push(why);
      return Promise.resolve(new Secret(passphrase));
    };
    const store = open(ask);
    await keep('A', 'value-a', store);
    await keep('B', 'value-b', store);
    await store.list();
    expect(asked).toEqual(['create']);
    await open(ask).list();
    expect(asked).toEqual(['create', 'open']);
  });

  it('is for its owner alone, whatever the file was before', async () => {
    await keep('A', 'value-a');
    chmodSync(path, 0o644);
    await keep('B', 'value-b');
    expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
    expect((statSync(join(directory, 'data')).mode & 0o777).toString(8)).toBe('700');
    expect(readdirSync(join(directory, 'data')).sort()).toEqual([
      'secrets.age',
      'secrets.age.lock',
      'secrets.age.sums',
    ]);
  });

  it('holds no secret and no name in clear', async () => {
    await keep('MY_TOKEN_NAME', 'a-very-secret-value');
    const text = readFileSync(path, 'latin1');
    expect(text).toMatch(/^age-encryption\.org\/v1\n-> scrypt /);
    expect(text).not.toMatch(/a-very-secret|MY_TOKEN/);
  });

  it('tells a wrong passphrase', async () => {
    await keep('A', 'value-a');
    const before = readFileSync(path);
    for (const wrong of ['wrong', `${passphrase} `, '']) {
      const store = open(always(wrong));
      await expect(store.get('A')).rejects.toThrow(AuthError);
      await expect(keep('B', 'x', store)).rejects.toThrow(
        `the passphrase does not open the vault \`${path}\``,
      );
    }
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('lets a person try three times', async () => {
    await keep('A', 'value-a');
    const answers = ['no', 'not this', passphrase];
    const store = open(() => Promise.resolve(new Secret(answers.shift() ?? 'none left')));
    expect((await store.get('A'))?.reveal()).toBe('value-a');
    const asked: string[] = [];
    await expect(
      open((why) => {
        asked.push(why);
        return Promise.resolve(new Secret('no'));
      }).get('A'),
    ).rejects.toThrow(AuthError);
    expect(asked).toEqual(['open', 'again', 'again']);
  });

  it('tells a damaged file from a wrong passphrase, wherever the damage is', async () => {
    await keep('A', 'value-a');
    const whole = readFileSync(path);
    for (let at = 0; at < whole.length; at++) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      writeFileSync(path, bytes);
      const thrown: unknown = await open()
        .get('A')
        .catch((error: unknown) => error);
      expect(thrown, `byte ${at}`).toBeInstanceOf(LocalError);
      expect((thrown as Error).message).toBe(`the vault \`${path}\` is damaged`);
    }
    for (const length of [0, 1, 40, whole.length - 1]) {
      writeFileSync(path, whole.subarray(0, length));
      await expect(open().get('A')).rejects.toThrow('is damaged');
    }
    writeFileSync(path, whole);
    expect((await open().get('A'))?.reveal()).toBe('value-a');
  });

  it('does not write over a file that it cannot open', async () => {
    await keep('A', 'value-a');
    writeFileSync(path, 'not a vault');
    await expect(keep('B', 'value-b')).rejects.toThrow('is damaged');
    expect(readFileSync(path, 'utf8')).toBe('not a vault');
  });

  it('is not made with an empty passphrase', async () => {
    await expect(keep('A', 'value-a', open(always('')))).rejects.toThrow('needs a passphrase');
    expect(readdirSync(directory)).toEqual([]);
  });
});

describeWithProgram('age', 'the vault and the program `age`', () => {
  // `age` reads a passphrase from a terminal only; `script` gives it one.
  const onTerminal = (command: string, answers: string): ReturnType<typeof spawnSync> =>
    spawnSync('script', ['-qec', command, '/dev/null'], { input: answers, encoding: 'utf8', cwd: directory });

  it('opens with `age -d`, made as it is made for users', async () => {
    await keep('TOKEN', 'shown-by-age', open(always(passphrase), usualWorkFactor));
    const { status, stdout } = onTerminal(`age -d -o out.json ${path}`, `${passphrase}\n`);
    expect(status, String(stdout)).toBe(0);
    expect(JSON.parse(readFileSync(join(directory, 'out.json'), 'utf8'))).toMatchObject({
      version: 1,
      secrets: [{ name: 'TOKEN', kind: 'value', value: 'shown-by-age' }],
    });
  });

  it('may be written by `age -p`', async () => {
    await keep('TOKEN', 'x'.repeat(8));
    const content = {
      version: 1,
      secrets: [{ name: 'BY_HAND', kind: 'value', value: 'hello', changed_ms: 0 }],
    };
    writeFileSync(join(directory, 'in.json'), JSON.stringify(content));
    const { status, stdout } = onTerminal(`age -p -o ${path} in.json`, `${passphrase}\n${passphrase}\n`);
    expect(status, String(stdout)).toBe(0);
    expect((await open().get('BY_HAND'))?.reveal()).toBe('hello');
  });
});
