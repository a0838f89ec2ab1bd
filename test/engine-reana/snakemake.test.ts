// Snakemake workflows, by a stand-in for the `snakemake` command; and without one.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { UnsupportedError } from '../../src/base/errors.ts';
import { engineRig, until } from '../reana-server/rig.ts';
import type { EngineRig } from '../reana-server/rig.ts';

let rig: EngineRig | undefined;
let programs: string | undefined;
afterEach(() => {
  rig?.close();
  rig = undefined;
  if (programs !== undefined) rmSync(programs, { recursive: true, force: true });
});

const specification = {
  inputs: { parameters: { events: 20 } },
  workflow: { type: 'snakemake', file: 'Snakefile', specification: null },
};

describe('a Snakemake workflow', () => {
  it('is refused where there is no `snakemake`, with what to do about it', () => {
    const own = engineRig(2, { environment: { PATH: '/nowhere' } });
    rig = own;
    const create = () => own.engine.createRun({ name: 'fit', specification });
    expect(create).toThrow(UnsupportedError);
    expect(create).toThrow('a Snakemake workflow needs the command `snakemake`, which is not installed here');
  });

  it('is run by `snakemake` in the workspace, with its parameters', async () => {
    programs = mkdtempSync(join(tmpdir(), 'pchain-snakemake-'));
    const path = join(programs, 'snakemake');
    // What Snakemake 7 and 8 take of what is asked for.
    writeFileSync(
      path,
      `#!/bin/bash
echo "$@" >> calls
[ "$1 $2 $3" = "--snakefile Snakefile --nocolor" ] || exit 2
shift 3
[ "$1" = --configfile ] && { cp "$2" config.json; shift 2; }
case "$1" in --unlock) exit 1 ;; --cores) [ "$3" = --rerun-incomplete ] || exit 2; cp Snakefile made; exit 0 ;; *) exit 2 ;; esac
`,
    );
    chmodSync(path, 0o755);
    rig = engineRig(2, { environment: { PATH: `${programs}:/usr/bin:/bin` } });
    const { engine } = rig;
    const run = engine.createRun({ name: 'fit', specification });
    writeFileSync(join(run.workspace, 'Snakefile'), 'rule all:\n');
    engine.startRun(run.id, {});
    await until('its end', () => ['finished', 'failed'].includes(engine.run(run.id)?.status ?? ''));
    expect(engine.run(run.id)).toMatchObject({ status: 'finished', stepsFinished: 1, error: undefined });
    expect(readFileSync(join(run.workspace, 'made'), 'utf8')).toBe('rule all:\n');
    expect(JSON.parse(readFileSync(join(run.workspace, 'config.json'), 'utf8'))).toEqual({ events: 20 });
  });
});
