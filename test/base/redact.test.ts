import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact, Secret } from '../../src/base/secret.ts';
import { StreamRedactor } from '../../src/base/redact.ts';

const pem = `-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj
MzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu
NMoSfm76oqFvAp8Gy0iz5sxjZmSnXyCdPEovGhLa0VzMaQ8s+CLOyS56YyCFGeJZ
-----END PRIVATE KEY-----
`;
const canary = 'cAn+ary/42 "quoted" $x';
new Secret(canary);
new Secret(pem);
new Secret('line-one-of-it\nline-two-of-it\r\n');

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const broken = (text: string, columns: number, end = '\n'): string =>
  text.replace(new RegExp(`.{${columns}}`, 'g'), `$&${end}`);

describe('a secret is masked', () => {
  const forms: Readonly<Record<string, string>> = {
    'as it is': canary,
    'in base64': base64(canary),
    'in base64 inside of a longer text, shifted by one': base64(`x${canary}yz`),
    'in base64 inside of a longer text, shifted by two': base64(`xy${canary}z`),
    'in base64 inside of a longer text, not shifted': base64(`user${canary.slice(0)}`.slice(1)),
    'in base64url': Buffer.from(canary).toString('base64url'),
    'in base64 inside of a URL': encodeURIComponent(base64(canary)),
    'URL-encoded': encodeURIComponent(canary),
    'as a form': new URLSearchParams({ v: canary }).toString().slice(2),
    'URL-encoded with small letters': encodeURIComponent(canary).replace(/%../g, (code) =>
      code.toLowerCase(),
    ),
    'in JSON': JSON.stringify(canary),
    'in hexadecimal': Buffer.from(canary).toString('hex'),
    'broken into lines': broken(canary, 7),
    'in base64 of 10 columns': broken(base64(canary), 10),
    'in indented base64': broken(base64(canary), 8, '\r\n    '),
    'in base64 of 8 columns inside of JSON': JSON.stringify(broken(base64(canary), 8)),
  };
  it.each(Object.entries(forms))('%s', (_name, form) => {
    const masked = redact(`before ${form} after`);
    expect(masked).toContain('[hidden]');
    expect(masked).toMatch(/^before .{0,8}\[hidden\].{0,8} after$/s);
  });

  const body = pem.split('\n').slice(1, -2);
  it.each(
    Object.entries({
      'as it is': pem,
      'without its end of line': pem.trim(),
      'one line of it': body[1] ?? '',
      indented: pem.replaceAll(/^/gm, '      '),
      'in JSON': JSON.stringify(pem),
      'in one line': body.join(''),
      'at 76 columns': broken(body.join(''), 76),
      'at 20 columns with CR LF': broken(body.join(''), 20, '\r\n'),
      'in base64 again': base64(pem),
      'in base64 again, at 76 columns': broken(base64(pem), 76),
    }),
  )('when it is a PEM: %s', (_name, form) => {
    const masked = redact(`<${form}>`);
    for (const line of body) expect(masked).not.toContain(line.slice(8, 40));
    expect(masked.length).toBeLessThan(120);
  });

  it('when it is a file, in the base64 that carries it and as its text', () => {
    const keytab = Buffer.from(Array.from({ length: 90 }, (_, index) => (index * 37) % 256));
    new Secret(keytab.toString('base64'));
    new Secret(base64('text of a file\nwith a second line\n'));
    expect(redact(broken(keytab.toString('base64'), 76))).toBe('[hidden]');
    expect(redact(base64(`ab${keytab.toString('latin1')}`))).not.toBe('[hidden]');
    expect(redact(Buffer.concat([Buffer.from('ab'), keytab]).toString('base64'))).toMatch(
      /^.{0,4}\[hidden\].{0,4}$/,
    );
    expect(redact('x with a second line y')).toBe('x [hidden] y');
  });

  it('line by line, when it has several', () => {
    expect(redact('first: line-one-of-it; then line-two-of-it.')).toBe('first: [hidden]; then [hidden].');
  });

  it('inside of the error, the object and the JSON that hold it', () => {
    const secret = new Secret('wrapped-value');
    const shown = [String(secret), JSON.stringify({ secret }), inspect({ secret }), inspect([secret])];
    expect(shown.join(' ')).not.toContain('wrapped');
  });
});

describe('what is no secret', () => {
  it('stays as it is, also beside one', () => {
    expect(redact('nothing here\n\tat all\r\n')).toBe('nothing here\n\tat all\r\n');
    expect(redact(`a\nb${canary}c\nd`)).toBe('a\nb[hidden]c\nd');
    expect(redact('')).toBe('');
  });

  it('is not masked because it is short or empty', () => {
    for (const short of ['', ' ', '1', 'abc', '\n']) new Secret(short);
    expect(redact('1 abc 1\n')).toBe('1 abc 1\n');
  });

  it('keeps the frame of a PEM', () => {
    expect(redact('-----BEGIN PRIVATE KEY-----')).toBe('-----BEGIN PRIVATE KEY-----');
  });
});

it('tokens in headers and addresses are masked although nobody has seen them', () => {
  expect(redact('Authorization: Bearer abcdefgh12345')).toBe('Authorization: Bearer [hidden]');
  expect(redact('http://h/api?access_token=abc&x=1')).toBe('http://h/api?access_token=[hidden]&x=1');
});

describe('a text that comes in pieces', () => {
  const text = `start ${canary}\n${broken(base64(canary), 10)}\n${pem}x\\n${JSON.stringify(pem)} end Bearer abcdefghij\nlast`;

  it('is masked as one that comes whole, wherever it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 30 }), (sizes) => {
        const redactor = new StreamRedactor();
        let from = 0;
        let out = '';
        for (let index = 0; from < text.length; index++) {
          const size = sizes[index % sizes.length] ?? 1;
          out += redactor.push(text.slice(from, from + size));
          from += size;
        }
        expect(out + redactor.end()).toBe(redact(text));
      }),
    );
  });

  it('is not held back longer than needed', () => {
    const redactor = new StreamRedactor();
    expect(redactor.push('a line\nand a')).toBe('a line\n');
    expect(redactor.push(' second!\n')).toBe('and a second!\n');
    expect(redactor.push('x'.repeat(100_000)).length).toBeGreaterThan(99_000);
  });
});

it('a big log with many secrets is done in the time it takes to read it', () => {
  for (let index = 0; index < 500; index++) new Secret(`secret-number-${index}-${'k'.repeat(index % 40)}`);
  redact('warm up');
  const log = 'A line of an ordinary log with some words, numbers 12345 and paths /usr/lib/x.so\n'.repeat(
    60_000,
  );
  const { user } = process.cpuUsage();
  expect(redact(log).length).toBe(log.length);
  // CPU time, with room for slow machines: a laptop core does some fifty.
  const megabytesPerSecond = log.length / process.cpuUsage({ user, system: 0 }).user;
  expect(megabytesPerSecond).toBeGreaterThan(5);
});
