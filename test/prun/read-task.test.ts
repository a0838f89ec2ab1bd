// Task parameters back to a command line: what prun makes of an option is read as that option.
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../src/prun/parse-args.ts';
import type { PlainObject } from '../../src/prun/plain-value.ts';
import { prunOptions } from '../../src/prun/options.ts';
import { prunTask } from '../../src/prun/prun-task.ts';
import { readTask } from '../../src/prun/read-task.ts';
import { describeWithShared, sharedJson } from '../rigs/shared.ts';

function taskOf(words: readonly string[], image: string | null = null): PlainObject {
  const { values } = parseArguments(
    prunOptions,
    words.map((text) => ({ text, start: 0, end: 0 })),
  );
  const made = prunTask(values, image, { uuid: () => '<uuid>', readText: undefined });
  if (!made.ok) throw new Error(made.problems.join('; '));
  return made.parameters;
}

/** The words of an option by its flag. */
function wordsOf(task: PlainObject): Map<string, string> {
  const read = readTask(task);
  if (!read.ok) throw new Error(read.problems.join('; '));
  const pairs: [string, string][] = [];
  for (const [index, word] of read.words.entries()) {
    if (word.startsWith('--'))
      pairs.push([
        word,
        read.words[index + 1]?.startsWith('--') === false ? (read.words[index + 1] ?? '') : '',
      ]);
  }
  return new Map(pairs);
}

describe('a task that prun made', () => {
  it.each([
    ['--exec', `echo "a b" 'c' %RNDM:7 %IN ü > out.txt`],
    ['--exec', 'run --skip %SKIPEVENTS --max=%MAXEVENTS --first %FIRSTEVENT:100'],
    ['--outputs', 'out.txt,hist:h*.root,x*.dat'],
    ['--outputs', 'HIST:h.root'],
  ])('keeps its %s %s', (flag, value) => {
    const base = flag === '--exec' ? [] : ['--exec', 'true'];
    const words = wordsOf(taskOf([...base, flag, value, '--outDS', 'user.alice.x']));
    expect(words.get(flag)).toBe(value);
  });

  it('keeps its input, how it is cut, and its secondary inputs', () => {
    const words = wordsOf(
      taskOf([
        ...['--exec', 'cat %IN %IN2', '--outDS', 'user.alice.x', '--inDS', 'mc:a.b/,mc:c.d/'],
        ...['--nFilesPerJob', '3', '--nFiles', '9', '--nSkipFiles', '2', '--match', '*AOD*.root'],
        ...['--secondaryDSs', 'IN2#2#mc:bg/#*.root#1', '--reusableSecondary', 'IN2', '--useSecrets'],
      ]),
    );
    expect(Object.fromEntries(words)).toMatchObject({
      '--inDS': 'mc:a.b/,mc:c.d/',
      '--nFilesPerJob': '3',
      '--nFiles': '9',
      '--nSkipFiles': '2',
      '--match': '*AOD*.root',
      '--secondaryDSs': 'IN2#2#mc:bg/#*.root#1',
      '--reusableSecondary': 'IN2',
      '--useSecrets': '',
    });
  });

  it('keeps how its outputs are merged, its lists of inputs, and where it starts', () => {
    const words = wordsOf(
      taskOf([
        ...['--exec', 'true', '--outDS', 'user.alice.x', '--inDS', 'mc:a', '--outputs', 'a.txt,b.root'],
        ...['--mergeOutput', '--mergeScript', 'join -o %OUT %IN', '--nGBPerMergeJob', '4'],
        ...['--writeInputToTxt', 'IN:in.lis', '--execWithRealFileNames', '--allowNoOutput', 'b.root'],
        ...['--memory', '4000', '--fixedRamCount', '--maxWalltime', '3'],
        ...['--skipFilesUsedBy', '40000001,40000002', '--notSkipLog'],
      ]),
    );
    expect(Object.fromEntries(words)).toMatchObject({
      '--mergeOutput': '',
      '--memory': '4000',
      '--fixedRamCount': '',
      '--maxWalltime': '3',
      '--mergeScript': 'join -o %OUT %IN',
      '--nGBPerMergeJob': '4',
      '--writeInputToTxt': 'IN:in.lis',
      '--execWithRealFileNames': '',
      '--allowNoOutput': 'b\\.root',
      '--skipFilesUsedBy': '40000001,40000002',
      '--notSkipLog': '',
    });
  });

  it('tells what only a grid can do with it', () => {
    const read = readTask(
      taskOf(['--exec', 'true', '--outDS', 'user.alice.x', '--site', 'CERN', '--outDiskCount', '8']),
    );
    expect(read).toMatchObject({ ok: true, withoutEffect: ['--site', '--outDiskCount'] });
  });
});

describe('task parameters that are none', () => {
  it.each([
    [{}],
    [{ taskName: 'user.alice.x/' }],
    [{ taskName: 5, jobParameters: 'x' }],
    [{ taskName: 'user.alice.x/', jobParameters: [null, 1, 'x', []] }],
    [{ taskName: 'user.alice.x/', jobParameters: [{ type: 'constant', value: '-p "' }] }],
    [
      {
        taskName: 'user.alice.x/',
        jobParameters: [{ value: '-p "' }, { value: '%zz%' }],
        buildSpec: 7,
        nFiles: {},
      },
    ],
  ])('%j', (task) => {
    const read = readTask(task);
    if (read.ok) expect(read.words).toContain('%zz%');
    else expect(read.problems.length).toBeGreaterThan(0);
  });

  it('keep the directory of the sandbox that is the start, and the files that are meant', () => {
    const jobParameters: PlainObject[] = [
      { value: '-r run/here' },
      { value: '-i "${IN/T}"', dataset: 'mc:a', param_type: 'input', files: ['x.root', 7] },
      { value: '-p "' },
      { value: 'true' },
      { value: '"' },
    ];
    const read = readTask({ taskName: 'user.alice.x/', jobParameters });
    expect(read).toMatchObject({ ok: true, beside: { build: undefined, files: { IN: ['x.root'] } } });
    expect(read.ok && read.words.slice(read.words.indexOf('--workDir'))[1]).toBe('run/here');
  });
});

describeWithShared('recorded tasks', () => {
  const recorded = (name: string): PlainObject => {
    const recording = sharedJson('recordings', 'panda', `${name}.curl.json`) as {
      requests: { path: string; body: { json?: { task_parameters?: PlainObject } } }[];
    };
    const submit = recording.requests.find((request) => request.path.endsWith('/task/submit'));
    return submit?.body.json?.task_parameters ?? {};
  };

  it('of prun are read', () => {
    expect(readTask(recorded('prun_container_outputs'))).toEqual({
      ok: true,
      name: 'user.alice.prun1',
      words: [
        ...['--exec', 'echo hello > out.txt', '--outDS', 'user.alice.prun1', '--outputs', 'out.txt'],
        ...['--containerImage', 'docker://busybox'],
        ...['--maxNFilesPerJob', '200', '--nEvents', '3', '--nEventsPerJob', '1'],
      ],
      inputDatasets: [],
      beside: { build: undefined, files: {} },
      withoutEffect: ['--workingGroup'],
      archive: 'jobO.84280797-c144-41dc-b6ae-b5a5fa6e012e.tar.gz',
    });
    expect(readTask(recorded('prun_build'))).toMatchObject({
      ok: true,
      archive: 'sources.c91d93cd-8587-4ad9-ae3c-cf6f76d9dc1b.tar.gz',
    });
  });
});
