// A submission becomes a request: looked at as a whole first, then stored with the tasks it begins with, in one change.
import type { Clock } from '../../base/clock.ts';
import { LocalError } from '../../base/errors.ts';
import type { RequestId } from '../../base/names.ts';
import type { NewRequest } from '../api.ts';
import { completeSpec, textReader } from '../hpo/task-spec.ts';
import type { FileRecord } from '../records.ts';
import type { PandaStore } from '../store/panda-store.ts';
import { externalDatasets, localFiles } from './external-datasets.ts';
import type { Journal } from './journal.ts';
import { layoutOf } from './loops/layout.ts';
import { begun, unfold } from './loops/unfold.ts';
import { addTasks } from './new-tasks.ts';
import { keepSandbox } from './jobs/sandbox-copy.ts';

export interface SubmitParts {
  readonly store: PandaStore;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly requestDirectory: (id: RequestId) => string;
  /** The files of a dataset that an earlier request made; `undefined`: there is none of that name. */
  readonly filesOf: (dataset: string) => readonly FileRecord[] | undefined;
}

/** @throws LocalError for a workflow that cannot begin; nothing is stored then */
export function storeRequest(
  { store, journal, clock, requestDirectory, filesOf }: SubmitParts,
  request: NewRequest,
): RequestId {
  const unfolded = unfold(layoutOf(request.plan), begun);
  const readText = textReader(request.search?.texts ?? {});
  const specs = unfolded.tasks.map((spec) => completeSpec(spec, readText).spec);
  const [fault] = unfolded.faults;
  if (fault !== undefined) throw new LocalError(`the workflow cannot begin: ${fault}`);
  const external = localFiles(externalDatasets(specs), request.localDatasets, filesOf);
  const nowMs = clock.nowMs();
  return journal.attempt((emit) => {
    const id = store.addRequest({
      name: request.name,
      userName: request.userName,
      status: 'Transforming',
      createdMs: nowMs,
      key: request.key,
      plan: request.plan,
      sandbox: request.sandbox === undefined ? undefined : 'sandbox.tar.gz',
      environment: request.environment,
      taskParameters: request.taskParameters,
      maxIterations: request.maxIterations,
      search: request.search,
      options: request.options,
    });
    addTasks(store, id, unfolded, nowMs);
    for (const [name, files] of external) {
      const dataset = store.datasets.add(name, id, undefined, true);
      for (const file of files) store.datasets.addFile(dataset, file, undefined);
    }
    if (request.sandbox !== undefined) keepSandbox(request.sandbox, requestDirectory(id));
    emit(id, { type: 'request', requestId: id, status: 'Transforming' });
    return id;
  });
}
