import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../src/base/secret.ts';
import { checkSecrets, faultLine } from '../../src/secrets/checks/check.ts';
import type { CheckedSecret } from '../../src/secrets/checks/fault.ts';
import { fileFaults } from '../../src/secrets/checks/files.ts';
import { describeWithProgram } from '../rigs/programs.ts';

const file = (name: string, bytes: string | Uint8Array): CheckedSecret => ({
  name,
  kind: 'file',
  value: new Secret(Buffer.from(bytes).toString('base64')),
});
const value = (name: string, text: string): CheckedSecret => ({
  name,
  kind: 'value',
  value: new Secret(text),
});
const found = (secrets: readonly CheckedSecret[], nowMs = Date.now()): readonly string[] =>
  checkSecrets(secrets, nowMs).map(({ code, name }) => `${name}: ${code.replace('secrets/', '')}`);

describe('a keytab', () => {
  const entry = (length: number): Buffer => Buffer.concat([int(length), Buffer.alloc(Math.abs(length), 7)]);
  const int = (number: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(number);
    return bytes;
  };
  const mark = Buffer.from([5, 2]);

  it.each<[string, Uint8Array, readonly string[]]>([
    ['with an entry', Buffer.concat([mark, entry(40)]), []],
    ['with a hole and an entry', Buffer.concat([mark, entry(-12), entry(40)]), []],
    ['with nothing in it', mark, ['my.keytab: empty-keytab']],
    ['with holes only', Buffer.concat([mark, entry(-12)]), ['my.keytab: empty-keytab']],
    ['that is cut short', Buffer.concat([mark, entry(40).subarray(0, 20)]), ['my.keytab: bad-keytab']],
    ['that is a text', Buffer.from('my password'), ['my.keytab: bad-keytab']],
    ['that is empty', Buffer.alloc(0), ['my.keytab: bad-keytab']],
  ])('%s', (_what, bytes, expected) => {
    expect(found([file('my.keytab', bytes)])).toEqual(expected);
  });
});

describe('a token', () => {
  it.each([
    ['that is one', 'abc.DEF-123_~', []],
    ['of two lines', 'abc\ndef', ['REANA_ACCESS_TOKEN: bad-token']],
    ['with a line break at its end', 'abc\n', ['REANA_ACCESS_TOKEN: bad-token']],
    ['of nothing but spaces', '  ', ['REANA_ACCESS_TOKEN: bad-token']],
    ['with a space in it', 'abc def', ['REANA_ACCESS_TOKEN: bad-token']],
  ])('%s', (_what, text, expected) => {
    expect(found([value('REANA_ACCESS_TOKEN', text)])).toEqual(expected);
    expect(found([value('MY_PASSWORD', text)])).toEqual([]);
  });
});

describe('a file', () => {
  it('that others may read is told, one that is private or not there is not', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'pchain-modes-'));
    const path = join(directory, 'key');
    writeFileSync(path, 'x', { mode: 0o600 });
    expect(await fileFaults([path, join(directory, 'none'), directory])).toEqual([]);
    chmodSync(path, 0o644);
    expect((await fileFaults([path])).map(({ code, message }) => [code, message])).toEqual([
      ['secrets/open-file', 'other users of this machine may read it (mode 644)'],
    ]);
    rmSync(directory, { recursive: true });
  });
});

