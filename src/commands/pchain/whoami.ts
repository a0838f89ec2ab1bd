// `pchain whoami`: who the user is to PanDA and to REANA, where that comes from, and until when.
import { ExitCode } from '../../base/exit-code.ts';
import { credentialJson } from '../../identity/credential.ts';
import type { Credential } from '../../identity/credential.ts';
import { renderCredential } from '../../terminal/credentials.ts';
import { pandaCredentialNow, reanaCredentialNow } from '../credentials/credentials.ts';
import type { Host } from '../host.ts';
import { loadSettings } from '../servers/settings.ts';
import { textOption } from '../check/workflow-files.ts';

const reanaLimitMs = 10_000;

export async function runWhoami(options: Readonly<Record<string, unknown>>, host: Host): Promise<ExitCode> {
  const settings = await loadSettings({ server: textOption(options, 'server') }, host);
  // One after the other: both may ask for the same passphrase.
  const panda = await pandaCredentialNow(settings, host);
  const reana = await reanaCredentialNow(settings, host, reanaLimitMs);
  const known = [panda, ...(reana === undefined ? [] : [reana])];
  if (options['json'] === true) {
    const shown = {
      panda: credentialJson(panda),
      reana: reana === undefined ? null : credentialJson(reana),
    };
    host.terminal.out(JSON.stringify(shown, null, 2));
  } else {
    const nowMs = host.clock.nowMs();
    const blocks = known.map((each) => renderCredential(each, nowMs, host.terminal.stdout).join('\n'));
    host.terminal.out(blocks.join('\n\n'));
  }
  return exitCodeOf(known);
}

/** 4 when the user has to do something, 5 when a server does not answer. */
function exitCodeOf(credentials: readonly Credential[]): ExitCode {
  const troubled = credentials.filter(({ problem }) => problem !== undefined);
  if (troubled.some(({ isUnreachable }) => !isUnreachable)) return ExitCode.auth;
  return troubled.length > 0 ? ExitCode.remote : ExitCode.done;
}
