// What a process asks of the machine, as expressions see it in `runtime`.
import type { Value } from '../../workflow/model.ts';
import { evaluate, type ExpressionRules } from './expression.ts';
import { CwlFault } from './fault.ts';
import type { Process } from './process.ts';
import { requirement } from './requirements.ts';
import { withoutFloats, type Values } from './values.ts';

/** Mebibytes, except `cores`. */
export interface Resources {
  readonly cores: number;
  readonly ram: number;
  readonly tmpdirSize: number;
  readonly outdirSize: number;
}

/** CWL's own values for what is not asked for. */
const defaults = { cores: 1, ram: 256, tmpdir: 1024, outdir: 1024 };

/** @param cores of the machine: nothing gets more */
export function resourcesOf(
  process: Process,
  inputs: Values,
  rules: ExpressionRules,
  cores: number,
): Resources {
  const written = requirement(process, 'ResourceRequirement') ?? {};
  const scope = { inputs, self: null, runtime: {} };
  const amount = (name: keyof typeof defaults): number => {
    const least = numberOf(evaluate(written[`${name}Min`] ?? null, scope, rules), `${name}Min`);
    const most = numberOf(evaluate(written[`${name}Max`] ?? null, scope, rules), `${name}Max`);
    if (least !== undefined && most !== undefined && least > most)
      throw new CwlFault(`\`${name}Min\` is ${least}, more than \`${name}Max\`, ${most}`);
    return Math.ceil(least ?? Math.min(most ?? defaults[name], Math.max(defaults[name], most ?? 0)));
  };
  return {
    cores: Math.max(1, Math.min(amount('cores'), cores)),
    ram: amount('ram'),
    tmpdirSize: amount('tmpdir'),
    outdirSize: amount('outdir'),
  };
}

function numberOf(given: Value, name: string): number | undefined {
  const value = withoutFloats(given);
  if (value === null) return undefined;
  if (typeof value === 'number' && value >= 0) return value;
  throw new CwlFault(`\`${name}\` must be a number, not ${JSON.stringify(value)}`);
}
