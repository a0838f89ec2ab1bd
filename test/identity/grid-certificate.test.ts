import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuthError, LocalError } from '../../src/base/errors.ts';
import { redact } from '../../src/base/secret.ts';
import {
  certificateFaults,
  usableUntilMs,
  type CertificateNeeds,
} from '../../src/identity/x509/certificate-faults.ts';
import {
  certificatePlace,
  readGridCertificate,
  type GridCertificate,
} from '../../src/identity/x509/grid-certificate.ts';
import { rejection } from '../panda/panda-rig.ts';

const nowMs = Date.parse('2026-11-25T23:00:00Z');
let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pchain-x509-'));
  path = join(directory, 'x509up');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function use(name: string, mode = 0o600): void {
  copyFileSync(join(import.meta.dirname, 'certificates', `${name}.pem`), path);
  chmodSync(path, mode);
}

const read = (): Promise<GridCertificate> =>
  readGridCertificate({ env: { X509_USER_PROXY: path }, userId: 1000 });

async function faults(needs: Partial<CertificateNeeds> = {}): Promise<readonly string[]> {
  const found = certificateFaults(await read(), { nowMs, voms: true, vo: 'atlas', ...needs });
  return found.map(({ severity, message, hint }) => `${severity}: ${message} -- ${hint}`);
}

