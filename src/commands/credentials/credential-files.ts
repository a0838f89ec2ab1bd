// Files of this user where credentials lie: those that should be for their owner alone.
import { join } from 'node:path';
import type { Settings } from '../../settings/settings.ts';
import type { Host } from '../host.ts';

export function credentialFiles(settings: Settings, host: Host): readonly string[] {
  const { env, homeDirectory } = host;
  const given = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined &&
    value !== '' &&
    (name.startsWith('PCHAIN_SECRET_FILE_') || name === 'X509_USER_PROXY' || name === 'OIDC_AUTH_TOKEN_FILE')
      ? [value]
      : [],
  );
  return [
    ...new Set([
      ...given,
      join(homeDirectory, '.globus', 'userkey.pem'),
      join(settings.locations.pandaConfigRoot, '.token'),
      join(settings.locations.dataDirectory, 'secrets.age'),
    ]),
  ];
}
