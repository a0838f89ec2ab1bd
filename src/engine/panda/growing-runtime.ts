// The runtime of a request with its indexes, which grow with every iteration of a loop.
import type { StoredRequest } from '../store/panda-store.ts';
import type { Layout } from './loops/layout.ts';
import { byProgress, instanceKey } from './loops/path.ts';
import type { LoopRuntime, RequestRuntime, TaskRuntime } from './runtime.ts';

export class GrowingRuntime implements RequestRuntime {
  readonly request: StoredRequest;
  readonly layout: Layout;
  readonly tasks: TaskRuntime[] = [];
  readonly instances = new Map<string, TaskRuntime>();
  readonly producers = new Map<string, TaskRuntime>();
  readonly searches: TaskRuntime[] = [];
  readonly loops = new Map<string, LoopRuntime>();
  killing: boolean;
  /** What belongs to one iteration of one loop. */
  readonly #bodies = new Map<string, { readonly tasks: TaskRuntime[]; readonly inner: LoopRuntime[] }>();

  constructor(
    request: StoredRequest,
    layout: Layout,
    tasks: readonly TaskRuntime[],
    loops: readonly LoopRuntime[],
  ) {
    this.request = request;
    this.layout = layout;
    this.killing = request.status === 'Cancelling';
    this.#add(
      [...tasks].sort((a, b) => byProgress(a.spec, b.spec)),
      loops,
    );
  }

  /** Goes on to the next iteration of a loop. */
  begin(
    loop: LoopRuntime,
    next: Pick<LoopRuntime, 'number' | 'parameters'>,
    tasks: readonly TaskRuntime[],
    inner: readonly LoopRuntime[],
  ): void {
    loop.number = next.number;
    loop.parameters = next.parameters;
    this.#add(tasks, inner);
    this.#fill(loop);
  }

  #add(tasks: readonly TaskRuntime[], loops: readonly LoopRuntime[]): void {
    for (const task of tasks) {
      const { spec } = task;
      this.tasks.push(task);
      this.instances.set(instanceKey(spec.stepId, spec.path), task);
      for (const output of spec.outputs) this.producers.set(output.dataset, task);
      if (spec.type === 'phpo') this.searches.push(task);
      const around = spec.loops.at(-1);
      if (around !== undefined) this.#body(instanceKey(around, spec.path)).tasks.push(task);
    }
    for (const loop of loops) {
      this.loops.set(instanceKey(loop.site.step.id, loop.path), loop);
      const around = loop.site.loops.at(-1);
      if (around !== undefined) this.#body(instanceKey(around, loop.path)).inner.push(loop);
    }
    for (const loop of loops) this.#fill(loop);
  }

  #fill(loop: LoopRuntime): void {
    const body = this.#body(instanceKey(loop.site.step.id, [...loop.path, loop.number]));
    loop.tasks = body.tasks;
    loop.inner = body.inner;
  }

  #body(key: string): { readonly tasks: TaskRuntime[]; readonly inner: LoopRuntime[] } {
    let body = this.#bodies.get(key);
    if (body === undefined) {
      body = { tasks: [], inner: [] };
      this.#bodies.set(key, body);
    }
    return body;
  }
}