describe('a grid certificate', () => {
  it('lies where every grid program puts it, or where a variable says', () => {
    expect(certificatePlace({ env: {}, userId: 1000 })).toEqual({
      path: '/tmp/x509up_u1000',
      from: undefined,
    });
    expect(certificatePlace({ env: { X509_USER_PROXY: ' /a/b ' }, userId: 1000 })).toEqual({
      path: '/a/b',
      from: '$X509_USER_PROXY',
    });
  });

  it('tells its owner, its organisation, and when each of them ends', async () => {
    use('voms-proxy');
    const found = await read();
    expect(found).toMatchObject({
      subject: '/DC=org/DC=example/CN=Alice Example',
      isProxy: true,
      isOpenToOthers: false,
      expiresMs: Date.parse('2026-11-27T22:45:04Z'),
      voms: [
        {
          vo: 'atlas',
          names: ['/atlas', '/atlas/de/Role=production'],
          expiresMs: Date.parse('2026-11-26T22:45:04Z'),
        },
      ],
    });
    expect(found.certificates.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(redact(found.privateKey.reveal())).toBe('[hidden]');
    expect(usableUntilMs(found, true)).toBe(Date.parse('2026-11-26T22:45:04Z'));
    expect(usableUntilMs(found, false)).toBe(found.expiresMs);
    expect(await faults()).toEqual([]);
  });

  it.each([
    ['legacy-proxy', true],
    ['plain-proxy', true],
    ['user', false],
  ])('of the kind %s is recognised', async (name, isProxy) => {
    use(name);
    expect(await read()).toMatchObject({ subject: '/DC=org/DC=example/CN=Alice Example', isProxy });
  });

  it('whose chain stops at the proxy still tells its owner', async () => {
    use('plain-proxy');
    const text = readFileSync(path, 'utf8');
    const [certificate] = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/.exec(text) ?? [];
    const [key] = /-----BEGIN (\w+ )?PRIVATE KEY-----[\s\S]*?PRIVATE KEY-----/.exec(text) ?? [];
    writeFileSync(path, `${certificate ?? ''}\n${key ?? ''}\n`);
    expect((await read()).subject).toBe('/DC=org/DC=example/CN=Alice Example');
  });

  it('that has expired is said to have, with the command that makes a new one', async () => {
    use('voms-proxy');
    expect(await faults({ nowMs: Date.parse('2026-11-28T00:00:00Z') })).toEqual([
      'error: expired at 2026-11-27T22:45:04Z -- `voms-proxy-init -voms atlas` makes a new one',
    ]);
  });

  it('whose attributes ended before it did is told apart', async () => {
    use('voms-proxy');
    const at = { nowMs: Date.parse('2026-11-27T00:00:00Z') };
    expect(await faults(at)).toEqual([
      'error: has VOMS attributes of `atlas` that expired at 2026-11-26T22:45:04Z -- `voms-proxy-init -voms atlas` makes a new one',
    ]);
    expect(await faults({ ...at, voms: false })).toEqual([]);
  });

  it('without an organisation is a fault only where one is needed', async () => {
    use('plain-proxy');
    expect(await faults()).toEqual([
      'error: does not say to which virtual organisation you belong (it has no VOMS attributes) -- `voms-proxy-init -voms atlas` makes a new one',
    ]);
    expect(await faults({ voms: false })).toEqual([]);
  });

  it('from the future means that a clock is off', async () => {
    use('voms-proxy');
    expect(await faults({ nowMs: Date.parse('2026-11-20T00:00:00Z') })).toEqual([
      expect.stringMatching(
        /^error: is not valid before 2026-11-25T\S+ -- the clock of this machine may be wrong/,
      ),
    ]);
  });

  it('that others can read is a warning with the mend', async () => {
    use('voms-proxy', 0o644);
    expect(await faults()).toEqual([`warning: can be read by others on this machine -- chmod 600 ${path}`]);
  });

  it('that does not exist is a question of signing in', async () => {
    const thrown = await rejection(read());
    expect(thrown).toBeInstanceOf(AuthError);
    expect(thrown.message).toBe(
      `there is no grid certificate: \`${path}\`, which $X509_USER_PROXY names, does not exist`,
    );
    expect(thrown.hint).toContain('voms-proxy-init');
  });

  it.each([
    ['', 'it holds no certificate'],
    ['hello', 'it holds no certificate'],
    ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', 'it holds no private key'],
  ])('that is none is told apart: %#', async (text, why) => {
    writeFileSync(path, text);
    const thrown = await rejection(read());
    expect(thrown).toBeInstanceOf(LocalError);
    expect(thrown.message).toMatch(new RegExp(`cannot be used: (${why}|a certificate in it is damaged)$`));
  });

  it('with the key of another one, or one with a passphrase, cannot be used', async () => {
    const pick = (name: string, pattern: RegExp): string =>
      pattern.exec(readFileSync(join(import.meta.dirname, 'certificates', `${name}.pem`), 'utf8'))?.[0] ?? '';
    const certificate = pick('user', /-----BEGIN CERTIFICATE[\s\S]*?END CERTIFICATE-----/);
    const key = pick('plain-proxy', /-----BEGIN [A-Z ]*PRIVATE KEY[\s\S]*?PRIVATE KEY-----/);
    writeFileSync(path, `${certificate}\n${key}\n`);
    expect((await rejection(read())).message).toMatch(/its private key belongs to another certificate$/);
    const locked = '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIF\n-----END ENCRYPTED PRIVATE KEY-----\n';
    writeFileSync(path, `${certificate}\n${locked}`);
    expect((await rejection(read())).message).toMatch(/its private key has a passphrase$/);
  });

  it('cut in the middle at any place never crashes the reader', async () => {
    use('voms-proxy');
    const text = readFileSync(path, 'utf8');
    for (let end = 0; end < text.length; end += 97) {
      writeFileSync(path, text.slice(0, end));
      const thrown = await read().then(
        () => undefined,
        (error: unknown) => error,
      );
      if (thrown !== undefined) expect(thrown).toBeInstanceOf(LocalError);
    }
  });
});

const fake = spawnSync('voms-proxy-fake', ['-version'], { encoding: 'utf8' });
const missing = fake.error !== undefined;
if (missing && process.env['PCHAIN_REQUIRE_VOMS'] === '1') {
  throw new Error('voms-proxy-fake is required here, but is not installed');
}

describe.skipIf(missing)(
  'a proxy that the programs of VOMS make now (skipped without voms-proxy-fake)',
  () => {
    it('is read as they read it', async () => {
      use('user');
      const made = spawnSync(
        'voms-proxy-fake',
        [
          ['-cert', path, '-key', path, '-hostcert', path, '-hostkey', path, '-rfc', '-out', `${path}.out`],
          ['-voms', 'cms', '-uri', 'voms.example.org:1', '-fqan', '/cms/Role=pilot/Capability=NULL'],
          ['-hours', '3', '-vomslife', '2'],
        ].flat(),
        { encoding: 'utf8', env: { ...process.env, X509_CERT_DIR: directory } },
      );
      expect(made.status, made.stderr).toBe(0);
      const found = await readGridCertificate({ env: { X509_USER_PROXY: `${path}.out` }, userId: 0 });
      expect(found.voms).toMatchObject([{ vo: 'cms', names: ['/cms/Role=pilot'] }]);
      const left = (found.voms[0]?.expiresMs ?? 0) - Date.now();
      expect(left).toBeGreaterThan(1.9 * 3_600_000);
      expect(left).toBeLessThan(2.1 * 3_600_000);
    });
  },
);
