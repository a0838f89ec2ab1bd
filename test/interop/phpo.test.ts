// The official `phpo` submits a search, which the embedded server runs to its end.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithClient, type PythonClient } from '../rigs/python-client.ts';
import { PandaClientRig } from './panda-rig.ts';

describeWithClient('phpo of panda-client', 'PCHAIN_TEST_PANDA_CLIENT', suite);

function suite(client: PythonClient): void {
  const rig = new PandaClientRig(client);
  beforeAll(async () => {
    await rig.start();
    rig.cli.write({
      'space.json': '{"x": {"type": "Scalar", "bounds": [0, 10]}}',
      'eval.sh': `x=$(sed 's/.*"x":\\([-0-9.e]*\\).*/\\1/' input.json)
awk -v x="$x" 'BEGIN { printf "{\\"status\\": 0, \\"loss\\": %.9f}", (x - 3) * (x - 3) }' > output.json
cp input.json metrics.tgz
`,
    });
  });
  afterAll(() => rig.stop());

  it('submits a search that finds the minimum', async () => {
    const said = await rig.say(
      'phpo',
      ...['--outDS', 'user.alice.search', '--searchSpaceFile', 'space.json', '--maxPoints', '12'],
      ...[
        '--steeringExec',
        'run --rm -v $(pwd):/w example.org/steer:1 sh -c "steer %IN %OUT %NUM_POINTS %MAX_POINTS"',
      ],
      ...['--evaluationContainer', 'docker://example.org/eval:1', '--evaluationExec', 'bash eval.sh'],
      ...['--evaluationMetrics', 'metrics.tgz', '--nParallelEvaluation', '2'],
    );
    const task = /jediTaskID=(\d+)/.exec(said)?.[1];
    expect(task, said).toBeDefined();
    const followed = await rig.cli.run(['follow', task ?? '']);
    expect(followed.exitCode, followed.stderr).toBe(0);
    const { stdout } = await rig.cli.run(['hpo', task ?? '', '--format', 'json']);
    const found = JSON.parse(stdout) as { best: { point: { x: number } }; points: readonly unknown[] };
    expect(found.points).toHaveLength(12);
    expect(Math.abs(found.best.point.x - 3)).toBeLessThan(0.5);
  });
}
