// `pchain reana open-url`: the address of a run's page; of its interactive session, which `--session` opens.
import { ExitCode } from '../../base/exit-code.ts';
import type { Host } from '../host.ts';
import { textOption } from '../check/workflow-files.ts';
import { meantRun, printJson, reanaClient } from './connection.ts';
import type { Options } from './connection.ts';

export async function runOpenUrl(options: Options, host: Host): Promise<ExitCode> {
  const run = meantRun(options, host);
  const client = await reanaClient(host);
  const kind = textOption(options, 'session');
  const state = await client.status(run);
  const page = `${client.server}/workflows/${encodeURIComponent(state.id)}`;
  const session = kind === undefined ? undefined : client.server + (await client.openSession(state.id, kind));
  if (options['json'] === true) {
    printJson({ id: state.id, name: state.name, url: page, session_url: session ?? null }, host);
    return ExitCode.done;
  }
  host.terminal.out(session ?? page);
  // The address alone is no key: with the token in it, it would be one.
  if (session !== undefined) host.terminal.say('sign in with your token when the page asks for it');
  return ExitCode.done;
}
