// How far the credentials of a workflow reach: which step needs which, when each ends, and whether a loop would outlive it.
import type { Plan, PlannedStep } from '../workflow/plan.ts';

/** Something that a step needs and that can end. */
export interface Need {
  /** Name of a secret; `undefined`: the step takes all that PanDA keeps for the user. */
  readonly secret: string | undefined;
  /** Of the step, with those around it: `optimise/train`. */
  readonly step: string;
  /** The loops around it, outermost first. */
  readonly loops: readonly string[];
}

/** One credential, and who needs it. */
export interface Reach {
  /** `PanDA sign-in`, `secret VOMSPROXY`. */
  readonly name: string;
  readonly from: string;
  /** When it ends for good, milliseconds since 1970; `undefined`: never, or nobody knows. */
  readonly endsMs: number | undefined;
  /** `submission`, `following`, names of steps. */
  readonly neededBy: readonly string[];
  /** Loops that cannot go on without it. */
  readonly loops: readonly string[];
}

/** Who would outlive what. */
export interface Outlived {
  readonly reach: Reach;
  readonly endsMs: number;
  /** What would break: a loop; `undefined`: the workflow as a whole. */
  readonly loop: string | undefined;
}

/** The secrets that steps of a plan need, in the order of the steps. */
export function secretNeeds(plan: Plan): readonly Need[] {
  return plan.steps.flatMap((step) => needsOf(step, [], []));
}

/** The loops of a plan, at every depth. */
export function loopsOf(plan: Plan): readonly string[] {
  const inside = (step: PlannedStep, around: readonly string[]): readonly string[] => {
    const path = [...around, step.name];
    const own = step.loop ? [path.join('/')] : [];
    return [...own, ...step.steps.flatMap((inner) => inside(inner, path))];
  };
  return plan.steps.flatMap((step) => inside(step, []));
}

/** True when a step of that type is somewhere in the plan. */
export function hasStepOfType(plan: Plan, type: PlannedStep['type']): boolean {
  const isThere = (step: PlannedStep): boolean => step.type === type || step.steps.some(isThere);
  return plan.steps.some(isThere);
}

function needsOf(step: PlannedStep, around: readonly string[], loops: readonly string[]): readonly Need[] {
  const path = [...around, step.name];
  const name = path.join('/');
  const inLoops = step.loop ? [...loops, name] : loops;
  const own: Need[] = [];
  const need = (secret: string | undefined): void => {
    own.push({ secret, step: name, loops: inLoops });
  };
  if (step.type === 'reana') {
    need('REANA_ACCESS_TOKEN');
    for (const secret of offloadedSecrets(execOf(step))) need(secret);
  } else if (step.command.includes('--useSecrets')) need(undefined);
  return [...own, ...step.steps.flatMap((inner) => needsOf(inner, path, inLoops))];
}

function execOf(step: PlannedStep): string {
  const at = step.command.indexOf('--exec');
  return at < 0 ? '' : (step.command[at + 1] ?? '');
}

/** Names after `--secret` in a call of `pchain reana run`, which takes several. */
function offloadedSecrets(exec: string): readonly string[] {
  const names: string[] = [];
  let taking = false;
  for (const word of exec.split(/\s+/)) {
    if (word.startsWith('-')) taking = word === '--secret';
    else if (taking && /^[\w./-]+$/.test(word)) names.push(word.split('/').at(-1) ?? word);
    if (/[;&|]$/.test(word)) taking = false;
  }
  return [...new Set(names)];
}

/** A loop ends when its data say so. Without a word from the user it is taken to go on for a week. */
export const usualLoopMs = 7 * 24 * 3_600_000;

/** @param lastingMs how long the workflow may take, as the user says; `undefined`: nobody knows, and only loops are
 *    taken to be long */
export function outlived(
  reaches: readonly Reach[],
  nowMs: number,
  lastingMs: number | undefined,
): readonly Outlived[] {
  return reaches.flatMap((reach): Outlived[] => {
    const { endsMs, loops, neededBy } = reach;
    if (endsMs === undefined || endsMs >= nowMs + (lastingMs ?? usualLoopMs)) return [];
    const [loop] = loops;
    if (loop === undefined && (lastingMs === undefined || neededBy.length === 0)) return [];
    return [{ reach, endsMs, loop }];
  });
}
