import { describe, expect, it } from 'vitest';
import { syntaxFindings } from '../../src/source/syntax.ts';

describe('all syntax errors of a text', () => {
  it('are told one by one', async () => {
    const findings = await syntaxFindings('w.cwl', 'a: "x" y\nb: [1, 2\nc: 3\n');
    expect(findings.length).toBeGreaterThan(1);
    expect(findings.every(({ code, severity }) => code === 'yaml/syntax' && severity === 'error')).toBe(true);
  });

  it('are none in a good text', async () => {
    expect(await syntaxFindings('w.cwl', 'a: 1\n')).toEqual([]);
  });

  it('are none in a text that is nested too deeply to be read', async () => {
    expect(await syntaxFindings('w.cwl', '- '.repeat(20_000))).toEqual([]);
  });
});
