import { describe, expect, it } from 'vitest';
import { changedSettings, settingKeys } from '../../src/settings/change-settings.ts';
import { UsageError } from '../../src/base/errors.ts';

const changed = (text: string, name: string, value: string | undefined): Promise<string> =>
  changedSettings(text, '/home/a/settings.yaml', { keys: settingKeys(name), value });

describe('a changed settings file', () => {
  it('begins with the first setting', async () => {
    expect(await changed('', 'secrets', 'vault')).toBe('secrets: vault\n');
    expect(await changed('# mine\n', 'secrets', 'keychain')).toBe('# mine\n\nsecrets: keychain\n');
  });

  it('keeps comments, order and everything else', async () => {
    const text =
      '# mine\nserver: cern # the usual one\nprofiles:\n  cern:\n    panda_url_ssl: https://h/server/panda\n';
    expect(await changed(text, 'secrets', 'vault')).toBe(`${text}secrets: vault\n`);
    expect(await changed(text, 'server', 'local')).toBe(text.replace('server: cern', 'server: local'));
    expect(await changed(text, 'profiles.cern.auth_vo', 'atlas')).toBe(`${text}    auth_vo: atlas\n`);
  });

  it('takes numbers and truth where they are wanted, and texts that look like them', async () => {
    expect(await changed('', 'parallel_jobs', '4')).toBe('parallel_jobs: 4\n');
    expect(await changed('', 'nickname', '4')).toBe('nickname: "4"\n');
    expect(await changed('', 'profiles.x.verify_host', 'false')).toBe(
      'profiles:\n  x:\n    verify_host: false\n',
    );
  });

  it('loses a setting, and stays as it is when there is none', async () => {
    expect(await changed('secrets: vault\nserver: local\n', 'secrets', undefined)).toBe('server: local\n');
    expect(await changed('server: local', 'secrets', undefined)).toBe('server: local');
    expect(await changed('secrets: vault\n', 'secrets', undefined)).toBe('');
  });

  it('is refused when it would be wrong, or is wrong already', async () => {
    await expect(changed('', 'secrets', 'valt')).rejects.toThrow(
      '`secrets` must be one of `keychain`, `vault`',
    );
    await expect(changed('', 'secret', 'vault')).rejects.toThrow('unknown setting `secret`');
    await expect(changed('server: [', 'secrets', 'vault')).rejects.toThrow(UsageError);
    expect(() => settingKeys('a..b')).toThrow('`a..b` is not the name of a setting');
  });
});
