// Secrets that a step needs when it asks for Kerberos, a VOMS proxy or Rucio. Without them the job fails minutes later, in words
// that nobody connects with the cause. @see https://docs.reana.io/advanced-usage/access-control/
import type { Findings } from '../base/finding.ts';
import { spanOf } from '../source/tree.ts';
import type { CredentialUse } from './settings.ts';

/** Sets of names; each of the sets will do. */
const needed: Readonly<Record<CredentialUse['kind'], readonly (readonly string[])[]>> = {
  // The keytab is a file whose name CERN_KEYTAB says.
  kerberos: [['CERN_USER', 'CERN_KEYTAB']],
  voms_proxy: [['VONAME', 'VOMSPROXY_PASS', 'usercert.pem', 'userkey.pem'], ['VOMSPROXY_FILE']],
  rucio: [['VONAME', 'RUCIO_USERNAME']],
};

/** The names that are missing to what needs the fewest more; none when a set is whole. */
export function missingSecrets(
  kind: CredentialUse['kind'],
  knownSecrets: ReadonlySet<string>,
): readonly string[] {
  const missing = needed[kind].map((names) => names.filter((name) => !knownSecrets.has(name)));
  return missing.reduce((best, names) => (names.length < best.length ? names : best));
}

/** Reports credentials whose secrets are not there; where it is not known which there are, names them as a hint. */
export function checkCredentials(
  uses: readonly CredentialUse[],
  {
    knownSecrets,
    wantsHints,
  }: { readonly knownSecrets?: ReadonlySet<string> | undefined; readonly wantsHints?: boolean | undefined },
  findings: Findings,
): void {
  for (const { kind, node } of uses) {
    const sets = needed[kind];
    if (knownSecrets === undefined) {
      if (wantsHints !== true) continue;
      findings.warning(
        'reana/needs-secret',
        spanOf(node),
        `\`${kind}\` needs secrets: ${alternatives(sets)}`,
      );
      continue;
    }
    const least = missingSecrets(kind, knownSecrets);
    if (least.length === 0) continue;
    findings.error(
      'reana/missing-secret',
      spanOf(node),
      `\`${kind}\` needs ${listed(least)}, and REANA has no secret of that name`,
      {
        help: `\`pchain reana secrets\` adds them; it takes ${alternatives(sets)}`,
      },
    );
  }
}

const listed = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');
const alternatives = (sets: readonly (readonly string[])[]): string => sets.map(listed).join(', or else ');
