import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { faceRig, token } from '../reana-server/rig.ts';
import type { FaceRig } from '../reana-server/rig.ts';
import { analysisRig } from './rig.ts';
import type { AnalysisRig } from './rig.ts';

let face: FaceRig;
let rig: AnalysisRig;
let program: string;
let build: string;
beforeAll(async () => {
  // Below the project, so that native modules are found.
  build = mkdtempSync(join(import.meta.dirname, '../../node_modules/.pchain-build-'));
  program = join(build, 'offload.mjs');
  buildSync({
    entryPoints: [join(import.meta.dirname, 'offload-process.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['libsql'],
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
  });
  face = await faceRig();
  rig = analysisRig(face.url, {
    'reana.yaml': `inputs:
  directories: [data]
workflow:
  type: serial
  specification:
    steps:
      - environment: python:3.12
        commands: ['sleep 0.3; mkdir -p out; for f in data/*; do tr a b < $f > out/$(basename $f); done']
outputs:
  directories: [out]
`,
    ...Object.fromEntries(
      ['1', '2', '3'].map((name) => [`data/${name}.bin`, Buffer.alloc(400_000, `a${name}`)]),
    ),
  });
});
afterAll(async () => {
  await face.stop();
  rmSync(rig.directory, { recursive: true, force: true });
  rmSync(build, { recursive: true, force: true });
});

/** Runs the program until it ends, or kills it when it has told so many events.
 *  @returns the lines it printed */
function run(name: string, killAfter: number): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const argument = JSON.stringify({
      server: face.url,
      token: token.reveal(),
      directory: rig.directory,
      name,
    });
    const child = spawn(process.execPath, [program, argument], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      if (text.split('\n').length > killAfter) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', () => resolve(text.trim().split('\n')));
  });
}

it('an offload that is killed at any point goes on with the same run and gives the same tar', async () => {
  const whole = await run('whole', Infinity);
  const events = whole.slice(0, -1);
  expect(events.filter((event, index) => event !== events[index - 1])).toEqual([
    'checked',
    'connected',
    'run',
    'upload',
    'started',
    'status',
    'download',
    'packed',
  ]);
  const digest = (name: string): string =>
    createHash('sha256')
      .update(readFileSync(rig.path(`${name}.tar.gz`)))
      .digest('hex');
  const expected = digest('whole');

  // At the first and at the last event of each kind.
  const borders = events.flatMap((event, index) =>
    index + 1 < events.length && (event !== events[index - 1] || event !== events[index + 1])
      ? [index + 1]
      : [],
  );
  for (const killAfter of borders) {
    const name = `killed-${killAfter}`;
    await run(name, killAfter);
    // A tar under its final name is always the whole one.
    if (existsSync(rig.path(`${name}.tar.gz`))) expect(digest(name)).toBe(expected);
    // And once more in the middle of going on.
    await run(name, 3);
    const again = await run(name, Infinity);
    expect(again.at(-1)).toContain(`"runName":"${name}.1"`);
    expect(digest(name)).toBe(expected);
    expect(face.engine.runs().filter((candidate) => candidate.name === name)).toHaveLength(1);
    expect(
      readdirSync(rig.directory)
        .filter((left) => left.includes(name))
        .sort(),
    ).toEqual([`.pchain-reana-${name}.json`, `${name}.tar.gz`]);
  }
}, 300_000);
