// A plan as the text that the server writes into its log, and that users know from `pchain --check`:
//
//   ID:1 Name:bottom Type:prun
//     Parent:0
//     Input:
//        opt_args: --outputs results.root
//     Output:
//        user.alice.blah_001_bottom
import { pythonText } from '../prun/plain-value.ts';
import type { Plan, PlannedStep } from './plan.ts';

/** Byte for byte the server's text. Source: panda-server `workflow_utils.dump_nodes`.
 *  @param taskParams the task parameters of a leaf, shown as JSON behind it; without them, or for `undefined`, none are shown */
export function dumpPlan(plan: Plan, taskParams?: (step: PlannedStep) => unknown): string {
  const parts = ['\n'];
  dumpSteps(plan.steps, taskParams, parts);
  return parts.join('');
}

function dumpSteps(
  steps: readonly PlannedStep[],
  taskParams: ((step: PlannedStep) => unknown) | undefined,
  parts: string[],
): void {
  for (const step of steps) {
    parts.push(dumpStep(step));
    if (step.type === 'workflow') {
      parts.push('\n');
      dumpSteps(step.steps, taskParams, parts);
    } else {
      const parameters = taskParams?.(step);
      if (parameters !== undefined) parts.push(sortedJson(parameters, ''), '\n\n');
    }
  }
}

function dumpStep(step: PlannedStep): string {
  const parents = (step.parentsAsListed ?? step.parents).join(',');
  let text = `ID:${step.id} Name:${step.name} Type:${step.type}\n  Parent:${parents}\n  Input:\n`;
  for (const name in step.inputs) text += `     ${name}: ${pythonText(step.inputs[name] ?? null)}\n`;
  text += '  Output:\n';
  // A sub-workflow has no dataset of its own, however many outputs it has, unless it is a native one.
  const hasNone = step.type === 'workflow' && step.outputs.length === 0;
  const outputs = hasNone ? (step.outputNames ?? ['']).map(() => 'NA') : step.outputs;
  for (const output of outputs) text += `     ${output}\n`;
  return text;
}

/** Python's `json.dumps(value, indent=4, sort_keys=True)`. */
function sortedJson(value: unknown, indent: string): string {
  if (typeof value === 'string') return asciiJson(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const inner = `${indent}    `;
  if (Array.isArray(value)) {
    const items = value.map((item) => `${inner}${sortedJson(item, inner)}`);
    return items.length === 0 ? '[]' : `[\n${items.join(',\n')}\n${indent}]`;
  }
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, item]) => `${inner}${asciiJson(key)}: ${sortedJson(item, inner)}`);
  return entries.length === 0 ? '{}' : `{\n${entries.join(',\n')}\n${indent}}`;
}

/** Python escapes everything outside of ASCII, JavaScript almost nothing. */
function asciiJson(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (char) => (char === '\u007f' ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`), // prettier-ignore
  );
}
