// `pbook secrets check`, and the same checks before secrets are kept or sent.
import { credentialFiles } from '../credentials/credential-files.ts';
import { UsageError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import type { Secret } from '../../base/secret.ts';
import { counted } from '../../base/text.ts';
import { checkSecrets, faultLine } from '../../secrets/checks/check.ts';
import type { CheckedSecret, SecretFault } from '../../secrets/checks/fault.ts';
import { fileFaults } from '../../secrets/checks/files.ts';
import { isOwnName, type SecretName } from '../../secrets/port.ts';
import type { Host } from '../host.ts';
import { secretsOf } from '../credentials/secrets.ts';
import { loadSettings } from '../servers/settings.ts';

type Options = Readonly<Record<string, unknown>>;

export async function checkSecretsCommand(
  names: readonly string[],
  options: Options,
  host: Host,
): Promise<ExitCode> {
  const settings = await loadSettings({}, host);
  const secrets = await secretsOf(settings, host);
  const all: CheckedSecret[] = [];
  for (const { name, kind } of await secrets.list()) {
    if (isOwnName(name)) continue;
    const value = await secrets.get(name);
    if (value !== undefined) all.push({ name, kind, value });
  }
  const missing = names.filter((name) => !all.some((secret) => secret.name === name));
  if (missing.length > 0) {
    throw new UsageError(`there is no secret ${missing.map((name) => `\`${name}\``).join(', ')}`, {
      hint: '`pbook secrets list` shows which there are',
    });
  }
  // All are looked at, since a key is judged beside its certificate; then those that were asked for are shown.
  const found = checkSecrets(all, host.clock.nowMs()).filter(
    ({ name }) => names.length === 0 || names.includes(name),
  );
  const files = names.length === 0 ? await fileFaults(credentialFiles(settings, host)) : [];
  const faults = [...found, ...files];
  if (options['json'] === true) {
    host.terminal.out(
      JSON.stringify({ checked: all.map(({ name }) => name), findings: faults.map(recordOf) }, null, 2),
    );
  } else {
    host.terminal.out(faults.map(faultLine).join('\n'));
    host.terminal.say(
      faults.length === 0
        ? `nothing is wrong with ${counted(all.length, 'secret')}`
        : `${counted(faults.length, 'finding')} in ${counted(all.length, 'secret')}`,
    );
  }
  return faults.some(({ severity }) => severity === 'error') ? ExitCode.findings : ExitCode.done;
}

/** Says what is wrong with one secret that was just kept. */
export function tellSecretFindings(secret: SecretName, value: Secret, host: Host): void {
  for (const fault of checkSecrets([{ ...secret, value }], host.clock.nowMs())) tell(fault, host);
}

/** @throws UsageError when there are errors; warnings are only told */
export function refuseFaulty(secrets: readonly CheckedSecret[], host: Host): void {
  const faults = checkSecrets(secrets, host.clock.nowMs());
  for (const fault of faults) tell(fault, host);
  const errors = faults.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    throw new UsageError(`nothing was sent: ${counted(errors.length, 'error')} in secrets`, {
      hint: 'mend them, or send them as they are with `--force`',
    });
  }
}

function tell(fault: SecretFault, host: Host): void {
  host.terminal.alert(faultLine(fault));
}

function recordOf({ code, severity, name, message, help }: SecretFault): object {
  return { code, severity, name, message, help: help ?? null };
}
