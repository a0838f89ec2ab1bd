import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  expandDatasets,
  expandGlobals,
  expandPayload,
  expandSecondary,
  leftoverGlobals,
  unresolvedPlaceholders,
  usedStreams,
} from '../../src/prun/placeholders.ts';

describe('datasets', () => {
  it('go where the text asks for them', () => {
    expect(expandDatasets('%{DS1} %{DS2} %{DS*} %{DS3} %{SECDS1}', ['a/', 'b/'])).toBe(
      'a/ b/ a/,b/ %{DS3} %{SECDS1}',
    );
    expect(expandSecondary('IN2:2:%{SECDS1} %{SECDS*} %{DS1}', ['a/', 'b/'])).toBe('IN2:2:a/ a/,b/ %{DS1}');
  });

  it('do not mix up the first and the tenth', () => {
    const ten = Array.from({ length: 10 }, (_, index) => `d${index + 1}`);
    expect(expandDatasets('%{DS10} %{DS1}', ten)).toBe('d10 d1');
  });

  it('leave the text alone when there are none', () =>
    expect(expandDatasets('%{DS1} %{DS*}', [])).toBe('%{DS1} %{DS*}'));

  it('are put in as they are, whatever is in them', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[$&`'\\0-9a-z<>]*$/), (name) => {
        expect(expandDatasets('[%{DS1}]', [name])).toBe(`[${name}]`);
        expect(expandGlobals('[%{x}]', { loopParameters: [], workflowParameters: { x: name } })).toBe(
          `[${name}]`,
        );
        const streams = new Map([['IN', [name]]]);
        expect(expandPayload('[%IN]', { streams, serialIndex: 0 })).toBe(`[${name}]`);
      }),
    );
  });
});

describe('parameters of the workflow', () => {
  it('become marks of iDDS in a loop, and values as Python prints them elsewhere', () => {
    const parameters = {
      loopParameters: ['x'],
      workflowParameters: { s: 'text', n: 3, b: true, none: null, list: ['a', 1], x: 'hidden', 'a.b': '$&' },
    };
    const text = '%{x} %{s} %{n} %{b} %{none} %{list} %{a.b} %{i} %{y}';
    expect(expandGlobals(text, parameters)).toBe(
      "___idds___user_x___ text 3 True None ['a', 1] $& ___idds___num_run___ %{y}",
    );
  });

  it('may bring the number of the iteration along', () => {
    expect(expandGlobals('%{tag}', { loopParameters: [], workflowParameters: { tag: 'v%{i}' } })).toBe(
      'v___idds___num_run___',
    );
  });
});

describe('what is left over', () => {
  it('is found with its place, datasets apart from parameters', () => {
    const text = 'echo %{DS2} %{xxx} %{SECDS*} %{DSx} %IN';
    expect(unresolvedPlaceholders(text)).toEqual([
      { text: '%{DS2}', start: 5, end: 11 },
      { text: '%{SECDS*}', start: 19, end: 28 },
    ]);
    expect(leftoverGlobals(text).map((use) => use.text)).toEqual(['%{xxx}', '%{DSx}']);
  });
});

describe('the payload of a job', () => {
  const streams = new Map([
    ['IN', ['a.root', 'b.root']],
    ['IN1', ['one']],
    ['IN10', ['ten']],
    ['BG', ['bg']],
  ]);

  it.each([
    ['cat %IN > out', 'cat a.root,b.root > out'],
    ['%IN10 %IN1 %IN', 'ten one a.root,b.root'],
    ['"%IN" \'%IN1\';%BG.txt', '"a.root,b.root" \'one\';bg.txt'],
    ['%IN2 %INPUT %IN_x 100%', '%IN2 %INPUT %IN_x 100%'],
    ['%RNDM:10 %RNDM=20 %RNDM:7% %RNDM', '12 22 9 %RNDM'],
    [
      '%SKIPEVENTS %MAXEVENTS %FIRSTEVENT:5 %SEGMENT_NAME',
      '%SKIPEVENTS %MAXEVENTS %FIRSTEVENT:5 %SEGMENT_NAME',
    ],
    ['%%IN', '%a.root,b.root'],
  ])('%j becomes %j in the third job', (exec, expanded) => {
    expect(expandPayload(exec, { streams, serialIndex: 2 })).toBe(expanded);
  });

  it('gets n from `%RNDM:n` in the first job and n + 1 in the second', () => {
    const of = (serialIndex: number) => expandPayload('%RNDM:10', { streams: new Map(), serialIndex });
    expect([of(0), of(1)]).toEqual(['10', '11']);
  });

  it('gets its events and its segment', () => {
    const values = { streams, serialIndex: 0, events: { first: 100, skip: 20, max: 10 }, segmentName: 'low' };
    expect(expandPayload('%SKIPEVENTS %MAXEVENTS %FIRSTEVENT:5 %SEGMENT_NAME', values)).toBe('20 10 105 low');
  });

  it('does not expand what a file name brings along', () => {
    const odd = new Map([
      ['IN', ['%RNDM:1']],
      ['IN2', ['%IN']],
    ]);
    expect(expandPayload('%IN %IN2', { streams: odd, serialIndex: 5 })).toBe('%RNDM:1 %IN');
  });

  it('gets nothing for a stream without files', () => {
    expect(expandPayload('[%IN]', { streams: new Map([['IN', []]]), serialIndex: 0 })).toBe('[]');
  });

  it('survives streams with names that mean something to a pattern', () => {
    const odd = new Map([
      ['A+', ['x']],
      ['', ['y']],
    ]);
    expect(expandPayload('%A+ %AA', { streams: odd, serialIndex: 0 })).toBe('x %AA');
  });
});

describe('streams a text uses', () => {
  it('are listed once each, in order of first use', () => {
    expect(usedStreams('%IN2 %IN %BG %IN2 %INX %IN_1')).toEqual(['IN2', 'IN']);
    expect(usedStreams('%BG.x %BGX %IN', ['BG', 'BGX'])).toEqual(['BG', 'BGX', 'IN']);
  });
});
