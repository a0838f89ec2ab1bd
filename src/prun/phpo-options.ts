// The options of phpo, as panda-client 2.0.2 defines them; generated once from its argparse tables, kept by hand since.
import { flag, inGroup, integer, optionTable, text } from './option-table.ts';

/** Everything `phpo` takes. */
export const phpoOptions = optionTable(
  'phpo',
  [],
  [
    ...inGroup('input', [text('--trainingDS', null)]),
    ...inGroup('output', [text('--outDS', null), flag('--official')]),
    ...inGroup('config', [
      flag('--version'),
      text('--loadJson', null),
      text('--dumpJson', null),
      integer('--nParallelEvaluation', 1),
      integer('--maxPoints', 10),
      integer('--maxEvaluationJobs', null),
      integer('--maxPointsPerEvaluationJob', null),
      integer('--nPointsPerIteration', 2),
      integer('--minUnevaluatedPoints', null),
      text('--steeringContainer', null),
      text('--steeringExec', null),
      text('--searchSpaceFile', null),
      text('--evaluationContainer', null),
      text('--evaluationExec', null),
      text('--evaluationInput', 'input.json'),
      text('--evaluationTrainingData', 'input_ds.json'),
      text('--evaluationOutput', 'output.json'),
      text('--evaluationMeta', null),
      text('--evaluationMetrics', null),
      text('--checkPointToSave', null),
      text('--checkPointToLoad', null),
      integer('--checkPointInterval', null),
      text('--alrbArgs', null),
      text('--architecture', ''),
      text('--segmentSpecFile', null),
      flag('-v', { dest: 'verbose' }),
    ]),
    ...inGroup('submit', [
      text('--site', null),
      text('--workingGroup', null),
      flag('--noSubmit'),
      flag('-3', { dest: 'python3' }),
      text('--voms', null, { dest: 'vomsRoles' }),
      flag('--noEmail'),
    ]),
    ...inGroup('expert', [flag('--intrSrv')]),
    ...inGroup('help', [
      text('--helpGroup', null, { choices: ['INPUT', 'OUTPUT', 'CONFIG', 'SUBMIT', 'EXPERT', 'ALL'] }),
      flag('-h --help', { dest: 'help' }),
    ]),
  ],
);
