import { describe, expect, it } from 'vitest';
import type { ReadText } from '../../src/base/read-text.ts';
import { prunOptions } from '../../src/prun/options.ts';
import { parseArguments } from '../../src/prun/parse-args.ts';
import type { PlainObject, PlainValue } from '../../src/prun/plain-value.ts';
import { prunTask } from '../../src/prun/prun-task.ts';
import { splitShellWords } from '../../src/prun/shell-words.ts';
import { taskParameters, type TaskStep, type TaskTemplates } from '../../src/prun/task-params.ts';
import { describeWithShared, sharedJson } from '../rigs/shared.ts';

const templates: TaskTemplates = {
  container: {
    taskName: 'user.alice.x/',
    vo: 'atlas',
    architecture: '',
    transUses: '',
    transHome: null,
    processingType: 'panda-client-2.0.2-jedi-run',
    nMaxFilesPerJob: 200,
    sourceURL: 'https://panda.example',
    log: {
      dataset: 'user.alice.x.log/',
      container: 'user.alice.x.log/',
      type: 'template',
      value: 'user.alice.x.log.tgz',
    },
    jobParameters: [
      { type: 'constant', value: '-r .' },
      { type: 'constant', value: '-a jobO.1.tar.gz' },
      { type: 'constant', value: '-p "', padding: false },
      { type: 'constant', value: '__dummy_exec_str__', padding: false },
      { type: 'constant', value: '"' },
    ],
  },
  athena: {
    taskName: 'user.alice.x/',
    architecture: 'x86_64-centos7-gcc62-opt@centos7',
    transUses: 'Atlas-21.6.85',
    transHome: 'AnalysisTransforms-AthGeneration_21.6.85',
    jobParameters: [
      { type: 'constant', value: '-l ${LIB}' },
      { type: 'constant', value: '-p "', padding: false },
      { type: 'constant', value: '"' },
      { type: 'constant', value: '--useAthenaPackages ' },
    ],
    buildSpec: { archiveName: 'sources.1.tar.gz' },
  },
};

const readNothing: ReadText = (path) => ({ ok: false, reason: 'missing', detail: path });

function files(contents: Record<string, string>): ReadText {
  return (path) => {
    const text = contents[path];
    return text === undefined ? readNothing(path) : { ok: true, text };
  };
}

function make(line: string, step: Partial<TaskStep> = {}, readText: ReadText = readNothing) {
  const command = splitShellWords(line).words.map((word) => word.text);
  return taskParameters(
    {
      type: 'prun',
      taskName: 'user.alice.x_000_top',
      command: step.type === 'gitlab' ? [] : command,
      containerImage: undefined,
      useAthenaPackages: false,
      inputs: {},
      inputDatasets: [],
      parentTaskNames: [],
      isWorkflowOutput: true,
      ...step,
    },
    templates,
    { userName: 'Alice', basePlatform: 'centos7', uuid: () => 'UUID', readText },
  );
}

function parametersOf(...of: Parameters<typeof make>): PlainObject {
  const made = make(...of);
  if (!made.ok) throw new Error(made.problems.join('; '));
  return made.parameters;
}

const constants = (parameters: PlainObject): PlainValue[] =>
  (parameters['jobParameters'] as PlainObject[])
    .filter((item) => item['type'] === 'constant')
    .map((item) => item['value'] ?? null);
const problems = (...of: Parameters<typeof make>) => {
  const made = make(...of);
  return made.ok ? [] : made.problems;
};

const end = '--exec run --outDS user.alice.x_000_top';

