import { afterEach, describe, expect, it } from 'vitest';
import { javaScriptIn } from '../../src/engine/evaluation/javascript.ts';
import { jqIn } from '../../src/engine/evaluation/jq.ts';
import { Sandbox } from '../../src/engine/evaluation/sandbox.ts';

let sandbox: Sandbox;
afterEach(() => sandbox.close());

describe('JavaScript in the sandbox', () => {
  it('gives the values of expressions, after the scripts of the library', () => {
    sandbox = new Sandbox();
    const evaluate = javaScriptIn(sandbox);
    const names = { inputs: { n: 2, text: 'a\u2028"b' }, self: null, runtime: {} };
    expect(evaluate([], '(inputs.n * 21\n)', names)).toBe(42);
    expect(evaluate(['function twice(x) { return 2 * x; }'], '(twice(inputs.n))', names)).toBe(4);
    expect(evaluate([], '(inputs.text)', names)).toBe('a\u2028"b');
    expect(evaluate([], '(undefined)', names)).toBeNull();
    expect(evaluate([], '({a: [1, null, undefined]})', names)).toEqual({ a: [1, null, null] });
  });

  it('sees nothing of this machine, and keeps nothing for the next one', () => {
    sandbox = new Sandbox();
    const evaluate = javaScriptIn(sandbox);
    const kinds =
      '[typeof process, typeof require, typeof fetch, typeof setTimeout, typeof globalThis.Worker].join()';
    expect(evaluate([], `(${kinds})`, {})).toBe('undefined,undefined,undefined,undefined,undefined');
    evaluate([], '(globalThis.kept = 1)', {});
    expect(evaluate([], '(typeof kept)', {})).toBe('undefined');
  });

  it('says what went wrong: thrown, misspelt, endless, too large, too deep', () => {
    sandbox = new Sandbox({ timeLimitMs: 300, graceMs: 10_000 });
    const evaluate = javaScriptIn(sandbox);
    const run = (expression: string) => () => evaluate([], expression, {});
    expect(run('(function () { throw new Error("no fit"); })()')).toThrow(
      'the JavaScript failed: Error: no fit',
    );
    expect(run('(nosuch)')).toThrow("the JavaScript failed: ReferenceError: 'nosuch' is not defined");
    expect(run('(1 +)')).toThrow('the JavaScript failed: SyntaxError');
    expect(run('(function () { for (;;); })()')).toThrow('it takes longer than 0.3 s');
    expect(run('("x".repeat(1 << 28).length)')).toThrow(
      'the JavaScript failed: InternalError: out of memory',
    );
    expect(run('(function f() { return f() + 1; })()')).toThrow('stack overflow');
    expect(evaluate([], '(1 + 1)', {})).toBe(2);
  });
});

describe('jq in the sandbox', () => {
  it('gives all values of a program', () => {
    sandbox = new Sandbox();
    const jq = jqIn(sandbox);
    expect(jq('.k == "mc"', { k: 'mc' })).toEqual([true]);
    expect(jq('.list[] | . * 2', { list: [1, 2] })).toEqual([2, 4]);
    expect(jq('empty', {})).toEqual([]);
    expect(jq('{text: "a\\nb"}', null)).toEqual([{ text: 'a\nb' }]);
  });

  it('says what went wrong, and ends a program that does not end', () => {
    sandbox = new Sandbox({ timeLimitMs: 100, graceMs: 3_000 });
    const jq = jqIn(sandbox);
    expect(() => jq('.a |', {})).toThrow('the jq program failed: error: syntax error');
    expect(() => jq('error("no fit")', {})).toThrow('no fit');
    expect(() => jq('[range(1e12)] | length', {})).toThrow(/did not come to an end|the jq program failed/);
    expect(jq('1 + 1', null)).toEqual([2]);
  });
});
