// What follows for a loop when all tasks of an iteration have ended. Pure; the picture stands at `LoopRuntime`.
import { isFinalTask } from '../../records.ts';
import type { LoopRuntime, TaskRuntime } from '../runtime.ts';
import type { Layout } from './layout.ts';
import { nextParameters } from './loop-parameters.ts';
import type { LoopParameters } from './loop-parameters.ts';
import { oddities } from './results.ts';
import { unfoldIteration } from './unfold.ts';
import type { Unfolded } from './unfold.ts';

export type LoopDecision =
  | {
      readonly kind: 'begin-iteration';
      readonly loop: LoopRuntime;
      readonly number: number;
      readonly parameters: LoopParameters;
      readonly unfolded: Unfolded;
      /** What is odd about the results that it begins with; `undefined`: nothing. */
      readonly note: string | undefined;
    }
  | {
      readonly kind: 'end-loop';
      readonly loop: LoopRuntime;
      /** The junction asked for more than there will be, so it has not done all of its work. */
      readonly isCutShort: boolean;
      /** Said with the junction. */
      readonly note: string | undefined;
    };

/** Iterations that a loop may have unless the user says otherwise: PanDA has no such limit, but a junction that never ends
 *  its loop would fill this machine. */
export const defaultMaxIterations = 100;

/** The junction whose results decide; `undefined`: the loop has none. */
export function decidingJunction(loop: LoopRuntime): TaskRuntime | undefined {
  const id = loop.site.junctions.at(-1);
  return loop.tasks.find((task) => task.spec.stepId === id);
}

/** What follows for a loop; `undefined`: its iteration goes on, or it has ended. */
export function decideLoop(
  loop: LoopRuntime,
  layout: Layout,
  limits: { readonly killing: boolean; readonly maxIterations: number },
): LoopDecision | undefined {
  const { ended, tasks, inner, number, parameters, site, path } = loop;
  if (ended || !tasks.every((task) => isFinalTask(task.status)) || !inner.every((one) => one.ended))
    return undefined;
  const end = (note?: string, isCutShort = false): LoopDecision => {
    return { kind: 'end-loop', loop, note, isCutShort };
  };
  const results = site.junctions.flatMap((id) => tasks.find((task) => task.spec.stepId === id) ?? []);
  const found = results.flatMap((junction) => junction.jobs.flatMap((job) => job.results ?? []));
  const odd = [...new Set(found.flatMap((one) => oddities(one, parameters)))];
  const decided = decidingJunction(loop)
    ?.jobs.flatMap((job) => job.results ?? [])
    .at(-1);
  if (limits.killing) return end();
  if (decided === undefined) return end(noResults(loop));
  if (!decided.toContinue) return end(sentence(odd));
  if (loop.isLast) return end(`the loop was finished by the user after iteration ${number}`, true);
  if (number >= limits.maxIterations) {
    const often = number === 1 ? 'one iteration' : `${number} iterations`;
    const limit = `the loop was ended after ${often}, the most that may run here (\`--max-iterations\`)`;
    return end(sentence([...odd, `${limit}; its junction asked for more`]), true);
  }
  const next = nextParameters(
    parameters,
    found.map((one) => one.values),
  );
  const unfolded = unfoldIteration(layout, site, path, { number: number + 1, parameters: next });
  if (unfolded.faults.length > 0) return end(sentence([...odd, ...unfolded.faults]), true);
  return {
    kind: 'begin-iteration',
    loop,
    number: number + 1,
    parameters: next,
    unfolded,
    note: sentence(odd),
  };
}

/** Only a junction that ran to its end can have forgotten the file. */
function noResults(loop: LoopRuntime): string | undefined {
  return decidingJunction(loop)?.status === 'done'
    ? `it left no \`results.json\`, so the loop ended after iteration ${loop.number}`
    : undefined;
}

function sentence(parts: readonly string[]): string | undefined {
  return parts.length === 0 ? undefined : parts.join('; ');
}
