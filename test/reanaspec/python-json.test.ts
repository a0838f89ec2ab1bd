import { expect, it } from 'vitest';
import { Findings } from '../../src/base/finding.ts';
import { parsePythonJson, pythonJson } from '../../src/reanaspec/python-json.ts';
import { PythonFloat } from '../../src/reanaspec/python-value.ts';
import { readReanaSpec } from '../../src/reanaspec/read.ts';

it('floats are written as Python writes them, everything else as ever', () => {
  const value = {
    float: new PythonFloat(1),
    list: [new PythonFloat(2.5), new PythonFloat(-0), new PythonFloat(1e20), new PythonFloat(1e-7)],
    none: new PythonFloat(Infinity),
    gone: undefined,
    nested: { null: null, text: '"\u0001', yes: true, holes: [undefined, 1] },
  };
  expect(pythonJson(value)).toBe(
    '{"float":1.0,"list":[2.5,-0.0,1.0e+20,1.0e-07],"none":null,"nested":{"null":null,"text":"\\"\\u0001","yes":true,"holes":[null,1]}}',
  );
  const plain = { a: [1, 'x', null, { b: false }], c: undefined, date: new Date(0) };
  expect(pythonJson(plain)).toBe(JSON.stringify(plain));
});

it.each(['{"a":1.0,"b":[1,2.5,1.0,"1.0 \\" 2.0"],"c":{"float":1.0e+20},"1.0":-0.0}', '[]', '"1.0"', '1.0'])(
  '%s is read back as it was',
  (text) => {
    expect(pythonJson(parsePythonJson(text))).toBe(text);
  },
);

it('numbers are the same to Python’s YAML, which takes `1e-07` for a text', () => {
  const values = { small: 1e-7, tiny: 2.5e-300, large: new PythonFloat(1e20), plain: -0.5 };
  const steps = [{ environment: 'python:3.12', commands: ['true'] }];
  const workflow = { type: 'serial', specification: { steps } };
  const text = pythonJson({ inputs: { parameters: values }, workflow });
  const spec = readReanaSpec('reana.yaml', () => ({ ok: true, text }), new Findings());
  expect(pythonJson(spec?.inputs.parameters)).toBe(pythonJson(values));
  expect(pythonJson(values)).toBe('{"small":1.0e-07,"tiny":2.5e-300,"large":1.0e+20,"plain":-0.5}');
});

it('documents may be nested as deep as in any JSON', () => {
  const text = `${'[{"a":'.repeat(20_000)}1.0${'}]'.repeat(20_000)}`;
  expect(pythonJson(parsePythonJson(text)) === text).toBe(true);
});

it('a key may be called as in JavaScript', () => {
  const text = '{"__proto__":1.0,"constructor":{"__proto__":[1.0]}}';
  expect(pythonJson(parsePythonJson(text))).toBe(text);
});

it('what is no JSON is not read', () => {
  for (const text of ['', '{', '{1.0}', '1.0.0', '[1.0,]', "{'a': 1.0}"])
    expect(() => parsePythonJson(text)).toThrow(SyntaxError);
});

it('the parameters of a specification stay what they are on their way to a server', () => {
  const text = `inputs:
  parameters: {lumi: 1.0, width: 1.50, events: 1e3, big: 1.0e+3, n: 3, cuts: [1.0, 2]}
workflow:
  type: serial
  specification: {steps: [{environment: 'python:3.12', commands: ['true']}]}
`;
  const spec = readReanaSpec('reana.yaml', () => ({ ok: true, text }), new Findings());
  const written = '{"lumi":1.0,"width":1.5,"events":"1e3","big":1000.0,"n":3,"cuts":[1.0,2]}';
  expect(pythonJson(spec?.inputs.parameters)).toBe(written);
  expect(pythonJson(spec?.document['inputs'])).toBe(`{"parameters":${written}}`);
});
