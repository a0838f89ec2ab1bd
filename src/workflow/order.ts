// The order in which the server handles the steps of one workflow, and circles of steps that wait for each other.
export interface StepOrder {
  /** Positions of steps. Steps in a circle, and those after them, are left out. */
  readonly positions: readonly number[];
  /** Each circle as positions: every step waits for the next, the last for the first. */
  readonly circles: readonly (readonly number[])[];
}

/** Sorts as the server does: it goes through the list again and again, takes every step whose parents have been taken, and
 *  counts a step as taken at once, within the same round. Source: panda-server `pcwl_utils.top_sort`.
 *  @param parents for each step the positions of those it waits for */
export function orderSteps(parents: readonly (readonly number[])[]): StepOrder {
  const { rounds, circles } = roundsOf(parents);
  const positions = parents.map((_, position) => position).filter((position) => rounds[position] !== never);
  positions.sort((a, b) => (rounds[a] ?? 0) - (rounds[b] ?? 0) || a - b);
  return { positions, circles };
}

/** Sorts as the server sorts a native workflow: it goes through the list once, and takes before each step whatever that step
 *  waits for. Source: panda-server `workflow_native_utils.parse_workflow_data`. */
export function orderDeep(parents: readonly (readonly number[])[]): StepOrder {
  const { rounds, circles, finished } = roundsOf(parents);
  return { positions: finished.filter((position) => rounds[position] !== never), circles };
}

/** The round of a step that is in a circle, or waits for one. */
const never = Infinity;

/** In which round each step is taken: after all parents; in their round if they come earlier in the list, else in the next. */
function roundsOf(parents: readonly (readonly number[])[]): {
  rounds: readonly (number | undefined)[];
  circles: (readonly number[])[];
  /** In the order in which the walk was done with them: every step after those it waits for. */
  finished: readonly number[];
} {
  const rounds = new Array<number | undefined>(parents.length).fill(undefined);
  const onPath = new Set<number>();
  const circles: (readonly number[])[] = [];
  const finished: number[] = [];
  for (let root = 0; root < parents.length; root++) {
    // An explicit path instead of recursion: a chain may be ten thousand steps long.
    const path: { position: number; next: number; round: number }[] = [];
    const enter = (position: number): void => {
      path.push({ position, next: 0, round: 0 });
      onPath.add(position);
    };
    if (rounds[root] === undefined) enter(root);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const parent = parents[top.position]?.[top.next];
      if (parent === undefined) {
        rounds[top.position] = top.round;
        finished.push(top.position);
        onPath.delete(top.position);
        path.pop();
        continue;
      }
      const round = rounds[parent];
      if (round !== undefined) {
        top.round = Math.max(top.round, round + (parent < top.position ? 0 : 1));
        top.next++;
      } else if (onPath.has(parent)) {
        const from = path.findIndex((entry) => entry.position === parent);
        circles.push(path.slice(from).map((entry) => entry.position));
        top.round = never;
        top.next++;
      } else {
        enter(parent);
      }
    }
  }
  return { rounds, circles, finished };
}
