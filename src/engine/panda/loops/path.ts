// Where in the loops around it a task stands: the number of the iteration in each, outermost first, `[2, 1]`.

export type IterationPath = readonly number[];

/** As it is stored and shown: `2.1`; empty outside of all loops. */
export function pathText(path: IterationPath): string {
  return path.join('.');
}

export function pathFromText(text: string): IterationPath {
  return text === '' ? [] : text.split('.').map(Number);
}

/** The name of one thing of the plan in one iteration. */
export function instanceKey(stepId: number, path: IterationPath): string {
  return `${stepId}@${pathText(path)}`;
}

/** Negative when `a` comes before `b`: iterations of the same loop one after the other. */
export function comparePaths(a: IterationPath, b: IterationPath): number {
  for (let level = 0; level < Math.min(a.length, b.length); level++) {
    const difference = (a[level] ?? 0) - (b[level] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Sorts what stands in loops: iterations of the same loop one after the other, and within each the order of the plan, in
 *  which parents come before their children. */
export function byProgress(a: Standpoint, b: Standpoint): number {
  let shared = 0;
  while (shared < a.loops.length && a.loops[shared] === b.loops[shared]) shared++;
  const difference = comparePaths(a.path.slice(0, shared), b.path.slice(0, shared));
  return difference === 0 ? a.stepId - b.stepId : difference;
}

interface Standpoint {
  readonly stepId: number;
  readonly loops: readonly number[];
  readonly path: IterationPath;
}
