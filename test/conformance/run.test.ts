// The official tests, run: every one that needs no container.
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { javaScriptIn } from '../../src/engine/evaluation/javascript.ts';
import { Sandbox } from '../../src/engine/evaluation/sandbox.ts';
import { describeWithShared, sharedPath } from '../rigs/shared.ts';
import { notRun, otherContent } from './run-exceptions.ts';
import { runSuiteTest, suiteTests } from './run-suite.ts';
import { writeSuiteData } from './suite-data.ts';

/** Most tests wait for a process most of their time. */
const atATime = 6;

describeWithShared('the official CWL v1.2 tests', () => {
  const root = mkdtempSync(join(tmpdir(), 'pchain-cwl-'));
  cpSync(sharedPath('corpus', 'cwl-v1.2'), root, { recursive: true });
  writeSuiteData(join(root, 'tests'));
  // The tools say `python`.
  mkdirSync(join(root, 'bin'));
  symlinkSync(
    execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim(),
    join(root, 'bin', 'python'),
  );
  const sandbox = new Sandbox();
  const evaluate = javaScriptIn(sandbox);
  const environment = {
    PATH: `${join(root, 'bin')}:${process.env['PATH'] ?? '/usr/bin:/bin'}`,
    LC_ALL: 'C.UTF-8',
  };
  const tests = suiteTests(root, 'conformance_tests.yaml');
  const run = tests.filter((test) => notRun[test.id] === undefined);
  afterAll(() => {
    sandbox.close();
    rmSync(root, { recursive: true, force: true });
  });

  it('are all there, and so are the exceptions', () => {
    expect(tests.length).toBe(378);
    expect(tests.filter((test) => test.tags.includes('required')).length).toBeGreaterThan(80);
    const ids = new Set(tests.map((test) => test.id));
    expect([...Object.keys(notRun), ...Object.keys(otherContent)].filter((id) => !ids.has(id))).toEqual([]);
  });

  it('give the outputs they must, or fail where they must', { timeout: 300_000 }, async () => {
    const waiting = [...run];
    const wrong: string[] = [];
    const work = async (): Promise<void> => {
      for (let test = waiting.pop(); test !== undefined; test = waiting.pop()) {
        const content = otherContent[test.id] === undefined ? 'compared' : 'not compared';
        const difference = await runSuiteTest(test, { root, evaluate, environment, content });
        if (difference !== undefined) wrong.push(`${test.id} (${test.tool}): ${difference}`);
      }
    };
    await Promise.all(Array.from({ length: atATime }, work));
    expect(wrong.sort()).toEqual([]);
  });
});
