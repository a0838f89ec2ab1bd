// `pchain reana run`: runs an analysis on REANA and packs its outputs; what the payload of a `reana` step calls.
import { randomUUID } from 'node:crypto';
import { Buffer } from 'node:buffer';
import { existsSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { LocalError, UsageError, WaitTimeout, messageOf } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { Secret } from '../../base/secret.ts';
import { offload } from '../../reana/offload.ts';
import type { OffloadEvent, OffloadOptions } from '../../reana/offload.ts';
import type { ReanaSecretValue } from '../../reana/client.ts';
import { bytes } from '../../terminal/amounts.ts';
import { httpClient } from '../connection.ts';
import type { Host } from '../host.ts';
import { persistently } from '../persistence.ts';
import { reanaToken } from '../reana-token.ts';
import { loadSettings } from '../settings.ts';
import { tellFindings } from '../show-findings.ts';
import { textReader } from '../text-files.ts';
import { listOption, secondsOption, textOption } from '../workflow-files.ts';

type Options = Readonly<Record<string, unknown>>;

export async function runReanaRun(options: Options, host: Host): Promise<ExitCode> {
  const settings = await loadSettings({}, host);
  const server = settings.reanaServerUrl.value;
  if (server === undefined) throw new UsageError('no REANA server is set', { hint: 'set REANA_SERVER_URL' });
  const { token } = await reanaToken(settings, host);
  const file = textOption(options, 'file') ?? '';
  const timeoutMs = secondsOption(options, 'timeout');
  const deadline = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  const setup: OffloadOptions = {
    http: httpClient(settings, host),
    server,
    token,
    jobId: host.env['PandaID'],
    specFile: file,
    set: pairs('set', options),
    parameters: Object.fromEntries(pairs('parameter', options)),
    outputs: undefined,
    name: textOption(options, 'name') ?? defaultName(file),
    secrets: secretsOf(listOption(options, 'secret'), host),
    replaceSecrets: false,
    outputTar: resolve(host.workingDirectory, textOption(options, 'output') ?? 'output_from_reana.tar'),
    workDirectory: host.workingDirectory,
    clock: host.clock,
    newId: randomUUID,
    signal: deadline === undefined ? host.signal : AbortSignal.any([host.signal, deadline]),
    onEvent: (event) => tell(event, file, host),
  };
  try {
    const result = await persistently(host, () => offload(setup));
    if (result.outcome === 'finished') return ExitCode.done;
    tellFindings(
      { findings: result.findings, readText: textReader(host.workingDirectory), filesChecked: 1 },
      host,
    );
    return ExitCode.findings;
  } catch (thrown) {
    if (deadline?.aborted === true && !host.signal.aborted) {
      throw new WaitTimeout('the REANA run has not ended in time; it goes on', {
        hint: 'the same command again goes on with it',
        cause: thrown,
      });
    }
    throw thrown;
  }
}

/** One line for each thing that happens. */
function tell(event: OffloadEvent, file: string, host: Host): void {
  const { terminal } = host;
  switch (event.type) {
    case 'checked':
      tellFindings(
        { findings: event.warnings, readText: textReader(host.workingDirectory), filesChecked: 1 },
        host,
      );
      break;
    case 'connected':
      terminal.say(`REANA at ${event.server}, as ${event.user}`);
      break;
    case 'secrets':
      if (event.kept.length > 0)
        terminal.say(`secrets that REANA has already are used as they are: ${event.kept.join(', ')}`);
      break;
    case 'run':
      terminal.say(`${event.resumed ? 'going on with run' : 'created run'} ${event.runName} from ${file}`);
      break;
    case 'upload':
      terminal.say(`uploaded ${event.name} (${event.done} of ${event.total})`);
      break;
    case 'started':
      terminal.say(`started ${event.runName}`);
      break;
    case 'status': {
      const { state } = event;
      const step = state.currentStep === undefined ? '' : `, step ${state.currentStep}`;
      terminal.say(`${state.name} is ${state.status}${step}`);
      break;
    }
    case 'silence':
      terminal.warn(`REANA does not answer (${event.reason}); the run goes on, and so does the waiting`);
      break;
    case 'download':
      terminal.detail(`downloaded ${event.done} of ${event.total} outputs`);
      break;
    case 'packed':
      terminal.say(`packed the outputs into ${event.tar} (${bytes(event.sizeBytes)})`);
      break;
  }
}

/** `NAME=VALUE` options by name; the value may hold `=`. */
function pairs(option: string, options: Options): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const text of listOption(options, option)) {
    const at = text.indexOf('=');
    if (at < 1) throw new UsageError(`\`--${option} ${text}\` is not of the form NAME=VALUE`);
    found.set(text.slice(0, at), text.slice(at + 1));
  }
  return found;
}

/** Secrets of this job for REANA: a variable of that name, or else a file of that name in the current directory. */
function secretsOf(names: readonly string[], host: Host): ReadonlyMap<string, ReanaSecretValue> {
  return new Map(names.map((name) => [basename(name), secretOf(name, host)]));
}

function secretOf(name: string, host: Host): ReanaSecretValue {
  const value = host.env[name];
  if (value !== undefined) {
    return {
      type: 'env',
      value: new Secret(Buffer.from(new Secret(value).reveal(), 'utf8').toString('base64')),
    };
  }
  const path = resolve(host.workingDirectory, name);
  if (!existsSync(path)) {
    throw new LocalError(`the secret \`${name}\` is neither a variable nor a file here`, {
      hint: 'does the step have `--useSecrets`, and PanDA the secret?',
    });
  }
  try {
    return { type: 'file', value: new Secret(readFileSync(path).toString('base64')) };
  } catch (cause) {
    throw new LocalError(`cannot read the secret file \`${name}\`: ${messageOf(cause)}`, { cause });
  }
}

/** The name of a run after its file: letters, digits, `_` and `-` only. */
function defaultName(file: string): string {
  return (
    basename(file)
      .replace(/\.[^.]*$/, '')
      .replace(/[^A-Za-z0-9_-]+/g, '-') || 'workflow'
  );
}
