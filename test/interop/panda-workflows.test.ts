// Workflows in all three languages between the official PanDA client and ours: theirs run to the end on our server and ours fetches what
// they made; ours are seen by theirs.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unpackTarGz } from '../../src/archive/unpack.ts';
import { describeWithClient, type PythonClient } from '../rigs/python-client.ts';
import { joiningChain } from '../rigs/small-chain.ts';
import { numberAfter, PandaClientRig } from './panda-rig.ts';

const native = `name: chain
inputs: {data: user.alice.numbers_seed.txt}
outputs: {result: {from: bottom/outDS, output_types: [results.txt]}}
steps:
  top:
    type: prun
    inDS: "{data}"
    args: --outputs twice.txt --nFilesPerJob 1
    exec: awk '{print 2 * $1}' %IN > twice.txt
  bottom:
    type: prun
    inDS: top/outDS
    args: --outputs results.txt
    exec: cat $(echo %IN | tr , ' ') > results.txt
`;

const snakefile = `rule all:
    params: name="chain"
    input: "out.bottom"

rule top:
    params:
        opt_exec="echo %RNDM:10 > seed.txt",
        opt_args="--outputs seed.txt --nJobs 3"
    output: "out.top"
    shell: "prun"

rule bottom:
    params:
        opt_inDS=rules.top.output[0],
        opt_exec="cat $(echo %IN | tr , ' ') > results.txt",
        opt_args="--outputs results.txt"
    input: rules.top.output
    output: "out.bottom"
    shell: "prun"
`;

describeWithClient('workflows of panda-client', 'PCHAIN_TEST_PANDA_CLIENT', (client) => suite(client, true));
describeWithClient('workflows of panda-client with curl', 'PCHAIN_TEST_PANDA_CLIENT_CURL', (client) =>
  suite(client, false),
);

