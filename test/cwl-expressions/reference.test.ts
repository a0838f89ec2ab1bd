// Where expressions and references stand in a text.
import { describe, expect, it } from 'vitest';
import { parameterReferences } from '../../src/cwl/expressions/reference.ts';
import { containsExpression, expressionParts } from '../../src/cwl/expressions/scan.ts';

describe('containsExpression', () => {
  it.each(['$(a)', '${a}', 'x $(', '\\\\$(a)', '$$(a)'])('sees one in %j', (text) => {
    expect(containsExpression(text)).toBe(true);
  });

  it.each(['', '$', '$a', '$ (a)', '\\$(a)', '\\${a}', '\\\\\\$(a)', '%{DS1}'])('sees none in %j', (text) => {
    expect(containsExpression(text)).toBe(false);
  });
});

describe('expressionParts', () => {
  it('gives each part with its brackets', () => {
    const text = 'a $(f(1)) \\$(b) ${ return {}; } $(c';
    expect(expressionParts(text).map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`)).toEqual([
      'reference $(f(1))',
      'body ${ return {}; }',
      'reference $(c',
    ]);
  });

  it('ends a part with its own bracket although another is open', () => {
    const text = '$(inputs.a[1) and $(inputs.b)';
    expect(expressionParts(text).map(({ start, end }) => text.slice(start, end))).toEqual([
      '$(inputs.a[1)',
      '$(inputs.b)',
    ]);
  });
});

describe('parameterReferences', () => {
  it('gives names and indexes with their places', () => {
    const text = "-i $(inputs.reads[12]['a \\'b'].größe)";
    const [reference, ...others] = parameterReferences(text);
    expect(others).toEqual([]);
    expect(reference?.root).toBe('inputs');
    expect(reference?.path.map(({ name }) => name)).toEqual(['reads', 12, "a 'b", 'größe']);
    expect(reference?.path.map(({ start, end }) => text.slice(start, end))).toEqual([
      'reads',
      '12',
      "'a \\'b'",
      'größe',
    ]);
    expect(text.slice(reference?.start, reference?.end)).toBe("inputs.reads[12]['a \\'b'].größe");
  });

  it('passes over everything that is JavaScript, or no expression', () => {
    expect(
      parameterReferences('$(inputs.a + 1) ${return inputs.a} \\$(inputs.a) $(inputs.a ) $(inputs.a'),
    ).toEqual([]);
    expect(parameterReferences('$(inputs.) $(inputs[]) $(inputs[-1]) $() $(.a)')).toEqual([]);
  });
});
