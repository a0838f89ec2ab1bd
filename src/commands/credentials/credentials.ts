// The credentials of this user, each looked at: what `whoami`, `doctor` and the look before a submission tell.
import { PchainError, RemoteError } from '../../base/errors.ts';
import { nicknameOf, readClaims } from '../../identity/claims.ts';
import type { Credential, CredentialProblem } from '../../identity/credential.ts';
import { certificateFaults, usableUntilMs } from '../../identity/x509/certificate-faults.ts';
import { certificatePlace, readGridCertificate } from '../../identity/x509/grid-certificate.ts';
import type { Settings } from '../../settings/settings.ts';
import { httpClient } from '../servers/connection.ts';
import type { Host } from '../host.ts';
import { certificateNeeds, tokenFinder } from './panda-credential.ts';
import { findReanaToken } from './reana-token.ts';

const nobody = {
  from: undefined,
  user: undefined,
  nickname: undefined,
  groups: [],
  expiresMs: undefined,
  renewableUntilMs: undefined,
  problem: undefined,
  isUnreachable: false,
  warnings: [],
} as const;

/** How the user is known to the PanDA server of the settings. A token that is due is renewed on the way. */
export function pandaCredentialNow(settings: Settings, host: Host): Promise<Credential> {
  const url = settings.pandaUrlSsl.value;
  if (settings.server.value.kind === 'local' || url === undefined) {
    return Promise.resolve({
      ...nobody,
      service: 'panda',
      kind: 'none',
      server: 'local',
      user: host.userName,
    });
  }
  const server = new URL(url).host;
  return settings.auth.value === 'oidc'
    ? tokenNow(server, settings, host)
    : certificateNow(server, settings, host);
}

async function tokenNow(server: string, settings: Settings, host: Host): Promise<Credential> {
  const base = { ...nobody, service: 'panda', kind: 'id-token', server } as const;
  try {
    const found = await tokenFinder(settings, httpClient(settings, host), host).find();
    const claims = readClaims(found.token);
    const replace = host.env['PANDA_NICKNAME_REPLACE'];
    return {
      ...base,
      from: found.from,
      user: claims?.name,
      nickname: settings.nickname.value ?? (claims === undefined ? undefined : nicknameOf(claims, replace)),
      groups: claims?.groups ?? [],
      expiresMs: found.expiresMs,
      renewableUntilMs: found.renewableUntilMs,
      warnings: settings.authVo.value === undefined ? [noVo] : [],
    };
  } catch (thrown) {
    return { ...base, ...troubleOf(thrown) };
  }
}

const noVo: CredentialProblem = {
  message: 'no virtual organisation is set, so the server will not take the token',
  hint: 'set PANDA_AUTH_VO, or `auth_vo` in the profile',
};

async function certificateNow(server: string, settings: Settings, host: Host): Promise<Credential> {
  const search = { env: host.env, userId: host.userId };
  const base = { ...nobody, service: 'panda', kind: 'grid-certificate', server } as const;
  const needs = certificateNeeds(settings, host.clock.nowMs());
  try {
    const found = await readGridCertificate(search);
    const faults = certificateFaults(found, needs).map((fault) => ({
      ...fault,
      message: `the grid certificate ${fault.message}`,
    }));
    const nickname = settings.nickname.value;
    const warnings = faults.filter(({ severity }) => severity === 'warning');
    return {
      ...base,
      from: found.path,
      user: found.subject,
      nickname,
      groups: found.voms.flatMap(({ names }) => names),
      expiresMs: usableUntilMs(found, needs.voms),
      problem: faults.find(({ severity }) => severity === 'error'),
      warnings:
        nickname === undefined && settings.auth.value === 'x509_no_grid'
          ? [...warnings, noNickname]
          : warnings,
    };
  } catch (thrown) {
    return { ...base, from: certificatePlace(search).path, ...troubleOf(thrown) };
  }
}

const noNickname: CredentialProblem = {
  message: 'the certificate does not tell your nickname',
  hint: 'set PANDA_NICKNAME to the name in `user.<nickname>.`',
};

/** How the user is known to the REANA server of the settings; `undefined`: none is set.
 *  @param limitMs how long the server may take to answer; `undefined`: it is not asked whom it sees in the token */
export async function reanaCredentialNow(
  settings: Settings,
  host: Host,
  limitMs: number | undefined,
): Promise<Credential | undefined> {
  const url = settings.reanaServerUrl.value;
  if (url === undefined) return undefined;
  const base = { ...nobody, service: 'reana', kind: 'access-token', server: new URL(url).host } as const;
  let from: string | undefined;
  try {
    const found = await findReanaToken(settings, host);
    if (found === undefined) {
      const hint = '`pbook secrets set REANA_ACCESS_TOKEN` keeps one, or set REANA_ACCESS_TOKEN';
      return { ...base, problem: { message: 'there is no token for REANA', hint } };
    }
    from = found.from;
    const expiresMs = readClaims(found.token)?.expiresMs;
    if (limitMs === undefined) return { ...base, from, expiresMs };
    const { ReanaClient } = await import('../../reana/protocol/client.ts');
    const http = httpClient(settings, host);
    const signal = AbortSignal.any([host.signal, AbortSignal.timeout(limitMs)]);
    const you = await new ReanaClient({ http, server: url, token: found.token }, signal).ping();
    const user = you.email === '' ? you.user : `${you.user} <${you.email}>`;
    return { ...base, from, user, expiresMs };
  } catch (thrown) {
    return { ...base, from, ...troubleOf(thrown) };
  }
}

function troubleOf(thrown: unknown): Pick<Credential, 'problem' | 'isUnreachable'> {
  if (!(thrown instanceof PchainError)) throw thrown;
  const isUnreachable = thrown instanceof RemoteError || thrown.cause instanceof DOMException;
  return { problem: { message: thrown.message, hint: thrown.hint }, isUnreachable };
}
