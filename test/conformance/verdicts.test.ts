// The official conformance documents: an error is found in those, and only those, that cwltool refuses.
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Findings } from '../../src/base/finding.ts';
import type { ReadText } from '../../src/base/read-text.ts';
import { checkCwlDocument } from '../../src/cwl/documents/check.ts';
import { describeWithShared, sharedPath } from '../rigs/shared.ts';
import { findingLine } from '../rigs/documents.ts';
import { exceptions } from './exceptions.ts';

interface Verdict {
  /** Below the folder of the suite. */
  readonly file: string;
  readonly verdict: 'valid' | 'invalid';
  readonly message: string;
}

const suite = ['corpus', 'cwl-v1.2'] as const;

function readVerdicts(): readonly Verdict[] {
  return readFileSync(sharedPath(...suite, 'verdicts.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const value = JSON.parse(line) as unknown;
      if (!isVerdict(value)) throw new Error(`no verdict: ${line}`);
      return value;
    });
}

function isVerdict(value: unknown): value is Verdict {
  return (
    typeof value === 'object' &&
    value !== null &&
    'file' in value &&
    typeof value.file === 'string' &&
    'verdict' in value &&
    (value.verdict === 'valid' || value.verdict === 'invalid') &&
    'message' in value &&
    typeof value.message === 'string'
  );
}

/** The errors of a document, as lines; what it runs and imports is read beside it. */
function errorsOf(file: string): readonly string[] {
  const folder = sharedPath(...suite, dirname(file));
  const readText: ReadText = (path) => {
    try {
      return { ok: true, text: readFileSync(join(folder, path), 'utf8') };
    } catch (error) {
      return { ok: false, reason: 'missing', detail: String(error) };
    }
  };
  const findings = new Findings();
  checkCwlDocument(basename(file), readText, findings);
  return findings
    .sorted()
    .filter((finding) => finding.severity === 'error')
    .map((finding) => findingLine(finding, readText));
}

describeWithShared('the official conformance documents', () => {
  const verdicts = readVerdicts();
  const results = verdicts.map(({ file, verdict, message }) => {
    const errors = errorsOf(file);
    const ours = errors.length > 0 ? 'invalid' : 'valid';
    return { file, verdict, message, ours, errors, exception: exceptions.find((one) => one.file === file) };
  });

  it('are all there', () => {
    expect(verdicts.length).toBeGreaterThan(300);
    const files = new Set(verdicts.map(({ file }) => file));
    expect(exceptions.map(({ file }) => file).filter((file) => !files.has(file))).toEqual([]);
  });

  it('are judged as cwltool judges them', () => {
    const disagreements = results
      .filter(({ verdict, ours, exception }) => verdict !== ours && exception === undefined)
      .map(({ file, verdict, message, errors }) =>
        [`${file}: cwltool says ${verdict}`, verdict === 'invalid' ? message : '', ...errors].join('\n    '),
      );
    expect(disagreements.join('\n')).toBe('');
  });

  it('are excepted only where the verdicts differ, as the exception says', () => {
    const settled = results
      .filter(
        ({ verdict, ours, exception }) =>
          exception !== undefined && (verdict === ours || exception.ours !== ours),
      )
      .map(({ file, ours }) => `${file} is ${ours} here and needs no exception, or another one`);
    expect(settled).toEqual([]);
  });

  it('are excepted for the error that the exception names', () => {
    const others = results.flatMap(({ file, exception, errors }) =>
      exception?.error === undefined || errors.every((line) => line.includes(`[${exception.error ?? ''}]`))
        ? []
        : [`${file}: ${errors.join(', ')}`],
    );
    expect(others).toEqual([]);
  });

  it('are summed up', () => {
    const count = (verdict: string, ours: string): number =>
      results.filter((result) => result.verdict === verdict && result.ours === ours).length;
    const agreed = count('valid', 'valid') + count('invalid', 'invalid');
    console.info(
      `conformance: ${results.length} documents, ${agreed} agreed (${count('invalid', 'invalid')} refused), ` +
        `${results.length - agreed} excepted: ${count('valid', 'invalid')} stricter, ${count('invalid', 'valid')} laxer`,
    );
    expect(agreed + exceptions.length).toBe(results.length);
  });
});

describe('the exceptions', () => {
  it('each have a reason', () => {
    for (const { reason } of exceptions) expect(reason.length).toBeGreaterThan(30);
    expect(new Set(exceptions.map(({ file }) => file)).size).toBe(exceptions.length);
  });
});
