// Documents with one fault each, and tricky ones without any. What is expected stands in them: `fault: <code>` in a comment
// on the line of the fault, and `cwltool accepts this: <reason>` or `cwltool refuses this: <reason>` where cwltool says
// something else.
import { execFile, execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { Findings } from '../../src/base/finding.ts';
import type { ReadText } from '../../src/base/read-text.ts';
import { checkCwlDocument } from '../../src/cwl/documents/check.ts';
import { findingLine } from '../rigs/documents.ts';

interface Case {
  /** `broken/unknown-source.cwl` */
  readonly name: string;
  readonly text: string;
}

const folder = import.meta.dirname;
const casesIn = (group: 'broken' | 'valid'): readonly Case[] =>
  readdirSync(join(folder, group))
    .sort()
    .map((file) => ({ name: `${group}/${file}`, text: readFileSync(join(folder, group, file), 'utf8') }));
const broken = casesIn('broken');
const valid = casesIn('valid');

/** All findings of a case as lines. */
function findingsOf({ name }: Case): readonly string[] {
  const readText: ReadText = (path) => {
    try {
      return { ok: true, text: readFileSync(join(folder, path), 'utf8') };
    } catch (error) {
      return { ok: false, reason: 'missing', detail: String(error) };
    }
  };
  const findings = new Findings();
  checkCwlDocument(name, readText, findings);
  return findings.sorted().map((finding) => findingLine(finding, readText));
}

/** `3 cwl/unknown-type`: line and code of each error; the sources of one link count once. */
function errorsOf(lines: readonly string[]): readonly string[] {
  const places = lines.flatMap((line) => {
    const [, at, code] = /:(\d+):\d+: error\[([^\]]+)\]/.exec(line) ?? [];
    return at === undefined || code === undefined ? [] : [`${at} ${code}`];
  });
  return [...new Set(places)];
}

function expectedOf({ text }: Case): readonly string[] {
  return text.split('\n').flatMap((line, index) => {
    const code = /(?:#|\/\/) fault: (\S+)$/.exec(line)?.[1];
    return code === undefined ? [] : [`${index + 1} ${code}`];
  });
}

function exceptionOf({ text }: Case): string | undefined {
  return /^# cwltool (?:accepts|refuses) this: (.+)$/m.exec(text)?.[1];
}

describe('broken documents', () => {
  it('are many, of all classes and versions', () => {
    expect(broken.length).toBeGreaterThanOrEqual(60);
    const all = broken.map(({ text }) => text).join('\n');
    for (const word of [
      'CommandLineTool',
      'Workflow',
      'ExpressionTool',
      'Operation',
      'v1.0',
      'v1.1',
      'v1.2',
    ]) {
      expect(all).toContain(word);
    }
  });

  it('name one fault each', () => {
    expect(broken.filter((one) => expectedOf(one).length !== 1).map(({ name }) => name)).toEqual([]);
  });

  it.each(broken.map((one) => [one.name, one] as const))('%s', (_name, one) => {
    const lines = findingsOf(one);
    expect(errorsOf(lines), lines.join('\n')).toEqual(expectedOf(one));
  });
});

describe('valid documents', () => {
  it('are many', () => {
    expect(valid.length).toBeGreaterThanOrEqual(30);
  });

  it.each(valid.map((one) => [one.name, one] as const))('%s', (_name, one) => {
    expect(findingsOf(one)).toEqual([]);
  });
});

const cwltool = findCwltool();
const describeWithCwltool = (name: string, tests: () => void): void => {
  if (cwltool === undefined)
    describe.skip(`${name} (skipped: no cwltool here, \`apt-get install cwltool\`)`, tests);
  else describe(`${name}, version ${cwltool.version}`, tests);
};

describeWithCwltool('cwltool', () => {
  const accepted = new Map<string, boolean>();

  beforeAll(async () => {
    const names = [...broken, ...valid].map(({ name }) => name);
    // Two halves at once: it takes a quarter of a second for each document.
    const middle = Math.ceil(names.length / 2);
    const halves = await Promise.all([verdictsOf(names.slice(0, middle)), verdictsOf(names.slice(middle))]);
    for (const [name, verdict] of halves.flat()) accepted.set(name, verdict);
  }, 300_000);

  it.each(broken.map((one) => [one.name, one] as const))(
    'refuses %s, or the document says why not',
    (name, one) => {
      expect(accepted.get(name)).toBe(exceptionOf(one) !== undefined);
    },
  );

  it.each(valid.map((one) => [one.name, one] as const))(
    'accepts %s, or the document says why not',
    (name, one) => {
      expect(accepted.get(name)).toBe(exceptionOf(one) === undefined);
    },
  );
});

interface Cwltool {
  readonly version: string;
  /** What its first line says that it runs with. */
  readonly python: string;
}

function findCwltool(): Cwltool | undefined {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    const script = join(directory, 'cwltool');
    try {
      const python = /^#! ?(\S*python\S*)/.exec(readFileSync(script, 'utf8'))?.[1];
      if (python === undefined) continue;
      const version = execFileSync(script, ['--version'], { encoding: 'utf8' }).trim().split(' ').at(-1);
      return { version: version ?? 'unknown', python };
    } catch {
      // Not here, or not one that runs.
    }
  }
  return undefined;
}

async function verdictsOf(names: readonly string[]): Promise<readonly (readonly [string, boolean])[]> {
  const { stdout } = await promisify(execFile)(
    cwltool?.python ?? 'python3',
    [join(folder, 'cwltool-verdicts.py'), ...names],
    { cwd: folder, maxBuffer: 64 * 1024 * 1024 },
  );
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const value = JSON.parse(line) as { readonly path: string; readonly accepted: boolean };
      return [value.path, value.accepted] as const;
    });
}