describe('a prun step', () => {
  it('has the type `dummy` when it says nothing of outputs', () => {
    expect(make(end)).toMatchObject({ ok: true, outputTypes: ['dummy'] });
  });

  it('keeps what the template says where both say something', () => {
    const parameters = parametersOf(`--maxNFilesPerJob 5 --vo wlcg --site SITE --nCore 8 ${end}`);
    expect(parameters).toMatchObject({ nMaxFilesPerJob: 200, vo: 'atlas', site: 'SITE', coreCount: 8 });
  });

  it('is the only place that an image can come from', () => {
    expect(parametersOf(`--containerImage docker://a ${end}`)).not.toHaveProperty('container_name');
    expect(parametersOf(end, { containerImage: 'docker://b' })).toMatchObject({
      container_name: 'docker://b',
      architecture: '',
    });
    expect(parametersOf(end)).toMatchObject({ architecture: '@centos7' });
  });

  it('waits for its only parent by name', () => {
    expect(parametersOf(end, { parentTaskNames: ['p'] })).toMatchObject({
      noWaitParent: true,
      parentTaskName: 'p',
    });
    expect(parametersOf(end, { parentTaskNames: ['p', 'q'] })).not.toHaveProperty('parentTaskName');
  });

  it('with Athena uses the other template and a tag over its release', () => {
    const athena = { useAthenaPackages: true };
    expect(parametersOf(`${end} --useAthenaPackages`, athena)).toMatchObject({
      transUses: 'Atlas-21.6.85',
      buildSpec: { archiveName: 'sources.1.tar.gz' },
    });
    expect(parametersOf(`--athenaTag AthAnalysis,21.2.1 ${end} --useAthenaPackages`, athena)).toMatchObject({
      transUses: 'Atlas-21.2.1',
      transHome: 'AnalysisTransforms-AthAnalysis_21.2.1',
    });
    expect(
      parametersOf(`--athenaTag 21.2.1 --useAthenaPackages ${end}`, {
        ...athena,
        command: ['--athenaTag', '21.2.1', ...end.split(' ')],
      }),
    ).toMatchObject({
      transUses: 'Atlas-21.2.1',
    });
    const unbuilt = parametersOf(`--noBuild ${end} --useAthenaPackages`, athena);
    expect(unbuilt).not.toHaveProperty('buildSpec');
    expect(constants(unbuilt)).toContain('-a sources.1.tar.gz');
  });

  it('merges outputs', () => {
    const parameters = parametersOf(`--outputs a.root --mergeOutput --mergeLog --nGBPerMergeJob 5 ${end}`);
    expect(parameters).toMatchObject({
      mergeOutput: true,
      nGBPerMergeJob: 5,
      mergeSpec: {
        useLocalIO: 1,
        jobParameters: '-r . -a None --sourceURL ${SURL} ${TRN_OUTPUT:OUTPUT} ${TRN_LOG_MERGE:LOG_MERGE}',
      },
      log_merge: { dataset: 'user.alice.x_000_top.merge_log/' },
    });
  });

  it('keeps the order of outputs in the map for the transform', () => {
    expect(constants(parametersOf(`--outputs b,1,__proto__ ${end}`))).toContain(
      `-o "{'b': 'user.alice.$JEDITASKID._\${SN/P}.b', '1': 'user.alice.$JEDITASKID._\${SN/P}.1', ` +
        `'__proto__': 'user.alice.$JEDITASKID._\${SN/P}.__proto__'}"`,
    );
  });

  it('reads lists and options from files of the sandbox', () => {
    const sandbox = files({
      'ds.txt': '# old\nuser.a.b/\n\nuser.a.c/\n',
      'o.json': '{"nFilesPerJob": "7", "exec": "go"}',
    });
    const parameters = parametersOf(`--inDsTxt ds.txt --loadJson o.json ${end}`, {}, sandbox);
    expect(parameters).toMatchObject({ dsForIN: 'user.a.b/,user.a.c/', nFilesPerJob: 7 });
    expect(constants(parameters)).toContain('go');
  });

  it.each([
    ['--outDS user.alice.x_000_top', ['`--exec` is missing or empty']],
    [`--bad ${end}`, ['`prun` has no option `--bad`']],
    [`--outputs a,,b ${end}`, ['an output without a name: a comma too many in `--outputs`']],
    [`--secondaryDSs x ${end}`, ['`x` in `--secondaryDSs` is not `stream:nFiles:dataset[:match[:nSkip]]`']],
    [`--athenaTag 21.2.1 ${end}`, ['`--athenaTag` needs `--cmtConfig` in a workflow']],
    [
      `--useAthenaPackages ${end}`,
      ['`--useAthenaPackages` belongs in `opt_useAthenaPackages` of the step, not in its arguments'],
    ],
    [`--loadXML a.xml ${end}`, ['`--loadXML` cannot be used in a workflow']],
    [`--version ${end}`, ['`--version` ends the program, so the server cannot make a task of the step']],
    [`--inDsTxt none.txt ${end}`, ['`--inDsTxt` names `none.txt`, which is missing']],
    [`--loadJson none.json ${end}`, ['`--loadJson` names `none.json`, which is missing']],
    [
      `--transferType tape ${end}`,
      ['`--transferType` is a list of `root`, `direct`, `davs`, `file`, not `tape`'],
    ],
    [
      `--outputs ${Array.from({ length: 11 }, (_, index) => `o${index}`).join(',')} ${end}`,
      ['11 outputs, at most 10 are allowed without `--unlimitNumOutputs`'],
    ],
    [
      '--exec run --outDS user.alice.' + 'x'.repeat(120),
      [`the dataset \`user.alice.${'x'.repeat(120)}.log/\` has 136 characters, at most 132 are allowed`],
    ],
  ])('%s stops the request', (line, messages) => expect(problems(line)).toEqual(messages));

  it('needs a template', () => {
    const result = taskParameters(
      {
        type: 'prun',
        taskName: 't',
        command: [],
        containerImage: undefined,
        useAthenaPackages: true,
        inputs: {},
        inputDatasets: [],
        parentTaskNames: [],
        isWorkflowOutput: true,
      },
      { container: {} },
      { userName: 'A', basePlatform: undefined, uuid: () => 'U' },
    );
    expect(result).toEqual({
      ok: false,
      problems: ['the request brings no template for steps that use Athena packages'],
    });
  });
});

