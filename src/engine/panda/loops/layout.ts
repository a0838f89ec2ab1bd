// The fixed side of a plan with loops: which loops stand around each step, whatever iteration they are in.
import { iterationMark } from '../../../prun/names.ts';
import { bundlesIn } from '../../../workflow/bundles.ts';
import type { LeafType } from '../../../workflow/model.ts';
import type { Plan, PlannedStep } from '../../../workflow/plan.ts';
import type { Gate } from '../task.ts';

export interface LeafSite {
  readonly step: PlannedStep;
  readonly type: LeafType;
  /** Step ids of the loops around it, outermost first. */
  readonly loops: readonly number[];
}

export interface LoopSite {
  readonly step: PlannedStep;
  /** Step ids of the loops around it, outermost first; without itself. */
  readonly loops: readonly number[];
  /** Its own gate and those of the sub-workflows around it. */
  readonly gates: readonly Gate[];
  /** Step ids of the junctions in its body; the last in PanDA's order decides whether it goes on. */
  readonly junctions: readonly number[];
}

export interface Layout {
  readonly plan: Plan;
  /** By step id, ascending. */
  readonly leaves: ReadonlyMap<number, LeafSite>;
  readonly loops: ReadonlyMap<number, LoopSite>;
  /** Ids of the leaves that stand for a step: of a sub-workflow all of its own. */
  readonly leavesBelow: ReadonlyMap<number, readonly number[]>;
  /** Dataset bases that carry the mark of an iteration, with the leaf that makes them. */
  readonly markedBases: ReadonlyMap<string, LeafSite>;
  /** The datasets in the containers of native sub-workflows. */
  readonly bundles: ReadonlyMap<string, readonly string[]>;
}

export function layoutOf(plan: Plan): Layout {
  const leaves: LeafSite[] = [];
  const loops = new Map<number, LoopSite>();
  const leavesBelow = new Map<number, readonly number[]>();
  const visit = (step: PlannedStep, around: readonly number[], gates: readonly Gate[]): readonly number[] => {
    const own = [...gates, { links: step.links, condition: step.condition }];
    if (step.type !== 'workflow') {
      leaves.push({ step, type: step.type, loops: around });
      leavesBelow.set(step.id, [step.id]);
      return [step.id];
    }
    if (step.loop) loops.set(step.id, loopSite(step, around, own));
    const inside = step.loop ? [...around, step.id] : around;
    const below = step.steps.flatMap((inner) => visit(inner, inside, own));
    leavesBelow.set(step.id, below);
    return below;
  };
  for (const step of plan.steps) visit(step, [], []);
  leaves.sort((a, b) => a.step.id - b.step.id);
  return {
    plan,
    leaves: new Map(leaves.map((leaf) => [leaf.step.id, leaf])),
    loops,
    leavesBelow,
    markedBases: new Map(
      leaves.flatMap((leaf) => {
        const base = leaf.step.outputs[0];
        return base?.includes(iterationMark) === true ? [[base, leaf] as const] : [];
      }),
    ),
    bundles: bundlesIn(plan),
  };
}

function loopSite(step: PlannedStep, loops: readonly number[], gates: readonly Gate[]): LoopSite {
  const junctions = step.steps.filter((inner) => inner.type === 'junction').map((inner) => inner.id);
  return { step, loops, gates, junctions };
}
