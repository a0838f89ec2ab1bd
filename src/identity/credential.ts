// What is known of one credential: who it stands for, where it came from, how long it lasts, what is wrong with it.

export interface CredentialProblem {
  readonly message: string;
  readonly hint: string | undefined;
}

export interface Credential {
  readonly service: 'panda' | 'reana';
  /** `none`: the server is on this machine and asks for nothing the user would have to bring. */
  readonly kind: 'id-token' | 'grid-certificate' | 'access-token' | 'none';
  /** `host:port`, or `local`. */
  readonly server: string;
  /** `$PANDA_AUTH_ID_TOKEN`, `the keychain`, a path; `undefined`: there is none. */
  readonly from: string | undefined;
  readonly user: string | undefined;
  /** The name in dataset names; `undefined` where there is none. */
  readonly nickname: string | undefined;
  readonly groups: readonly string[];
  /** When it ends, milliseconds since 1970; `undefined`: it does not say. */
  readonly expiresMs: number | undefined;
  /** It renews itself until then; `Infinity`: without end; `undefined`: it does not. */
  readonly renewableUntilMs: number | undefined;
  /** Why it cannot be used; `undefined`: it can. */
  readonly problem: CredentialProblem | undefined;
  /** True: nobody is at fault but the network. */
  readonly isUnreachable: boolean;
  readonly warnings: readonly CredentialProblem[];
}

/** When it ends for good; `undefined`: it does not say, or never. */
export function endsMs(credential: Pick<Credential, 'expiresMs' | 'renewableUntilMs'>): number | undefined {
  const end = credential.renewableUntilMs ?? credential.expiresMs;
  return end === undefined || !Number.isFinite(end) ? undefined : end;
}

/** As `--json` shows it (schemas/whoami.schema.json). */
export function credentialJson(credential: Credential): Record<string, unknown> {
  return {
    service: credential.service,
    kind: credential.kind,
    server: credential.server,
    from: credential.from ?? null,
    user: credential.user ?? null,
    nickname: credential.nickname ?? null,
    groups: credential.groups,
    expires: moment(credential.expiresMs),
    renews_itself: credential.renewableUntilMs !== undefined,
    renewable_until: moment(credential.renewableUntilMs),
    usable: credential.problem === undefined,
    problem: problemJson(credential.problem),
    warnings: credential.warnings.map(problemJson),
  };
}

function problemJson(problem: CredentialProblem | undefined): Record<string, unknown> | null {
  return problem === undefined ? null : { message: problem.message, hint: problem.hint ?? null };
}

function moment(ms: number | undefined): string | null {
  return ms === undefined || !Number.isFinite(ms) ? null : new Date(ms).toISOString();
}

/** The groups for which the user has a role, by which official datasets are named: `higgs` of `higgs/production` in a token, and of
 *  `/atlas/higgs/Role=production` in a certificate. The whole of a certificate's organisation is no group.
 *  @see panda-client 2.0.2 `PsubUtils.checkOutDsName` */
export function groupsWithRole(
  credential: Pick<Credential, 'kind' | 'groups'>,
  role: string,
): readonly string[] {
  return credential.groups.flatMap((name) => {
    if (credential.kind !== 'grid-certificate') {
      const [group, groupRole, ...more] = name.split('/');
      return group !== undefined && groupRole === role && more.length === 0 ? [group] : [];
    }
    const [, group] = /^\/[^/]+(?:\/[^/]+)*\/([^/]+)\/Role=production\b/.exec(name) ?? [];
    return group === undefined ? [] : [group];
  });
}