/** @param isLatest it has templates, and asks how native workflows are */
function suite(client: PythonClient, isLatest: boolean): void {
  const rig = new PandaClientRig(client);
  const ours = { env: { PANDA_NICKNAME: 'alice' } };
  beforeAll(async () => {
    await rig.start();
    rig.cli.write({ 'w.cwl': joiningChain, 'none.yaml': '', 'w.yaml': native, Snakefile: snakefile });
    // The dataset that the native workflows read.
    const made = await rig.say(
      ...['prun', '--exec', 'echo %RNDM:1 > seed.txt', '--outputs', 'seed.txt', '--nJobs', '3'],
      ...['--outDS', 'user.alice.numbers', '--noBuild'],
    );
    await rig.taskStatus(numberAfter('new jediTaskID=', made), 'done');
  });
  afterAll(() => rig.stop());

  /** Follows a request to its end and gives the text of its results. */
  const fetched = async (id: number, name: string): Promise<string> => {
    const followed = await rig.cli.run(['follow', String(id)]);
    expect(followed.exitCode, followed.stderr).toBe(0);
    const tar = `${name}.tar.gz`;
    const got = await rig.cli.run(['fetch', String(id), '--output', tar]);
    expect(got.exitCode, got.stderr).toBe(0);
    const out = join(rig.cli.work, name);
    await unpackTarGz(join(rig.cli.work, tar), out, { maxBytes: 1e6, maxMembers: 100 });
    const files = rig.cli
      .filesBelow(out)
      .filter((file) => /\._0+\d+\.(?:results\.txt|merge\.root)$/.test(file));
    expect(files).toHaveLength(1);
    return readFileSync(join(out, files[0] ?? ''), 'utf8');
  };

  describe('submitted by theirs', () => {
    const submitted = (said: string): number => numberAfter('successfully submitted with request_id=', said);
    const workflow = (said: string): number => numberAfter("succeeded with: \\(True, {'workflow_id': ", said);

    it('in CWL', async () => {
      const said = await rig.say(
        ...['pchain', '--cwl', 'w.cwl', '--yaml', 'none.yaml', '--outDS', 'user.alice.cwl'],
      );
      expect(await fetched(submitted(said), 'cwl')).toBe('10\n11\n12\n');
    });

    it('as a Snakefile', async () => {
      const check = await rig.say(
        'pchain',
        '--snakefile',
        'Snakefile',
        '--outDS',
        'user.alice.sm',
        '--check',
      );
      expect(check).toContain('successfully verified workflow description');
      const said = await rig.say('pchain', '--snakefile', 'Snakefile', '--outDS', 'user.alice.sm');
      expect(await fetched(submitted(said), 'snakemake')).toBe('10\n11\n12\n');
    });

    it('in the native description, by pchain_native', async () => {
      const said = await rig.say('pchain_native', '--wfd', 'w.yaml', '--outDS', 'user.alice.wfd');
      expect(await fetched(workflow(said), 'native')).toBe('2\n4\n6\n');
    });

    it('in CWL and as a Snakefile by pchain_native', async () => {
      const cwl = await rig.say(
        ...['pchain_native', '--cwl', 'w.cwl', '--yaml', 'none.yaml', '--outDS', 'user.alice.ncwl'],
      );
      expect(await fetched(workflow(cwl), 'native-cwl')).toBe('10\n11\n12\n');
      const snake = await rig.say(
        ...['pchain_native', '--snakefile', 'Snakefile', '--outDS', 'user.alice.nsm'],
      );
      expect(await fetched(workflow(snake), 'native-snakemake')).toBe('10\n11\n12\n');
    });

    it.runIf(isLatest)('from the template of pchain_native, which gets one file out of many', async () => {
      // Files are counted by Rucio's own library, and merged by ROOT's own program: both are stand-ins here.
      const library = join(rig.cli.directory, 'rucio-clients');
      const files: Readonly<Record<string, string>> = {
        'rucio/__init__.py': '',
        'rucio/client.py': `class Client:\n    def list_files(self, scope, name):\n        return range(3)\n`,
      };
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(library, name)), { recursive: true });
        writeFileSync(join(library, name), text);
      }
      rig.cli.write({ 'merge.sh': '#!/bin/sh\ncat $(tr , " " < $2) > $1\n' });
      chmodSync(join(rig.cli.work, 'merge.sh'), 0o755);
      const { stdout } = await rig.run(
        [
          ...['pchain_native', '--template', 'multistep_merge', '--inDS', 'user.alice.numbers_seed.txt'],
          ...['--prunFlags', 'maxNFilesPerJob=2', '--outDS', 'user.alice.theirs'],
        ],
        { env: { PYTHONPATH: library, PYTHONPATH_ORIG: library } },
      );
      const theirs = workflow(stdout);
      expect(await fetched(theirs, 'template')).toBe('1\n2\n3\n');
      // The very same command given to ours makes the same workflow.
      const own = await rig.cli.run(
        [
          ...['--template', 'multistep_merge', '--inDS', 'user.alice.numbers_seed.txt'],
          ...['--prunFlags', 'maxNFilesPerJob=2', '--outDS', 'user.alice.own', '--wait'],
        ],
        ours,
      );
      expect(own.exitCode, own.stderr).toBe(0);
      const stepsOf = async (id: number): Promise<unknown> => {
        const { steps } = (await rig.ask(`workflow/get_workflow_details?workflow_id=${id}`)) as {
          steps: { name: string; status: string; parent_step_ids: number[] }[];
        };
        return steps.map(({ name, status, parent_step_ids }) => ({ name, status, parent_step_ids }));
      };
      const mine = numberAfter('submitted as request ', own.stderr);
      expect(await stepsOf(mine)).toEqual(await stepsOf(theirs));
    });

    it('is not, where pchain_native is told not to', async () => {
      const before = await rig.ask('task/get_tasks_detailed_info_since');
      const { exitCode } = await rig.run([
        'pchain_native',
        '--wfd',
        'w.yaml',
        '--outDS',
        'user.alice.dry',
        '--noSubmit',
      ]);
      expect(exitCode).toBe(0);
      expect(await rig.ask('task/get_tasks_detailed_info_since')).toEqual(before);
    });

    it('is refused in words by pchain_native', async () => {
      rig.cli.write({ 'wrong.yaml': native.replace('top/outDS', 'topp/outDS') });
      const said = await rig.say('pchain_native', '--wfd', 'wrong.yaml', '--outDS', 'user.alice.wrong');
      expect(said).toContain('wfd/unknown-source');
    });
  });

  describe('submitted by ours', () => {
    it.each([
      ['CWL', ['--cwl', 'w.cwl']],
      ['Snakemake', ['--snakefile', 'Snakefile']],
      ['WFD', ['--wfd', 'w.yaml']],
    ])('in %s are seen by theirs', async (language, args) => {
      const outDS = `user.alice.our${language.toLowerCase()}`;
      const result = await rig.cli.run([...args, '--outDS', outDS, '--wait'], ours);
      expect(result.exitCode, result.stderr).toBe(0);
      const id = numberAfter('submitted as request ', result.stderr);
      expect(await rig.say('pbook', 'show', String(id))).toMatch(
        new RegExp(`400\\d+ +${id} +done +100% +${outDS}_00\\d_bottom/`),
      );
      if (!isLatest) return;
      const shown = await rig.say('pbook', 'show_native_workflow', String(id));
      expect(shown).toContain(`workflow_id=${id}  name="${outDS}"  status=done`);
      expect(shown).toMatch(/2 +bottom +done +panda_task +user +100% +400\d+ +top/);
    });
  });
}
