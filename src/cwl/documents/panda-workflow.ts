// Which workflows are written for PanDA: their steps run `prun`, `reana` and the like, or workflows whose steps do.
import { posix } from 'node:path';
import { textOf, valueOf, type MapNode, type TreeNode } from '../../source/tree.ts';
import { leafTypes } from '../../workflow/model.ts';
import { portsOf, type Process } from './process.ts';

/** `yes`, `no`, or the workflows it runs, which decide. */
export type PandaAnswer = 'yes' | 'no' | readonly TreeNode[];

/** Whether the steps of a workflow are PanDA's. A step with `opt_exec` or the like is, whatever it runs: nothing else has
 *  such inputs, and a misspelt `run` is better explained there. */
export function isPandaWorkflow(process: Process): PandaAnswer {
  if (process.class !== 'Workflow') return 'no';
  const section = valueOf(process.node, 'steps');
  // Mostly the first step tells, and there may be thousands.
  const first = section?.kind === 'map' ? section.entries[0]?.value : undefined;
  if (first?.kind === 'map' && isPandaStep(first)) return 'yes';
  const steps = portsOf(section).flatMap(({ node }) => (node.kind === 'map' ? [node] : []));
  if (steps.some(isPandaStep)) return 'yes';
  if (steps.some(hasLoopHint)) return 'yes';
  const runs = steps.flatMap((step) => valueOf(step, 'run') ?? []).filter((run) => run.kind === 'scalar');
  return runs.length === 0 ? 'no' : runs;
}

function isPandaStep(step: MapNode): boolean {
  const run = textOf(valueOf(step, 'run'));
  if (run === undefined) return false;
  const name = posix.basename(run);
  if (leafTypes.some((type) => type === name) || name === 'prun.cwl' || name === 'phpo.cwl') return true;
  return portsOf(valueOf(step, 'in')).some((port) =>
    /^opt_(?:exec|args|inDS|trainingDS|containerImage)$/.test(port.name),
  );
}

/** `hints: [loop]` is understood by nobody else. */
function hasLoopHint(step: MapNode): boolean {
  const hints = valueOf(step, 'hints');
  return hints?.kind === 'sequence' && hints.items.some((item) => textOf(item) === 'loop');
}
