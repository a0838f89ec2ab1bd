import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toJsonSchema } from '@valibot/to-json-schema';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { LocalError, UsageError } from '../../src/base/errors.ts';
import { settingsFileShape } from '../../src/settings/file-shape.ts';
import { readAuthorities, readCertificates, readTextIfThere } from '../../src/settings/files.ts';
import { locations, type Environment } from '../../src/settings/locations.ts';
import { readSettings, type SettingFlags, type Settings } from '../../src/settings/settings.ts';
import { sourceText } from '../../src/settings/source.ts';
import { parse } from 'yaml';

const configFile = '/home/alice/.config/pchain/settings.yaml';

function settings(given: { flags?: SettingFlags; env?: Environment; file?: string }): Promise<Settings> {
  return readSettings({
    flags: given.flags ?? {},
    env: given.env ?? {},
    homeDirectory: '/home/alice',
    workingDirectory: '/work',
    readFile: (path) => Promise.resolve(path === configFile ? given.file : undefined),
  });
}

const twoProfiles = `server: cern
nickname: alice
profiles:
  cern:
    panda_url_ssl: https://panda.cern.ch:25443/server/panda/
    pandacache_url: https://cache.cern.ch:25443
    auth_vo: atlas
    reana_server_url: https://reana.cern.ch/
  doma:
    panda_url_ssl: https://panda-doma.cern.ch
    nickname: al
    verify_host: false
`;

