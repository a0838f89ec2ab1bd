// Every recording of the official client has a test on the side of our client or of our server, or a reason why not. A recording
// that nobody listed fails here, and so does an entry that stands for nothing.
import { existsSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { describeWithShared, sharedPath } from '../rigs/shared.ts';
import { commandLines } from './recorded-command-lines.ts';
import { clientCommands } from './recorded-commands.ts';
import { recordedLine } from './recorded.ts';

const folder = sharedPath('recordings', 'panda');
const recordings = existsSync(folder)
  ? readdirSync(folder).map((name) => name.replace(/(?:\.curl|\.native)?\.json$/, ''))
  : [];
const names = [...new Set(recordings)].toSorted();

/** Tests that take every recording of a kind in which something was asked. */
const suites: readonly (readonly [RegExp, string])[] = [
  [
    /^pchain_/,
    'test/panda/recordings.test.ts: conversations of pchain and pchain_native, had in the same way',
  ],
  [/^pbook_/, 'test/commands/pbook-recordings.test.ts: every command line of them, in our pbook'],
  [/^(?:pbook|prun|py)_/, 'test/server/recorded-requests.test.ts: their requests, answered in the same form'],
  [/^oidc_/, 'test/identity/oidc-recordings.test.ts: the device flow and its refusals'],
];

/** Those whose line break in the token cut the headers off: there is nothing of the protocol to compare in them. */
const brokenByOriginal = new Set(['pchain_oidc_token_file_newline']);

const hasRequests = (name: string): boolean =>
  ['', '.curl', '.native'].some((transport) => {
    const file = `${name}${transport}.json`;
    return (
      existsSync(sharedPath('recordings', 'panda', file)) &&
      recordedLine(`${name}${transport}`).requests.length > 0
    );
  });

/** Recordings without a request: nothing of the protocol is in them. */
const withoutRequests: Readonly<Record<string, string>> = {
  pbook_err_no_config_root: 'a traceback of the original; ours has a default place',
  pbook_err_no_token_name: 'a token without name: ours asks for none',
  pbook_err_refused: 'no server: test/http',
  pbook_err_refused_kill: 'no server: test/http',
  pbook_generate_credential_with_env_token: 'does nothing',
  pbook_kill_bad_arg: 'a wrong argument: test/end-to-end/control.test.ts',
  pbook_kill_noarg: 'a missing argument: ours takes the latest request',
  pbook_pause_not_exposed: 'the original has no such command',
  pbook_retry_bad_opt: 'an option that a retry cannot have: test/end-to-end/control.test.ts',
  pbook_set_secret_True: 'a traceback of the original',
  pbook_set_secret_equals: 'a traceback of the original',
  pbook_set_secret_missing_file: 'a file that is not there; no request',
  pbook_set_secret_toolong: 'refused before it is sent: test/panda/secrets.test.ts',
  pbook_unknown_command: 'usage',
  pbook_version: 'usage',
  prun_dumps: 'prun_container once more, written to a file',
  prun_err_no_exec: 'usage',
  prun_err_no_outds: 'asks for a name when the sandbox was sent already; ours asks before',
  prun_err_outds: 'refused when the sandbox was sent already; ours refuses before',
  prun_nosubmit_v: 'nothing is sent',
  prun_version: 'usage',
};

/** Recordings that a test names, and those that none can repeat. */
const byName: Readonly<Record<string, string>> = {
  direct_probes:
    'test/server/panda-calls.test.ts: argument errors, verbs, gzip with and without Content-Encoding',
  py_get_cert_attributes: 'test/server/panda-calls.test.ts: is alive, and knows whom it serves',
  py_idds_relay_compressed_args: 'test/server/recorded-requests.test.ts',
  py_idds_relay_get_requests: 'test/panda/request.test.ts',
  py_idds_relay_unknown: 'test/server/recorded-requests.test.ts',
  security_eval_get: 'test/panda/recorded-commands.ts',
  security_eval_legacy_post: 'test/panda/request.test.ts: an answer that is code is read as text',
  security_prun_filename_injection: 'test/panda/recorded-commands.ts',
  tls_selfsigned_device_flow: 'test/http/client.test.ts: certificates that nobody vouches for',
  tls_selfsigned_pchain: 'test/http/client.test.ts: certificates that nobody vouches for',
  tls_selfsigned_show: 'test/http/client.test.ts: certificates that nobody vouches for',
  tls_selfsigned_show_verify_off: 'test/http/client.test.ts: PANDA_VERIFY_HOST',
};

describeWithShared('the recordings', () => {
  it('are all tested, or have a reason', () => {
    const known = (name: string): boolean =>
      name in clientCommands ||
      name in withoutRequests ||
      name in byName ||
      name in commandLines ||
      (hasRequests(name) && !brokenByOriginal.has(name) && suites.some(([pattern]) => pattern.test(name)));
    expect(names.filter((name) => !known(name))).toEqual([]);
  });

  it('of commands are all understood by our client, or have a reason', () => {
    // These are shown in the words of the server, which no call of ours asks for.
    const tables = /^pbook_show_workflow|^pbook_(?:delete_all_secrets|delete_secret_file|set_secret_comma)$/;
    const here = /^(?:pbook|prun|security|py)_/;
    const missing = names.filter(
      (name) =>
        here.test(name) &&
        !tables.test(name) &&
        !(name in clientCommands) &&
        !(name in withoutRequests) &&
        !(name in byName) &&
        name !== 'pbook_kill_workflow_unknown',
    );
    expect(missing).toEqual([]);
  });

  it('are what the lists name', () => {
    const lists = [clientCommands, withoutRequests, byName, commandLines];
    const listed = lists.flatMap((list) => Object.keys(list));
    expect(listed.filter((name) => !names.includes(name))).toEqual([]);
    for (const [pattern] of suites) expect(names.some((name) => pattern.test(name))).toBe(true);
  });
});
