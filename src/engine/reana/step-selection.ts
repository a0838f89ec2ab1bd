// The operational options of serial workflows: `FROM` and `TARGET` choose steps, `CACHE` leaves out what need not run again.
import { UsageError } from '../../base/errors.ts';
import { operationalOptions } from '../../reanaspec/fields.ts';
import type { WorkflowKind } from '../../reanaspec/model.ts';

export type RunOptions = Readonly<Record<string, unknown>>;

/** @throws UsageError for an option that workflows of this kind do not have, in the words of REANA's server */
export function refuseUnknownOptions(kind: WorkflowKind, options: RunOptions): void {
  const known = operationalOptions[kind] ?? [];
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) refuseOption(unknown);
}

/** @throws UsageError always, in the words of REANA's server */
export function refuseOption(name: string): never {
  throw new UsageError(`==> ERROR: Operational option "${name}" not supported.`);
}

/** The steps from `FROM` to `TARGET`, both included; all of them without these options.
 *  @throws UsageError when there is no such step, or none is left */
export function selectSteps<Step extends { readonly name: string | undefined }>(
  steps: readonly Step[],
  options: RunOptions,
): readonly Step[] {
  const first = position(steps, options, 'FROM') ?? 0;
  const last = position(steps, options, 'TARGET') ?? steps.length - 1;
  if (first > last) {
    throw new UsageError(
      `step \`${String(options['FROM'])}\` of \`FROM\` comes after step \`${String(options['TARGET'])}\` of \`TARGET\``,
    );
  }
  return steps.slice(first, last + 1);
}

/** True when `CACHE` was switched on. It is off without being asked for: a restart is expected to run. YAML 1.1 reads `on` as true. */
export function usesCache(options: RunOptions): boolean {
  const value = options['CACHE'];
  return value === true || (typeof value === 'string' && ['on', 'true'].includes(value.toLowerCase()));
}

function position(
  steps: readonly { readonly name: string | undefined }[],
  options: RunOptions,
  option: 'FROM' | 'TARGET',
): number | undefined {
  const wanted = options[option];
  if (wanted === undefined) return undefined;
  const found = steps.findIndex((step, index) => (step.name ?? String(index)) === wanted);
  if (found !== -1) return found;
  const names = steps.map((step, index) => `\`${step.name ?? String(index)}\``).join(', ');
  throw new UsageError(
    `\`${option}\` names the step \`${typeof wanted === 'string' ? wanted : JSON.stringify(wanted)}\`, but the steps are ${names}`,
  );
}
