// Command lines of the official `pchain` and `pchain_native` that came to no request, and what ours makes of each: the same where the
// original was right, the truth where it was not.

export interface CommandLine {
  readonly exitCode: number;
  /** Part of what is said. */
  readonly says: string;
  /** Files beside the workflow: text, or a number of random bytes. */
  readonly files?: Readonly<Record<string, string | number>>;
  readonly claims?: object;
  /** Words that are left out, and why the rest is what is meant. */
  readonly without?: readonly string[];
}

const dry = { exitCode: 0, says: 'nothing was sent (--noSubmit)' } as const;
/** A check asks nobody and needs no credentials. */
const checked = { exitCode: 0, says: 'is ready to be submitted' } as const;
const noRole = 'needs the production role of a group';

export const commandLines: Readonly<Record<string, CommandLine>> = {
  pchain_abbrev_option: dry,
  pchain_both_cwl_snakefile: { exitCode: 2, says: '`--cwl` and `--snakefile` exclude each other' },
  pchain_err_no_lb_env_nodns: checked,
  pchain_err_no_outds: { exitCode: 2, says: 'no name for the output is given' },
  pchain_err_no_vo_env: checked,
  // A workflow without inputs needs no file of them; that there is no server is all that is wrong here.
  pchain_err_no_yaml: { exitCode: 5, says: 'nothing listens at' },
  pchain_err_noargs: { exitCode: 0, says: '--cwl <file>' },
  pchain_native_err_noargs: { exitCode: 0, says: '--wfd <file>' },
  pchain_err_official_groups_none: { exitCode: 2, says: 'an official `outDS` is `group.<group>.<name>`' },
  pchain_err_official_norole: { exitCode: 2, says: 'an official `outDS` is `group.<group>.<name>`' },
  pchain_err_official_wlcg_groups: {
    exitCode: 2,
    says: noRole,
    claims: { groups: ['/wlcg', '/wlcg/production'] },
  },
  pchain_err_outds_char: { exitCode: 2, says: 'contains `@`, which no dataset name may have' },
  pchain_err_outds_len201: { exitCode: 2, says: 'characters' },
  pchain_err_outds_nick: { exitCode: 2, says: '`outDS` starts with `user.alice.`, not `user.bob.blah`' },
  pchain_err_refused: checked,
  // Nothing is packed for a check, so what the original found when it checked is found when it is submitted.
  pchain_err_sandbox_over_10MB: {
    exitCode: 3,
    says: 'but PanDA takes at most',
    files: Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`big${index}.dat`, 1_000_000])),
    without: ['--check'],
  },
  pchain_err_token_no_name: checked,
  pchain_err_token_no_preferred_username: checked,
  pchain_err_token_not_jwt: checked,
  pchain_err_unknown_option: { exitCode: 2, says: "unknown option '--bogus'" },
  pchain_native_err_template_norucio: { exitCode: 3, says: '`rucio` is not installed here' },
  pchain_native_nosubmit_v: dry,
  pchain_nickname_replace: dry,
  pchain_nosubmit: dry,
  pchain_nosubmit_v: dry,
  pchain_oidc_token_file_newline: checked,
  pchain_oidc_token_file_relative: dry,
  pchain_version: { exitCode: 0, says: '.' },
  pchain_x509_no_grid_nickname: dry,
  // What is not sent needs no name of a user.
  pchain_x509_no_grid_no_nickname: dry,
};