describe('the server', () => {
  it('is this machine when nothing says otherwise', async () => {
    const found = await settings({});
    expect(found.server).toEqual({ value: { kind: 'local' }, source: { kind: 'default' } });
    expect(found.pandaUrlSsl.value).toBeUndefined();
    expect(found.auth.value).toBe('oidc');
    expect(found.verifyHost.value).toBe(true);
    expect(found.parallelJobs.value).toBeUndefined();
  });

  it('is shown a certificate where nothing speaks of tokens, as the official client does', async () => {
    const url = { PANDA_URL_SSL: 'https://panda.cern.ch/server/panda' };
    const auth = async (env: Record<string, string>): Promise<string> => (await settings({ env })).auth.value;
    expect(await auth(url)).toBe('x509');
    expect(await auth({ ...url, PANDA_AUTH_VO: 'atlas' })).toBe('oidc');
    expect(await auth({ ...url, OIDC_AUTH_ID_TOKEN: 'x' })).toBe('oidc');
    expect(await auth({ ...url, PANDA_AUTH: 'oidc' })).toBe('oidc');
    expect(await auth({ PANDA_URL_SSL: 'http://127.0.0.1:1/server/panda' })).toBe('oidc');
  });

  it('is the one of the environment, with the names of the other clients', async () => {
    const found = await settings({
      env: {
        PANDA_URL: 'http://panda.cern.ch:25080/server/panda',
        PANDA_URL_SSL: 'https://panda.cern.ch:25443/server/panda',
        PANDACACHE_URL: 'https://cache.cern.ch:25443/server/panda',
        PANDA_AUTH: 'oidc',
        OIDC_AUTH_VO: 'wlcg',
        PANDA_NICKNAME: 'alice',
        PANDA_VERIFY_HOST: 'off',
        X509_CERT_DIR: '/etc/grid-security/certificates',
        REANA_SERVER_URL: 'https://reana.cern.ch/',
      },
    });
    expect(found.server.value).toEqual({ kind: 'remote', profile: undefined });
    expect(sourceText(found.server.source)).toBe('$PANDA_URL_SSL');
    expect(found.pandaUrlSsl.value).toBe('https://panda.cern.ch:25443/server/panda');
    expect(found.pandaCacheUrl.value).toBe('https://cache.cern.ch:25443/server/panda');
    expect(found.authVo).toEqual({ value: 'wlcg', source: { kind: 'environment', name: 'OIDC_AUTH_VO' } });
    expect(found.nickname.value).toBe('alice');
    expect(found.verifyHost.value).toBe(false);
    expect(found.certificateDirectory.value).toBe('/etc/grid-security/certificates');
    expect(found.reanaServerUrl.value).toBe('https://reana.cern.ch');
  });

  it('has its uploads at the same place when no other is given, and an address may stop at the host', async () => {
    const found = await settings({ flags: { server: 'http://127.0.0.1:8765' } });
    expect(found.pandaUrlSsl.value).toBe('http://127.0.0.1:8765/server/panda');
    expect(found.pandaCacheUrl.value).toBe('http://127.0.0.1:8765/server/panda');
    expect(sourceText(found.pandaUrlSsl.source)).toBe('--server');
  });

  it('may be given by PANDA_URL alone', async () => {
    const found = await settings({ env: { PANDA_URL: 'http://localhost:1234' } });
    expect(found.pandaUrlSsl.value).toBe('http://localhost:1234/server/panda');
    expect(sourceText(found.pandaUrlSsl.source)).toBe('$PANDA_URL');
  });

  it('is the profile that the file names, and each value knows its line', async () => {
    const found = await settings({ file: twoProfiles });
    expect(found.server.value).toEqual({ kind: 'remote', profile: 'cern' });
    expect(sourceText(found.server.source)).toBe(`${configFile}:1`);
    expect(found.pandaUrlSsl.value).toBe('https://panda.cern.ch:25443/server/panda');
    expect(sourceText(found.pandaUrlSsl.source)).toBe(`${configFile}:5`);
    expect(found.pandaCacheUrl.value).toBe('https://cache.cern.ch:25443/server/panda');
    expect(found.nickname.value).toBe('alice');
    expect(found.reanaServerUrl.value).toBe('https://reana.cern.ch');
  });

  it('is the only profile when the file names none', async () => {
    const found = await settings({ file: 'profiles:\n  a: {panda_url_ssl: "https://a"}\n' });
    expect(found.server.value).toEqual({ kind: 'remote', profile: 'a' });
  });

  it('chosen by name is not mixed with variables that describe another one', async () => {
    const env = {
      PANDA_URL_SSL: 'https://other:25443/server/panda',
      PANDACACHE_URL: 'https://other:25444/server/panda',
      PANDA_AUTH_VO: 'other',
    };
    const found = await settings({ flags: { server: 'doma' }, env, file: twoProfiles });
    expect(found.pandaUrlSsl.value).toBe('https://panda-doma.cern.ch/server/panda');
    expect(found.pandaCacheUrl.value).toBe('https://panda-doma.cern.ch/server/panda');
    expect(found.authVo.value).toBe('other');
    expect(found.nickname.value).toBe('al');
    expect(found.verifyHost.value).toBe(false);
    const cern = await settings({ env: { ...env, PCHAIN_SERVER: 'cern' }, file: twoProfiles });
    expect(cern.pandaUrlSsl.value).toBe('https://panda.cern.ch:25443/server/panda');
    expect(cern.authVo.value).toBe('atlas');
  });

  it('is this machine when the flag says so, whatever else is configured', async () => {
    const found = await settings({
      flags: { server: 'local' },
      env: { PANDA_URL_SSL: 'https://x' },
      file: twoProfiles,
    });
    expect(found.server).toEqual({ value: { kind: 'local' }, source: { kind: 'flag', name: '--server' } });
    expect(found.pandaUrlSsl.value).toBeUndefined();
    expect(found.pandaCacheUrl.value).toBeUndefined();
  });

  it('follows the environment before the file', async () => {
    const found = await settings({ env: { PANDA_URL_SSL: 'https://env' }, file: twoProfiles });
    expect(found.pandaUrlSsl.value).toBe('https://env/server/panda');
    expect(found.pandaCacheUrl.value).toBe('https://env/server/panda');
  });
});

