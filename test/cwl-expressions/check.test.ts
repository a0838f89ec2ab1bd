// Faults of expressions: where they are shown, and in which words.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkExpressionLibrary,
  checkExpressionText,
  type ExpressionOptions,
} from '../../src/cwl/expressions/check.ts';

const on: ExpressionOptions = { javascript: true, expressionLib: [] };
const off: ExpressionOptions = { javascript: false, expressionLib: [] };

/** Each fault as `[what it marks] code: message (help)`. */
function faults(text: string, options: ExpressionOptions): readonly string[] {
  return checkExpressionText(text, options).map(({ start, end, code, message, help }) => {
    const told = help === undefined ? '' : ` (${help})`;
    return `[${text.slice(start, end)}] ${code}: ${message}${told}`;
  });
}

describe('texts without a fault', () => {
  it.each([
    '',
    'no expression at all',
    'costs 5$ (or less)',
    '$(inputs)',
    '$(self)',
    '$(null)',
    '$(true)',
    '$(runtime.cores)',
    '$(inputs.file.basename).txt',
    "$(inputs['a'][0])",
    '$(inputs["a b"].c)',
    "$(inputs.bar['b\\'az'])",
    'a $(inputs.a) b $(inputs.b) c',
    '\\$(date)',
    '\\${HOME}',
    '\\\\\\$(date)',
    '$(inputs.größe)',
    '$$(inputs.a)',
  ])('%j, with and without JavaScript', (text) => {
    expect(faults(text, on)).toEqual([]);
    expect(faults(text, off)).toEqual([]);
  });

  it.each([
    '$(1 + 1)',
    '$(inputs.a > 2 && !inputs.b)',
    "$({class: 'Directory', listing: []})",
    '${ return inputs.a; }',
    '${ if (inputs.a) { return \'}\'; } return "}"; }',
    '$("a ")$("string")',
    "$(')')",
    "${ // it's fine\n return 1; }",
    "${ /* } ' */ return 1; }",
    '${ return /[}"]/.test(self); }',
    '$(inputs.a.replace(/\\)/g, ""))',
    '$(inputs.total / inputs.parts / 2)',
    '${ return `a ${ [1].map((x) => `${x}`) } }`; }',
    '${ const { a, ...others } = inputs; return a ?? others; }',
    '${ return 1; // the last line\n}',
    '$(self /* note */)',
    '$(1)',
    '$(Math.PI)',
    '$(helper.name)',
    '${}',
  ])('%j, with JavaScript', (text) => {
    expect(faults(text, on)).toEqual([]);
  });
});