describeWithProgram('openssl', 'certificates and keys', () => {
  let directory: string;
  const made = (name: string): Buffer => readFileSync(join(directory, name));
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'pchain-pem-'));
    const openssl = (...words: readonly string[]): void => {
      const { status, stderr } = spawnSync('openssl', words, { cwd: directory, encoding: 'utf8' });
      if (status !== 0) throw new Error(stderr);
    };
    for (const name of ['a', 'b']) {
      openssl(
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        `${name}.key`,
        '-out',
        `${name}.pem`,
        '-days',
        '30',
        '-subj',
        `/CN=${name}`,
      );
    }
    openssl('pkey', '-in', 'a.key', '-aes256', '-passout', 'pass:right horse', '-out', 'a.locked');
    openssl(
      'rsa',
      '-in',
      'a.key',
      '-aes256',
      '-traditional',
      '-passout',
      'pass:right horse',
      '-out',
      'a.old',
    );
  });
  afterAll(() => rmSync(directory, { recursive: true }));
  const day = 86_400_000;

  it('that belong together and last are fine', () => {
    expect(found([file('usercert.pem', made('a.pem')), file('userkey.pem', made('a.key'))])).toEqual([]);
    expect(found([file('x509up', Buffer.concat([made('a.pem'), made('a.key'), made('b.pem')]))])).toEqual([]);
    expect(found([value('CERT', made('a.pem').toString()), value('KEY', made('a.key').toString())])).toEqual(
      [],
    );
  });

  it('that do not belong together are told, in two files and in one', () => {
    expect(found([file('usercert.pem', made('a.pem')), file('userkey.pem', made('b.key'))])).toEqual([
      'userkey.pem: key-mismatch',
    ]);
    expect(found([file('x509up', Buffer.concat([made('a.pem'), made('b.key'), made('b.pem')]))])).toEqual([
      'x509up: key-mismatch',
    ]);
  });

  it('are told before they expire and afterwards, a proxy hours before', () => {
    const cert = file('usercert.pem', made('a.pem'));
    const proxy = file('x509up', Buffer.concat([made('a.pem'), made('a.key'), made('a.pem')]));
    const now = Date.now();
    expect(found([cert, proxy], now + 25 * day)).toEqual(['usercert.pem: expiring-certificate']);
    expect(found([cert, proxy], now + 29.7 * day)).toEqual([
      'usercert.pem: expiring-certificate',
      'x509up: expiring-certificate',
    ]);
    expect(found([cert, proxy], now + 31 * day)).toEqual([
      'usercert.pem: expired-certificate',
      'x509up: expired-certificate',
    ]);
  });

  it('that cannot be read are told, without a word of them', () => {
    const half = made('a.key').toString().slice(0, 400);
    const broken = made('a.pem').toString().replace(/^MII/m, 'XII');
    const faults = checkSecrets(
      [file('userkey.pem', half), file('usercert.pem', broken), file('c.pem', 'hello')],
      Date.now(),
    );
    expect(faults.map(faultLine)).toEqual([
      'error[secrets/bad-pem] c.pem: it is no PEM: nothing in it begins with `-----BEGIN` (help: give the file itself: `pbook secrets set --file`)',
      'error[secrets/bad-pem] usercert.pem: a part of the PEM cannot be read: `CERTIFICATE` (help: give the file itself: `pbook secrets set --file`)',
      'error[secrets/bad-pem] userkey.pem: a part of the PEM cannot be read: `a block without its end` (help: give the file itself: `pbook secrets set --file`)',
    ]);
  });

  it.each(['a.locked', 'a.old'])('encrypted as %s need their passphrase beside them', (name) => {
    const key = file('userkey.pem', made(name));
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    expect(found([key])).toEqual(['userkey.pem: encrypted-key']);
    expect(found([key, value('VOMSPROXY_PASS', base64('right horse'))])).toEqual([]);
    expect(found([key, value('VOMSPROXY_PASS', base64('right horse\n'))])).toEqual([]);
    expect(found([key, value('VOMSPROXY_PASS', base64('wrong horse'))])).toEqual([
      'VOMSPROXY_PASS: wrong-passphrase',
    ]);
    expect(found([file('other.pem', made(name)), value('VOMSPROXY_PASS', base64('right horse'))])).toEqual([
      'other.pem: encrypted-key',
    ]);
  });

  it('that are open although there is a passphrase are told', () => {
    expect(found([file('userkey.pem', made('a.key')), value('VOMSPROXY_PASS', 'eA==')])).toEqual([
      'userkey.pem: unencrypted-key',
    ]);
  });

  it('of other kinds are understood', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(found([file('ec.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }))])).toEqual([]);
  });
});
