import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
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
  // The outputs say how often the step ran, and are of all sizes: one large file, and more small ones than are asked for singly.
  rig = analysisRig(face.url, {
    'reana.yaml': `inputs:
  directories: [data]
workflow:
  type: serial
  specification:
    steps:
      - environment: python:3.12
        commands:
          - 'echo ran >> log; mkdir -p out; cp log data/large.bin out; for n in $(seq 50); do echo $n > out/$n; done'
outputs:
  directories: [out]
`,
    'data/large.bin': randomBytes(1_500_000),
    'data/small.txt': 'small',
  });
});
afterAll(async () => {
  await face.stop();
  rmSync(rig.directory, { recursive: true, force: true });
  rmSync(build, { recursive: true, force: true });
});

interface Point {
  /** As `kill-at.cjs` writes it down, with `NAME` for the name of the run. */
  readonly effect: string;
  /** How many of them there have been, with this one. */
  readonly times: number;
}

/** Runs the program until it ends, or is killed.
 *  @returns what it did to disk and network, and its last line */
async function run(
  name: string,
  point?: Point,
): Promise<{ readonly effects: readonly string[]; readonly last: string }> {
  const log = join(build, `${name}${point === undefined ? '' : '-killed'}`);
  const argument = JSON.stringify({
    server: face.url,
    token: token.reveal(),
    directory: rig.directory,
    name,
  });
  const killAt = point === undefined ? [] : [point.effect.replaceAll('NAME', name), point.times];
  const child = spawn(
    process.execPath,
    ['--require', join(import.meta.dirname, 'kill-at.cjs'), program, argument],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, EFFECTS: log, KILL_AT: JSON.stringify(killAt) },
    },
  );
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
  const [status, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (point === undefined) expect(status, text).toBe(0);
  else expect(signal, `${JSON.stringify(point)}: ${text}`).toBe('SIGKILL');
  return {
    effects: readFileSync(log, 'utf8').replaceAll(name, 'NAME').trim().split('\n'),
    last: text.trim().split('\n').at(-1) ?? '',
  };
}

const tarOf = (name: string): string => rig.path(`${name}.tar.gz`);
const digest = (name: string): string =>
  createHash('sha256')
    .update(readFileSync(tarOf(name)))
    .digest('hex');

/** The first of each kind of effect, and a later one where there are several. */
function pointsOf(effects: readonly string[]): readonly Point[] {
  const counts = new Map<string, number>();
  for (const effect of effects) counts.set(effect, (counts.get(effect) ?? 0) + 1);
  return [...counts].flatMap(([effect, count]) => {
    // A small file that is open and empty is no other case than one that is torn.
    if (/^(?:open|sync) .*\.(?:json|yaml)\.part$/.test(effect)) return [];
    return [{ effect, times: 1 }, ...(count > 1 ? [{ effect, times: Math.min(count, 3) }] : [])];
  });
}

it('an offload that is killed at any point goes on with the same run and gives the same tar', async () => {
  const { effects } = await run('whole');
  const expected = digest('whole');
  const points = pointsOf(effects);
  // Every phase is among them: secrets, creation, uploads, start, downloads of all kinds, packing, renaming, deletion.
  for (const phase of [
    'send POST /api/secrets/',
    'answer to POST /api/secrets/',
    'rename .fingerprints.json.part',
    'send POST /api/workflows',
    'answer to POST /api/workflows',
    'answer to POST /api/workflows/ID/workspace',
    'answer to POST /api/workflows/ID/start',
    'write a small file',
    'write to a part',
    'rename large.bin.part',
    'open NAME.tar.gz.part-X',
    'write NAME.tar.gz.part-X',
    'sync NAME.tar.gz.part-X',
    'rename NAME.tar.gz.part-X',
    'rename .pchain-reana-NAME.json.part',
    'rm .pchain-reana-NAME.outputs',
    'answer to PUT /api/workflows/ID/status',
  ])
    expect(points.map(({ effect }) => effect)).toContain(phase);

  for (const [index, point] of points.entries()) {
    const name = `killed-${index}`;
    const kind = JSON.stringify(point);
    await run(name, point);
    // A tar under its final name is always the whole one.
    if (existsSync(tarOf(name))) expect(digest(name), kind).toBe(expected);
    const { last } = await run(name);
    expect(last, kind).toContain(`"runName":"${name}.1"`);
    expect(digest(name), kind).toBe(expected);
    const runs = face.engine.runs().filter((candidate) => candidate.name === name);
    expect(
      runs.map(({ status }) => status),
      kind,
    ).toEqual(['deleted']);
    expect([...face.engine.reanaSecrets().keys()], kind).toContain(`secret-of-${name}`);
    const left = readdirSync(rig.directory).filter((entry) => entry.includes(name));
    expect(left.sort(), kind).toEqual([`.pchain-reana-${name}.json`, `${name}.tar.gz`]);
  }
}, 600_000);
