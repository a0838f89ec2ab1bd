// Operational options: what the engine of a workflow is told beside its parameters.
import { closest } from '../base/closest.ts';
import type { Findings } from '../base/finding.ts';
import { keyText, spanOf } from '../source/tree.ts';
import type { MapNode, TreeNode } from '../source/tree.ts';
import { operationalOptions } from './fields.ts';
import type { WorkflowKind } from './model.ts';

/** Checks the names of options, and those values that would be misunderstood.
 *  @param steps names of the steps, as far as they are known: what `FROM` and `TARGET` may be */
export function checkOptions(
  options: MapNode | undefined,
  kind: WorkflowKind,
  steps: readonly string[] | undefined,
  findings: Findings,
): void {
  const known = operationalOptions[kind] ?? [];
  for (const { key, value } of options?.entries ?? []) {
    const name = keyText(key);
    if (kind === 'cwl' && name === 'TARGET') {
      // The official client translates it, and the server does not know the translation.
      const message =
        '`TARGET` of a CWL workflow is refused: servers of 0.9 get it as `--target`, which they do not know';
      findings.warning('reana/bad-option', spanOf(key), message);
    }
    if (known.includes(name)) {
      const fault = valueFault(name, value, steps);
      if (fault !== undefined)
        findings.error('reana/bad-option', spanOf(value), fault.message, { help: fault.help });
      continue;
    }
    const near = closest(name, known);
    findings.error(
      'reana/unknown-option',
      spanOf(key),
      `a ${kind} workflow has no operational option \`${name}\``,
      {
        help: near === undefined ? `it may be ${listed(known)}` : `did you mean \`${near}\`?`,
      },
    );
  }
}

export interface OptionFault {
  readonly message: string;
  readonly help?: string | undefined;
}

function valueFault(
  name: string,
  value: TreeNode,
  steps: readonly string[] | undefined,
): OptionFault | undefined {
  const scalar = value.kind === 'scalar' ? value.value : undefined;
  switch (name) {
    case 'CACHE':
    case 'FROM':
    case 'TARGET':
      return serialOptionFault(name, scalar, steps);
    case 'initfiles':
      return value.kind === 'sequence' &&
        value.items.every((item) => item.kind === 'scalar' && typeof item.value === 'string')
        ? undefined
        : { message: '`initfiles` is a list of files' };
    case 'accept_metadir':
      return undefined;
    default:
      return typeof scalar === 'string' ? undefined : { message: `\`${name}\` must be a text` };
  }
}

/** What is wrong with the value of an option of serial workflows, wherever it was given.
 *  @param steps as for `checkOptions`
 *  @returns `undefined` for a good value, and for any other option */
export function serialOptionFault(
  name: string,
  scalar: unknown,
  steps: readonly string[] | undefined,
): OptionFault | undefined {
  switch (name) {
    case 'CACHE':
      return typeof scalar === 'boolean' || (typeof scalar === 'string' && /^(?:on|off)$/i.test(scalar))
        ? undefined
        : { message: '`CACHE` is `on` or `off`' };
    case 'FROM':
    case 'TARGET': {
      if (typeof scalar !== 'string') return { message: `\`${name}\` is the name of a step` };
      if (steps === undefined || steps.includes(scalar)) return undefined;
      const near = closest(scalar, steps);
      return {
        message: `there is no step \`${scalar}\``,
        help: near === undefined ? undefined : `did you mean \`${near}\`?`,
      };
    }
    default:
      return undefined;
  }
}

const listed = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');
