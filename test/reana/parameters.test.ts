import { describe, expect, it } from 'vitest';
import { checkedOptions, typedParameters } from '../../src/reana/parameters.ts';
import { pythonJson } from '../../src/reanaspec/python-json.ts';
import { PythonFloat } from '../../src/reanaspec/python-value.ts';

const known = { events: 10, name: 'x', fast: false, cuts: [1], none: null };

describe('parameters from a command line', () => {
  it('get the types of what they replace', () => {
    const given = new Map([
      ['events', '1e3'],
      ['name', '5'],
      ['fast', 'True'],
      ['cuts', '[2, 3]'],
      ['none', '7'],
    ]);
    expect(typedParameters(given, known, 'reana.yaml')).toEqual({
      events: 1000,
      name: '5',
      fast: true,
      cuts: [2, 3],
      none: '7',
    });
  });

  it('stay floats, which Python writes as such', () => {
    const values = { ...known, lumi: new PythonFloat(1) };
    const typed = (name: string, text: string): string =>
      pythonJson(typedParameters(new Map([[name, text]]), values, 'x')[name]);
    expect(
      [
        ['lumi', '2.0'],
        ['lumi', '1e3'],
        ['lumi', '2.5'],
        ['lumi', '2'],
        ['events', '2.0'],
        ['events', '1e3'],
      ].map(([name = '', text = '']) => typed(name, text)),
    ).toEqual(['2.0', '1000.0', '2.5', '2', '2.0', '1000']);
  });

  it('keep every digit of a number that is too long for one', () => {
    const seeds = ['9007199254740991', '9007199254740993', '-12345678901234567890'];
    expect(seeds.map((seed) => typedParameters(new Map([['events', seed]]), known, 'x')['events'])).toEqual([
      9007199254740991,
      '9007199254740993',
      '-12345678901234567890',
    ]);
  });

  it.each([
    ['events', 'many', '`events` is a number in `reana.yaml`, and `many` is none'],
    ['events', '', '`events` is a number in `reana.yaml`, and `` is none'],
    ['fast', 'yes', '`fast` is true or false in `reana.yaml`, and `yes` is none'],
    ['cuts', '{}', '`cuts` is a list in `reana.yaml`, and `{}` is none'],
    ['event', '1', '`reana.yaml` has no parameter `event`'],
  ])('%s=%s is refused', (name, text, message) => {
    expect(() => typedParameters(new Map([[name, text]]), known, 'reana.yaml')).toThrow(message);
  });

  it('are not mixed up with operational options', () => {
    expect(checkedOptions(new Map([['CACHE', 'off']]), ['CACHE', 'FROM'], 'serial')).toEqual({
      CACHE: 'off',
    });
    const steps = ['fit', 'plot'];
    for (const [name, value, message] of [
      ['CACHE', 'maybe', '`--option CACHE=maybe`: `CACHE` is `on` or `off`'],
      ['FROM', 'plt', '`--option FROM=plt`: there is no step `plt`'],
    ] as const) {
      const given = new Map([[name, value]]);
      expect(() => checkedOptions(given, ['CACHE', 'FROM'], 'serial', steps)).toThrow(message);
    }
    expect(() => checkedOptions(new Map([['CASH', 'off']]), ['CACHE', 'FROM'], 'serial')).toThrow(
      'a serial workflow has no operational option `CASH`',
    );
  });
});