describe('a phpo step', () => {
  const needed = `--evaluationContainer img --evaluationExec 'go %IN' --steeringExec 'run x' --outDS user.alice.x_001_hpo`;

  it('copies the search space to each segment and counts for all of them', () => {
    const sandbox = files({
      'space.json': '{"x": [0, 1]}',
      'segments.json': '[{"name": "a"}, {"name": "b"}]',
    });
    const line = `--searchSpaceFile space.json --segmentSpecFile segments.json --maxPoints 5 --evaluationMetrics m.tgz ${needed}`;
    const parameters = parametersOf(line, { type: 'phpo' }, sandbox);
    const space = { x: [0, 1] };
    expect(parameters).toMatchObject({
      segmentedWork: true,
      segmentSpecs: [
        { name: 'a', id: 0 },
        { name: 'b', id: 1 },
      ],
      maxNumJobs: 20,
      totNumJobs: 10,
      hpoRequestData: {
        max_points: 10,
        opt_space: [
          { model_id: 0, search_space: space },
          { model_id: 1, search_space: space },
        ],
      },
    });
    expect(constants(parameters)).toContain('--segmentID=${SEGMENT_ID}');
    expect(constants(parameters)).toContain('-a jobO.1.tar.gz --sourceURL https://panda.example');
  });

  it('remembers its command line with the quotes of the original', () => {
    expect(parametersOf(`--maxPoints=3 ${needed}`, { type: 'phpo' })['cliParams']).toBe(
      '--maxPoints=3 --evaluationContainer img --evaluationExec "go %IN" --steeringExec "run x" --outDS user.alice.x_001_hpo',
    );
  });

  it.each([
    [
      '--outDS user.alice.x',
      ['`--evaluationContainer` is missing', '`--evaluationExec` is missing', '`--steeringExec` is missing'],
    ],
    [`--searchSpaceFile s.json ${needed}`, ['`--searchSpaceFile` names `s.json`, which is missing']],
    [`--segmentSpecFile bad.json ${needed}`, ['the file of `--segmentSpecFile` holds no list of segments']],
    [
      `--searchSpaceFile broken.json ${needed}`,
      ['`broken.json`, which `--searchSpaceFile` names, is not valid JSON'],
    ],
  ])('%s stops the request', (line, messages) => {
    expect(problems(line, { type: 'phpo' }, files({ 'bad.json': '{}', 'broken.json': '{' }))).toEqual(
      messages,
    );
  });
});

describe('a gitlab step', () => {
  it('needs its inputs, and a number for the project', () => {
    expect(
      problems('', {
        type: 'gitlab',
        inputs: {
          opt_api: 'u',
          opt_ref: 'r',
          opt_triggerToken: 't',
          opt_accessToken: 'a',
          opt_projectID: 'x',
        },
      }),
    ).toEqual(['a gitlab step needs `opt_site`', '`opt_projectID` is a whole number, not `x`']);
  });
});

describeWithShared('prun on its own, as panda-client 2.0.2 submits it', () => {
  const facts = sharedJson('facts', 'task-params.json') as Record<
    string,
    { payload: { task_parameters: PlainObject } }
  >;

  it.each([
    [
      'prun_container',
      'docker://busybox',
      `--exec 'echo hello > out.txt' --outDS user.alice.prun1 --containerImage docker://busybox`,
    ],
    [
      'prun_container_outputs_vo',
      'docker://busybox',
      `--exec 'echo hello > out.txt' --outDS user.alice.prun1 --outputs out.txt --nJobs 3 --vo wlcg --prodSourceLabel test --workingGroup wlcg`,
    ],
    [
      'prun_container_inds',
      'docker://busybox',
      `--exec 'echo %IN > out.txt' --outDS user.alice.prun2 --inDS user.alice.in/ --outputs out.txt --nFilesPerJob 10`,
    ],
  ])('%s', (name, image, line) => {
    const { values } = parseArguments(prunOptions, splitShellWords(line).words);
    const made = prunTask(values, image, { uuid: () => 'U', readText: undefined });
    const {
      osInfo: _os,
      cliParams: _cli,
      sourceURL: _url,
      ...recorded
    } = facts[name]?.payload.task_parameters ?? {};
    const text = JSON.stringify(recorded).replace(/-a jobO\.[^"]+\.tar\.gz/, '-a None');
    expect(made).toEqual({ ok: true, parameters: JSON.parse(text) as unknown });
  });
});