describe('syntax errors', () => {
  it('are shown at the character where JavaScript ends', () => {
    expect(faults('echo $(inputs.a +) now', on)).toEqual([
      '[)] cwl/bad-expression: `$(…)` is not JavaScript: something is missing at its end',
    ]);
    expect(faults('${ return inputs.a b; }', on)).toEqual([
      '[b] cwl/bad-expression: `${…}` is not JavaScript: unexpected `b`',
    ]);
    expect(faults('$(inputs.a) ${\n  var x = ;\n  return x;\n}', on)).toEqual([
      '[;] cwl/bad-expression: `${…}` is not JavaScript: unexpected `;`',
    ]);
  });

  it('are found in every expression of a text', () => {
    expect(checkExpressionText('$(1 +) and $(inputs.a) and $(2 +)', on).map(({ start }) => start)).toEqual([
      5, 32,
    ]);
  });

  it('say how statements are written', () => {
    expect(faults('$(return inputs.a)', on)).toEqual([
      '[return] cwl/bad-expression: `$(…)` is not JavaScript: unexpected `return` (`$(…)` holds one value; statements go into `${ … return …; }`)',
    ]);
    expect(faults('$(inputs.a;)', on)).toEqual([
      '[;] cwl/bad-expression: `$(…)` is not JavaScript: unexpected `;` (`$(…)` holds one value; statements go into `${ … return …; }`)',
    ]);
    expect(faults('${"a": 1}', on)).toEqual([
      '[:] cwl/bad-expression: `${…}` is not JavaScript: unexpected `:` (return the map: `${ return {…}; }`)',
    ]);
  });

  it('translate words of other languages', () => {
    expect(faults('$(inputs.a and inputs.b)', on)).toEqual([
      '[and] cwl/bad-expression: `$(…)` is not JavaScript: unexpected `and` (JavaScript writes `&&`)',
    ]);
    expect(faults('$(not inputs.a)', on)).toEqual([
      '[inputs] cwl/bad-expression: `$(…)` is not JavaScript: unexpected `inputs` (JavaScript writes `!`)',
    ]);
  });

  it('know commands and variables of a shell', () => {
    const help = 'write `\\$(` where the shell shall see `$(`';
    const message = '`$(…)` is not JavaScript: unexpected';
    expect(faults('$(date +%s)', on)).toEqual([`[%] cwl/bad-expression: ${message} \`%\` (${help})`]);
    expect(faults('$(hostname -f x)', off)).toEqual([`[x] cwl/bad-expression: ${message} \`x\` (${help})`]);
    expect(faults('${NAME%.*}', on)).toEqual([
      '[.] cwl/bad-expression: `${…}` is not JavaScript: unexpected `.` (write `\\${` where the shell shall see `${`)',
    ]);
  });

  it('hold in strict mode, as expressions run', () => {
    expect(faults('$(010 + 1)', on)).toHaveLength(1);
    expect(faults('${ with (inputs) { return a; } }', on)).toHaveLength(1);
  });

  it('are named for empty expressions', () => {
    expect(faults('a $() b', on)).toEqual(['[$()] cwl/bad-expression: `$()` is empty']);
    expect(faults('$(  )', off)).toEqual(['[$(  )] cwl/bad-expression: `$()` is empty']);
  });
});

describe('what is never closed', () => {
  it('is shown where it begins', () => {
    expect(faults('echo $(inputs.a', off)).toEqual(['[$(] cwl/bad-expression: `$(` is never closed']);
    expect(faults('${ return (inputs.a; }', on)).toEqual([
      '[;] cwl/bad-expression: `${…}` is not JavaScript: unexpected `;`',
    ]);
    expect(faults('$((inputs.a)', on)).toEqual(['[$(] cwl/bad-expression: `$(` is never closed']);
    expect(faults('${ if (x) { return 1; ', on)).toEqual([
      '[{] cwl/bad-expression: `{` is never closed, so `${` is not either',
    ]);
    expect(faults("$(inputs['a)", on)).toEqual([
      "['] cwl/bad-expression: the quote that begins here does not end, so `$(` is never closed",
    ]);
    expect(faults('${ /* return 1; }', on)).toEqual([
      '[/*] cwl/bad-expression: the comment that begins here does not end, so `${` is never closed',
    ]);
  });
});

describe('without an InlineJavascriptRequirement', () => {
  it('JavaScript is reported as a whole', () => {
    expect(faults('$(inputs.a + 1)', off)).toEqual([
      '[$(inputs.a + 1)] cwl/missing-javascript: `$(inputs.a + 1)` needs `InlineJavascriptRequirement`: it is JavaScript, not a reference like `inputs.name.size` (add `InlineJavascriptRequirement: {}` to `requirements`)',
    ]);
    expect(faults('${ return 1; }', off)).toEqual([
      '[${ return 1; }] cwl/missing-javascript: `${…}` needs `InlineJavascriptRequirement`: it is JavaScript (add `InlineJavascriptRequirement: {}` to `requirements`)',
    ]);
  });

  it('a variable of the shell may be meant', () => {
    expect(faults('${HOME}/x', off)).toEqual([
      '[${HOME}] cwl/missing-javascript: `${…}` needs `InlineJavascriptRequirement`: it is JavaScript (add `InlineJavascriptRequirement: {}` to `requirements`, or write `\\${` where the shell shall see `${`)',
    ]);
  });

  it('a name with a dash goes into brackets', () => {
    expect(faults('$(inputs.input-file)', off)).toEqual([
      "[$(inputs.input-file)] cwl/missing-javascript: `$(inputs.input-file)` needs `InlineJavascriptRequirement`: it is JavaScript, not a reference like `inputs.name.size` (write `$(inputs['input-file'])`)",
    ]);
  });

  it('references begin with a name that exists', () => {
    expect(faults('x $(input.a)', off)).toEqual([
      '[input] cwl/unknown-variable: there is no `input` in expressions, only `inputs`, `self` and `runtime` (did you mean `inputs`?)',
    ]);
    expect(faults('$(pwd)', off)).toEqual([
      '[pwd] cwl/unknown-variable: there is no `pwd` in expressions, only `inputs`, `self` and `runtime` (write `\\$(` where the shell shall see `$(`)',
    ]);
  });
});

