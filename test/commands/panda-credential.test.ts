import { copyFileSync, chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pandaCredential, type PandaCredential } from '../../src/commands/credentials/panda-credential.ts';
import type { Host } from '../../src/commands/host.ts';
import { createHttpClient } from '../../src/http/client.ts';
import { readSettings } from '../../src/settings/settings.ts';
import { rejection } from '../panda/panda-rig.ts';
import { testClock, type TestClock } from '../http/test-clock.ts';

const hours = 3_600_000;
let directory: string;
let path: string;
let clock: TestClock;
let warnings: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pchain-credential-'));
  path = join(directory, 'x509up');
  clock = testClock(Date.parse('2026-11-25T23:00:00Z'));
  warnings = [];
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function use(name: string, mode = 0o600): void {
  copyFileSync(join(import.meta.dirname, `../identity/certificates/${name}.pem`), path);
  chmodSync(path, mode);
}

async function credential(auth: string): Promise<PandaCredential> {
  const env = { PANDA_URL_SSL: 'https://panda.example:25443', PANDA_AUTH: auth, X509_USER_PROXY: path };
  const settings = await readSettings({
    flags: {},
    env,
    homeDirectory: directory,
    workingDirectory: directory,
    readFile: () => Promise.resolve(undefined),
  });
  const host = {
    env,
    userId: 1,
    clock,
    terminal: { warn: (message: string) => warnings.push(message) },
  } as unknown as Host;
  const http = createHttpClient({ clock, userAgent: 'pchain/test', tls: { verify: true } });
  return pandaCredential(settings, http, host);
}

describe('a grid certificate that ends while the program runs', () => {
  it('is read again, and the one that took its place is used', async () => {
    use('voms-proxy');
    const found = await credential('x509_no_grid');
    expect(await found.token()).toBeUndefined();
    const first = found.certificate();
    expect([...(first?.origins ?? [])]).toEqual(['https://panda.example:25443']);

    await clock.sleep(24 * hours);
    await found.token();
    expect(found.certificate()).toBe(first);

    await clock.sleep(24 * hours);
    use('user');
    await found.token();
    expect(found.certificate()).not.toBe(first);
  });

  it('and has no successor is an error with the mend', async () => {
    use('voms-proxy');
    const found = await credential('x509');
    await found.token();
    await clock.sleep(24 * hours);
    const thrown = await rejection(found.token());
    expect(thrown.message).toBe(
      `the grid certificate \`${path}\` has VOMS attributes of \`atlas\` that expired at 2026-11-26T22:45:04Z`,
    );
    expect(thrown.hint).toContain('voms-proxy-init');
  });

  it('is warned of once when others can read it', async () => {
    use('voms-proxy', 0o644);
    const found = await credential('x509_no_grid');
    await found.token();
    await clock.sleep(72 * hours);
    use('user', 0o644);
    await found.token();
    expect(warnings).toEqual([
      `the grid certificate \`${path}\` can be read by others on this machine\n  chmod 600 ${path}`,
    ]);
  });
});
