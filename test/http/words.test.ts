import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/base/secret.ts';
import { safeUrl } from '../../src/http/safe-url.ts';
import { serverWords } from '../../src/http/server-words.ts';

describe('the words of a server', () => {
  it.each([
    ['<html><body>502 Proxy Error</body></html>', '502 Proxy Error'],
    [
      '<!DOCTYPE html>\n<html><head><title> Sign in &amp; go </title></head><body>x</body></html>',
      'Sign in & go',
    ],
    ['<html><script>alert(1)</script><h1 class="a">Gateway\n Timeout</h1></html>', 'Gateway Timeout'],
    ['<html><style>p{}</style><p>Plain</p></html>', 'Plain'],
    ['{"success": false, "message": "filters is not valid JSON", "data": null}', 'filters is not valid JSON'],
    ['{"error": "invalid_grant", "error_description": "Token is gone"}', 'Token is gone'],
    ['[false, "request 99999 is not found"]', 'request 99999 is not found'],
    ['ERROR : Mallory Banned is banned', 'ERROR : Mallory Banned is banned'],
    ['two\nlines\tand \u001b[31mcolour\u001b[0m\u0007', 'two lines and colour'],
    [
      "'NoneType' has no 'replace' Traceback (most recent call last):\n  File \"x\"",
      "'NoneType' has no 'replace'",
    ],
    ['Traceback (most recent call last):\n  File "x"\nKeyError: 7', 'KeyError: 7'],
    ['{"half": ', '{"half":'],
    ['', ''],
  ])('of %j are %j', (body, words) => {
    expect(serverWords(body)).toBe(words);
  });

  it('are one line of bounded length', () => {
    const words = serverWords('a\n'.repeat(100_000));
    expect(words).toHaveLength(400);
    expect(words.endsWith('…')).toBe(true);
  });

  it('never repeat a secret that was sent', () => {
    const token = new Secret('tok-en-that-was-sent');
    expect(serverWords(`bad token ${token.reveal()}`)).toBe('bad token [hidden]');
  });
});

describe('a shown address', () => {
  it.each([
    ['https://alice:pw@host.cern.ch:25443/a/b?access_token=x#y', 'https://host.cern.ch:25443/a/b'],
    ['http://[::1]:80/ä', 'http://[::1]/%C3%A4'],
    ['no address with pass=word', '(no address)'],
  ])('of %s is %s', (url, shown) => {
    expect(safeUrl(url)).toBe(shown);
  });
});