describe('with JavaScript', () => {
  it('only a slip of the pen is certain to be an unknown name', () => {
    expect(faults('$(input.a)', on)).toEqual([
      '[input] cwl/unknown-variable: there is no `input` in expressions, only `inputs`, `self` and `runtime` (did you mean `inputs`?)',
    ]);
    expect(faults('$(input.a)', { javascript: true, expressionLib: ['var input = {a: 1};'] })).toEqual([]);
  });

  it('null has no fields in any case', () => {
    expect(faults('$(null.size)', on)).toEqual(['[size] cwl/bad-expression: `null` has no fields']);
  });
});

describe('where only one expression may stand', () => {
  const single: ExpressionOptions = { ...on, allowInterpolation: false };
  const told =
    'cwl/bad-expression: only one expression may stand here (leave only the expression; what is beside it makes the value a text)';

  it('blanks around it are fine', () => {
    expect(faults(' $(inputs.a)\n', single)).toEqual([]);
  });

  it('text beside it is reported', () => {
    expect(faults('!$(inputs.a)', single)).toEqual([`[!] ${told}`]);
    expect(faults('$(inputs.a) == 1', single)).toEqual([`[== 1] ${told}`]);
    expect(faults('$(inputs.a)$(inputs.b)', single)).toEqual([`[$(inputs.b)] ${told}`]);
  });
});

describe('scripts of a library', () => {
  it('are read as scripts', () => {
    expect(checkExpressionLibrary('function twice(x) { return 2 * x; }\nvar a = 010;')).toEqual([]);
    expect(checkExpressionLibrary('function twice(x { return 2 * x; }')).toEqual([
      {
        start: 17,
        end: 18,
        code: 'cwl/bad-expression',
        message: 'the script is not JavaScript: unexpected `{`',
        help: undefined,
      },
    ]);
    expect(checkExpressionLibrary('var a = [1, 2')).toMatchObject([
      { start: 13, end: 13, message: 'the script is not JavaScript: something is missing at its end' },
    ]);
  });
});

describe('any text', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '$(',
      '${',
      ')',
      '}',
      '(',
      '{',
      '[',
      ']',
      "'",
      '"',
      '`',
      '\\',
      '/',
      '//',
      '/*',
      '\n',
      'inputs',
      '.a',
    ),
    fc.string({ maxLength: 4, unit: 'binary' }),
  );

  it('is checked without failing, with places inside of it', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), fc.boolean(), (pieces, javascript) => {
        const text = pieces.join('');
        for (const { start, end } of checkExpressionText(text, { javascript, expressionLib: [] })) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('takes a time that grows with its length only', () => {
    const long = `$(${'('.repeat(50_000)}`;
    expect(faults(long, off)).toHaveLength(1);
    expect(faults(`$(${'{'.repeat(50_000)}({${')'.repeat(50_000)}`, off)).toHaveLength(1);
    expect(faults(`$(${'a/'.repeat(50_000)}`, off)).toHaveLength(1);
    expect(faults(`$(${'('.repeat(50_000)}1${')'.repeat(50_000)})`, on)).toHaveLength(1);
    expect(faults(`\${${'{'.repeat(50_000)}${'}'.repeat(50_000)}}`, on)).toHaveLength(1);
    expect(faults('$(inputs.a) '.repeat(20_000), off)).toEqual([]);
  });
});
