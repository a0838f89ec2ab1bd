// Looks at the secrets that the jobs of a workflow would get, before it is submitted. It tells what is wrong and stops nothing:
// not every job needs every secret.
import { isOwnName } from '../../secrets/port.ts';
import type { CheckedSecret } from '../../secrets/checks/fault.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Plan, PlannedStep } from '../../workflow/plan.ts';
import type { Host } from '../host.ts';
import { seenAtPanda } from './known-secrets.ts';

/** @param plan without a step that takes secrets nothing is opened */
export async function tellSecretFaults(plan: Plan, settings: Settings, host: Host): Promise<void> {
  if (!plan.steps.some(takesSecrets)) return;
  const [{ checkSecrets, faultLine }, { secretsOf }] = await Promise.all([
    import('../../secrets/checks/check.ts'),
    import('../credentials/secrets.ts'),
  ]);
  const secrets = await secretsOf(settings, host);
  const pushed = (await seenAtPanda(settings)) ?? [];
  const checked: CheckedSecret[] = [];
  // A vault is opened here only where nobody has to be asked for its passphrase.
  const isClosed = secrets.kept?.kind === 'vault' && host.env['PCHAIN_VAULT_PASSPHRASE'] === undefined;
  const wanted = isClosed || pushed.length === 0 ? await secrets.environment.list() : await secrets.list();
  for (const { name, kind, ...entry } of wanted) {
    const isHere = !('from' in entry) || entry.from === 'environment';
    if (isOwnName(name) || (!isHere && !pushed.includes(name))) continue;
    const value = await (isHere ? secrets.environment : secrets).get(name);
    if (value !== undefined) checked.push({ name, kind, value });
  }
  // Whether this workflow needs that very secret is not known, so even an error is only a warning here.
  for (const fault of checkSecrets(checked, host.clock.nowMs())) {
    host.terminal.alert(faultLine({ ...fault, severity: 'warning' }));
  }
}

function takesSecrets(step: PlannedStep): boolean {
  return step.command.includes('--useSecrets') || step.steps.some(takesSecrets);
}
