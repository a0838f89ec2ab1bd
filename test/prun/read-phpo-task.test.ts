// What `phpo` submits, taken apart again: the search must be the one that its command line meant.
import { describe, expect, it } from 'vitest';
import type { ReadText } from '../../src/base/read-text.ts';
import { readHpoSpec } from '../../src/prun/hpo-spec.ts';
import { phpoTask } from '../../src/prun/phpo-task.ts';
import { isPhpoTask, readPhpoTask } from '../../src/prun/read-phpo-task.ts';

const readerOf =
  (texts: Readonly<Record<string, string>>): ReadText =>
  (path) => {
    const text = texts[path];
    return text === undefined ? { ok: false, reason: 'missing', detail: 'is missing' } : { ok: true, text };
  };
const files = readerOf({
  'space.json': '{"x": {"type": "Scalar", "bounds": [0, 1]}}',
  'segments.json': '[{"name": "A", "files": ["a"]}, {"name": "B", "datasets": ["d"]}]',
});
const least = [
  '--steeringExec=run --rm -v $(pwd):/w a/b sh -c "s %IN %OUT %NUM_POINTS %MAX_POINTS"',
  '--evaluationContainer=docker://a/e:1',
  `--evaluationExec=python3 e.py "%IN_DATA" --out '50%' > log`,
];

describe('a task of phpo', () => {
  it.each([
    ['with defaults', []],
    [
      'with everything',
      [
        '--steeringContainer=a/steer:2',
        '--searchSpaceFile=space.json',
        '--maxPoints=30',
        '--nPointsPerIteration=5',
        '--minUnevaluatedPoints=2',
        '--nParallelEvaluation=4',
        '--maxEvaluationJobs=17',
        '--maxPointsPerEvaluationJob=3',
        '--evaluationInput=in.json',
        '--evaluationOutput=out.json',
        '--evaluationMeta=meta.json',
        '--evaluationMetrics=m.tgz',
        '--trainingDS=user.a.in/',
        '--evaluationTrainingData=ds.json',
        '--checkPointToSave=a,b',
        '--checkPointInterval=7',
        '--checkPointToLoad=c.tgz',
      ],
    ],
    [
      'in segments',
      ['--segmentSpecFile=segments.json', '--searchSpaceFile=space.json', '--trainingDS=user.a.in/'],
    ],
  ])('%s means what was typed', (_name, more) => {
    const words = [...least, ...more, '--outDS', 'user.a.h'];
    const task = phpoTask(words, '-a jobO.1.tar.gz --sourceURL https://x', files);
    if (!task.ok) throw new Error(task.problems.join());
    expect(isPhpoTask(task.parameters)).toBe(true);
    const read = readPhpoTask(task.parameters);
    if (!read.ok) throw new Error(read.problems.join());
    expect([read.name, read.archive]).toEqual(['user.a.h', 'jobO.1.tar.gz']);
    expect(readHpoSpec(read.words, readerOf(read.texts))).toEqual(readHpoSpec(words, files));
  });

  it('that is not whole is refused', () => {
    expect(readPhpoTask({ hpoWorkflow: true })).toEqual({
      ok: false,
      problems: [
        '`taskName` is missing',
        '`hpoRequestData` is missing',
        '`jobParameters` is missing or empty',
      ],
    });
  });
});
