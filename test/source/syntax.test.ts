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

  it.each(['- ', '[', '{a: ', '? ', '- - ', '!!seq [', '&a - '])(
    'are none in a text that is nested too deeply to be read: %j',
    async (level) => {
      for (const depth of [400, 2_000, 50_000])
        expect(await syntaxFindings('w.cwl', level.repeat(depth))).toEqual([]);
    },
  );

  it('are none where every line goes one level deeper', async () => {
    const lines = Array.from({ length: 2_000 }, (_, depth) => `${' '.repeat(depth)}a:`);
    expect(await syntaxFindings('w.cwl', `${lines.join('\n')} "x" y\n`)).toEqual([]);
  });

  it('are told of long lines and many brackets, too', async () => {
    const text = `doc: |\n  ${'x-'.repeat(100)}\nlist: [${'[], '.repeat(1000)}]\na: "x" y\n`;
    expect(await syntaxFindings('w.cwl', text)).toHaveLength(1);
  });
});
