import { describe, expect, test } from 'vitest';
import { LocalError, RemoteError } from '../../src/base/errors.ts';
import { Secret } from '../../src/base/secret.ts';
import { renderError } from '../../src/terminal/errors.ts';
import { view } from './view.ts';

const about = {
  version: '1.2.3',
  platform: 'node v20.19.0, linux x64',
  argv: ['run', '--token', 'swordfish-77'],
  reportAt: 'https://example.org/report',
  logPath: '/tmp/run/debug.log',
};
const render = (thrown: unknown, verbose = false): string =>
  renderError(thrown, { view: view(), verbose, about });

describe('an error that was thrown on purpose', () => {
  const cause = new Error('connect ECONNREFUSED', { cause: new TypeError('inner\nline') });
  const error = new RemoteError('cannot reach `panda.example`', {
    hint: 'check the network\nor set `PANDA_URL_SSL`',
    cause,
  });

  test('is its message and what to do next', () => {
    expect(render(error)).toBe(
      'error: cannot reach `panda.example`\nhint: check the network\nhint: or set `PANDA_URL_SSL`\n',
    );
    expect(render(new LocalError('cannot read `x`'))).toBe('error: cannot read `x`\n');
  });

  test('names its causes when asked for more', () => {
    expect(render(error, true)).toBe(
      'error: cannot reach `panda.example`\n  caused by connect ECONNREFUSED\n  caused by TypeError: inner line\n' +
        'hint: check the network\nhint: or set `PANDA_URL_SSL`\n',
    );
  });

  test('may have causes that go in a circle', () => {
    const circle = new Error('round');
    circle.cause = circle;
    expect(render(new LocalError('x', { cause: circle }), true).split('\n')).toHaveLength(1 + 8 + 1);
  });

  test('cannot act on the terminal', () => {
    expect(render(new RemoteError('server said \u001b[2J\u0007gone'))).toBe('error: server said gone\n');
  });
});

describe('a fault of this program', () => {
  test('says all that a report needs, without secrets', () => {
    new Secret('swordfish-77');
    const bug = new RangeError('index 7 with swordfish-77', { cause: new Error('deeper') });
    bug.stack =
      'RangeError: index 7 with swordfish-77\n    at readStep (file:///x/main.js:1:2)\n    at main (file:///x/main.js:3:4)';
    expect(render(bug)).toBe(
      [
        'error: a fault in pchain itself: RangeError: index 7 with [hidden]',
        '    at readStep (file:///x/main.js:1:2)',
        '    at main (file:///x/main.js:3:4)',
        '  caused by deeper',
        '  version   pchain 1.2.3, node v20.19.0, linux x64',
        '  command   pchain run --token [hidden]',
        '  log       /tmp/run/debug.log',
        'hint: please report this with the lines above at https://example.org/report',
        '',
      ].join('\n'),
    );
  });

  test.each<[unknown, string]>([
    ['a string', 'a string'],
    [undefined, 'undefined'],
    [Object.create(null), 'a value without a text'],
  ])('can be anything that was thrown: %o', (thrown, text) => {
    expect(render(thrown).split('\n')[0]).toBe(`error: a fault in pchain itself: thrown: ${text}`);
  });
});