describe('a fault in the settings', () => {
  const fault = async (given: Parameters<typeof settings>[0]): Promise<UsageError> => {
    const thrown: unknown = await settings(given).catch((error: unknown) => error);
    if (!(thrown instanceof UsageError)) throw new Error(`no UsageError but ${String(thrown)}`);
    return thrown;
  };

  it.each([
    ['nick: alice', ':1`: unknown setting `nick`', 'known are `server`, `nickname`'],
    ['server: a\nparalel_jobs: 4', ':2`: unknown setting `paralel_jobs`', 'did you mean `parallel_jobs`?'],
    [
      'profiles:\n  a:\n    panda_url_ssl: https://a\n    panda_ulr: https://a',
      ':4`: unknown setting `profiles.a.panda_ulr`',
      'did you mean `panda_url`?',
    ],
    ['\n\nparallel_jobs: many', ':3`: `parallel_jobs` must be a whole number from 1', undefined],
    ['parallel_jobs: 0', ':1`: `parallel_jobs` must be a whole number from 1', undefined],
    ['parallel_jobs: 1.5', ':1`: `parallel_jobs` must be a whole number from 1', undefined],
    ['nickname: 7', ':1`: `nickname` must be a text', undefined],
    ['nickname: ""', ':1`: `nickname` must be a text that is not empty', undefined],
    ['datasets:\n  a: x\n  b: {c: d}', ':3`: `datasets.b` must be a path or a list of paths', undefined],
    ['datasets: [a]', ':1`: `datasets` must be a mapping', undefined],
    [
      'profiles:\n  a:\n    panda_url_ssl: https://al:pw@host',
      ':3`: `profiles.a.panda_url_ssl` must be an address like `https://host:25443/server/panda`, without a password',
      undefined,
    ],
    [
      'profiles:\n  a:\n    auth: kerberos',
      ':3`: `profiles.a.auth` must be one of `oidc`, `x509`, `x509_no_grid`',
      undefined,
    ],
    [
      'profiles:\n  a:\n    verify_host: maybe',
      ':3`: `profiles.a.verify_host` must be `true` or `false`',
      undefined,
    ],
    ['- a', ':1`: the settings must be a mapping', undefined],
    ['a: [', ':1`: ', undefined],
    ['server: a\nserver: b', ':2`: Map keys must be unique', undefined],
    ['profiles:\n  a: {nickname: x}', 'the profile `a` has no `panda_url_ssl`', undefined],
    [
      'server: cren\nprofiles:\n  cern: {panda_url_ssl: "https://a"}',
      ':1: there is no profile `cren`',
      'did you mean `cern`?',
    ],
    [
      'profiles:\n  a: {panda_url_ssl: "https://a"}\n  b: {panda_url_ssl: "https://b"}',
      'there are several profiles, and `server` names none of them',
      'add `server: a`, or `server: local`',
    ],
  ])('in %j is named with its line', async (file, message, hint) => {
    const thrown = await fault({ file });
    expect(thrown.message).toContain(message);
    if (hint !== undefined) expect(thrown.hint).toContain(hint);
    expect(thrown.exitCode).toBe(2);
    expect(thrown.message).not.toContain('al:pw');
  });

  it.each([
    [{ PANDA_URL_SSL: 'panda.cern.ch' }, '$PANDA_URL_SSL must be an address like'],
    [{ PANDA_URL_SSL: 'https://al:pw@host/' }, '$PANDA_URL_SSL must be an address like'],
    [{ PANDA_AUTH: 'kerberos' }, '$PANDA_AUTH must be one of `oidc`, `x509`, `x509_no_grid`, not `kerberos`'],
    [{ PCHAIN_JOBS: 'all' }, '$PCHAIN_JOBS must be a whole number from 1 to 4096, not `all`'],
    [{ PCHAIN_SERVER: 'cern' }, '$PCHAIN_SERVER: there is no profile `cern`'],
    [{ PCHAIN_HOME: 'here' }, 'PCHAIN_HOME must be an absolute path, not `here`'],
  ])('in the environment %j is named', async (env, message) => {
    const thrown = await fault({ env });
    expect(thrown.message).toContain(message);
    expect(thrown.message).not.toContain('al:pw');
  });

  it('that refers to itself without end is refused', async () => {
    const bomb = [
      'a0: &a0 [x]',
      ...Array.from({ length: 12 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(9)}]`),
    ];
    expect((await fault({ file: bomb.join('\n') })).message).toContain('refers to itself too often');
  });
});

describe('a value', () => {
  it('that is empty counts as not given', async () => {
    const found = await settings({ env: { PANDA_URL_SSL: ' ', PANDA_NICKNAME: '', PCHAIN_JOBS: '' } });
    expect(found.server.value).toEqual({ kind: 'local' });
    expect(found.nickname.value).toBeUndefined();
  });

  it('of a flag goes before the environment and the file', async () => {
    const file = 'parallel_jobs: 2';
    expect((await settings({ file })).parallelJobs.value).toBe(2);
    expect((await settings({ file, env: { PCHAIN_JOBS: '3' } })).parallelJobs.value).toBe(3);
    const flags = { jobs: '4' };
    const found = await settings({ file, env: { PCHAIN_JOBS: '3' }, flags });
    expect(found.parallelJobs).toEqual({ value: 4, source: { kind: 'flag', name: '--jobs' } });
  });

  it('that is a path means the same file wherever it was written', async () => {
    const file = 'datasets:\n  user.a.in: [ö/x, ~/y, /z]\n  user.a.b: c\n';
    const flags = { datasets: { 'user.a.b': ['d'] } };
    const found = await settings({ file, flags });
    expect(found.datasets.get('user.a.in')?.value).toEqual([
      '/home/alice/.config/pchain/ö/x',
      '/home/alice/y',
      '/z',
    ]);
    expect(found.datasets.get('user.a.b')).toEqual({
      value: ['/work/d'],
      source: { kind: 'flag', name: '--dataset' },
    });
  });

  it('is absent from an empty file', async () => {
    for (const file of ['', '# nothing\n', '{}', '---\n']) {
      expect((await settings({ file })).server.value).toEqual({ kind: 'local' });
    }
  });
});

describe('locations', () => {
  it('follow the XDG variables, and ignore relative ones', () => {
    expect(locations({}, '/home/alice')).toEqual({
      configFile,
      dataDirectory: '/home/alice/.local/share/pchain',
      cacheDirectory: '/home/alice/.cache/pchain',
      pandaConfigRoot: '/home/alice/.pathena',
    });
    const env = { XDG_CONFIG_HOME: '/c', XDG_DATA_HOME: '/d', XDG_CACHE_HOME: 'e', PANDA_CONFIG_ROOT: '/p' };
    expect(locations(env, '/home/alice')).toEqual({
      configFile: '/c/pchain/settings.yaml',
      dataDirectory: '/d/pchain',
      cacheDirectory: '/home/alice/.cache/pchain',
      pandaConfigRoot: '/p',
    });
    expect(locations({ ...env, PCHAIN_HOME: '/h' }, '/home/alice').dataDirectory).toBe('/h');
  });
});

describe('files that settings name', () => {
  it('are read, or absent, or a local problem', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'pchain-settings-'));
    try {
      await writeFile(join(directory, 'a'), 'ü');
      expect(await readTextIfThere(join(directory, 'a'))).toBe('ü');
      expect(await readTextIfThere(join(directory, 'none'))).toBeUndefined();
      expect(await readTextIfThere(join(directory, 'a', 'below'))).toBeUndefined();
      await expect(readTextIfThere(directory)).rejects.toThrow(LocalError);

      await expect(readCertificates(join(directory, 'none'))).rejects.toThrow(
        'cannot read the certificates in',
      );
      await mkdir(join(directory, 'ca'));
      await expect(readCertificates(join(directory, 'ca'))).rejects.toThrow('there is no certificate in');
      const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
      await writeFile(join(directory, 'ca', 'ab12cd34.0'), pem);
      await writeFile(join(directory, 'ca', 'authority.pem'), pem);
      await writeFile(join(directory, 'ca', 'authority.signing_policy'), 'x');
      expect(await readCertificates(join(directory, 'ca'))).toEqual([pem]);

      const named = (value: string) =>
        ({ value, source: { kind: 'environment', name: 'SSL_CERT_FILE' } }) as const;
      const own = join(directory, 'own.pem');
      await writeFile(own, `my authority\n${pem}`);
      expect(await readAuthorities({ files: [named(own)], directory: join(directory, 'ca') })).toEqual([
        `my authority\n${pem}`,
        pem,
      ]);
      const missing = { files: [named('/none.pem')], directory: undefined };
      await expect(readAuthorities(missing)).rejects.toThrow(
        '`/none.pem`, which $SSL_CERT_FILE names, does not exist',
      );
      const empty = { files: [named(join(directory, 'a'))], directory: undefined };
      await expect(readAuthorities(empty)).rejects.toThrow('holds no certificate');
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

describe('the JSON Schema of the settings file', () => {
  const schemaPath = join(import.meta.dirname, '../../schemas/settings.schema.json');

  it('says what the program reads', async () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'Settings of pchain',
      ...toJsonSchema(settingsFileShape, { target: 'draft-2020-12', errorMode: 'ignore' }),
    };
    const layout = await resolveConfig(schemaPath);
    const text = await format(JSON.stringify(schema), { ...layout, parser: 'json' });
    await expect(text).toMatchFileSnapshot(schemaPath);
  });

  it('accepts and refuses what the program does', async () => {
    const validate = new Ajv2020({ strict: false }).compile(
      JSON.parse(await readFile(schemaPath, 'utf8')) as object,
    );
    expect(validate(parse(twoProfiles))).toBe(true);
    expect(validate({ nick: 'alice' })).toBe(false);
    expect(validate({ parallel_jobs: 0 })).toBe(false);
    expect(validate({ profiles: { a: { panda_url_ssl: 'host' } } })).toBe(false);
  });
});
