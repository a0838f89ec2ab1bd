// A gitlab step as a task of the engine: one job, which reads no files, and whose output is what its pipeline keeps.
import { datasetName } from '../../prun/outputs.ts';
import type { PlannedStep } from '../../workflow/plan.ts';
import { bareTask } from '../panda/task.ts';
import type { StepTask } from '../panda/task.ts';
import { artifactsType, pipelineSpec } from './spec.ts';

/** @throws LocalError naming the parameter that is missing or wrong */
export function pipelineTaskSpec(step: PlannedStep): StepTask {
  const name = step.outputs[0] ?? step.name;
  const pipeline = pipelineSpec(step);
  return {
    ...bareTask(step, 'gitlab', name),
    exec: `pipeline of project ${pipeline.projectId} at ${pipeline.ref}, ${pipeline.api}`,
    outputs: [
      {
        pattern: `.*\\.${artifactsType.replace('.', '\\.')}`,
        kind: 'regex',
        type: artifactsType,
        datasetSuffix: artifactsType,
        lfnSuffix: '',
        dataset: datasetName(name, artifactsType),
        mayBeAbsent: true,
      },
    ],
    pipeline,
  };
}
