import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../src/base/secret.ts';
import type { LocalError } from '../../src/base/errors.ts';
import { Terminal } from '../../src/terminal/terminal.ts';
import type { Loudness } from '../../src/terminal/terminal.ts';
import { Kept, Screen } from './screen.ts';

function piped(loudness?: Loudness, env: Readonly<Record<string, string>> = {}) {
  const stdout = new Kept();
  const stderr = new Kept();
  return { stdout, stderr, terminal: new Terminal({ stdout, stderr, env, loudness }) };
}

describe('what is said where', () => {
  test('data goes to stdout, talk to stderr, each in whole lines', () => {
    const { stdout, stderr, terminal } = piped();
    terminal.out('one');
    terminal.out('two\n');
    terminal.out('');
    terminal.say('hello');
    terminal.warn('look out');
    terminal.detail('too much');
    expect(stdout.written).toBe('one\ntwo\n');
    expect(stderr.written).toBe('hello\nwarning: look out\n');
  });

  test.each<[Loudness, string]>([
    ['silent', ''],
    ['quiet', 'alert\nwarning: warn\n'],
    ['normal', 'say\nalert\nwarning: warn\n'],
    ['verbose', 'say\ndetail\nalert\nwarning: warn\n'],
  ])('%s talk keeps what matters', (loudness, expected) => {
    const { stdout, stderr, terminal } = piped(loudness);
    terminal.say('say');
    terminal.detail('detail');
    terminal.alert('alert');
    terminal.warn('warn');
    terminal.out('data');
    expect(stderr.written).toBe(expected);
    expect(stdout.written).toBe('data\n');
  });

  test('no secret passes, on either stream or in the live block', () => {
    const secret = new Secret('correct-horse-battery');
    const stdout = new Kept();
    const stderr = new Screen();
    const terminal = new Terminal({ stdout, stderr, env: { TERM: 'xterm' } });
    terminal.out(`token ${secret.reveal()}`);
    terminal.say(`token ${secret.reveal()}`);
    terminal.drawLive([`token ${secret.reveal()}`]);
    terminal.release();
    expect(stdout.written + stderr.written).not.toContain('horse');
    expect(stdout.written).toBe('token [hidden]\n');
  });

  test('each stream has its own colour', () => {
    const stdout = new Kept(false);
    const stderr = new Kept(true);
    const terminal = new Terminal({ stdout, stderr, env: { TERM: 'xterm' } });
    expect(terminal.stdout.style.error('x')).toBe('x');
    expect(terminal.stderr.style.error('x')).toBe('\u001b[31mx\u001b[39m');
    terminal.warn('w');
    expect(stderr.written).toBe('\u001b[33mwarning\u001b[39m: w\n');
  });

  test('a link carries no control characters of its address', () => {
    const terminal = new Terminal({ stdout: new Kept(), stderr: new Kept(), env: { FORCE_HYPERLINK: '1' } });
    expect(terminal.stdout.link('page', 'http://x/\u001b\\\u0007y')).toBe(
      '\u001b]8;;http://x/\\y\u001b\\page\u001b]8;;\u001b\\',
    );
    expect(piped().terminal.stdout.link('page', 'http://x/')).toBe('page');
  });
});

describe('who is there', () => {
  test.each<[string, boolean, boolean, Readonly<Record<string, string>>, boolean, boolean]>([
    ['a person at a terminal', true, true, {}, true, true],
    ['stderr in a file', false, true, {}, false, false],
    ['a service with a terminal', true, true, { CI: 'true' }, false, false],
    ['a dumb terminal', true, true, { TERM: 'dumb' }, false, true],
    ['input from a pipe', true, false, {}, true, false],
  ])('%s', (_, screen, keyboard, env, interactive, canAsk) => {
    const terminal = new Terminal({
      stdout: new Kept(),
      stderr: new Kept(screen),
      stdin: Object.assign(new PassThrough(), { isTTY: keyboard }),
      env,
    });
    expect([terminal.interactive, terminal.canAsk]).toEqual([interactive, canAsk]);
  });
});

describe('streams that end', () => {
  const failing = (code: string): Error => Object.assign(new Error(`write ${code}`), { code });

  test('a closed pager ends quietly, once', () => {
    const lost: (LocalError | undefined)[] = [];
    const stdout = new Kept();
    const stderr = new Kept();
    const terminal = new Terminal({ stdout, stderr, env: {}, onOutputLost: (why) => lost.push(why) });
    stdout.emit('error', failing('EPIPE'));
    stdout.emit('error', failing('EPIPE'));
    terminal.out('nobody reads this');
    expect(lost).toEqual([undefined]);
    expect(stdout.written + stderr.written).toBe('');
  });

  test('a full disk is an error', () => {
    const lost: (LocalError | undefined)[] = [];
    const stdout = new Kept();
    new Terminal({ stdout, stderr: new Kept(), env: {}, onOutputLost: (why) => lost.push(why) });
    stdout.emit('error', failing('ENOSPC'));
    expect(lost.map((why) => why?.message)).toEqual(['cannot write to standard output: write ENOSPC']);
  });

  test('a closed stderr does not stop the work', () => {
    const { stdout, stderr, terminal } = piped();
    stderr.emit('error', failing('EPIPE'));
    terminal.say('nobody hears this');
    terminal.out('data');
    expect([stdout.written, stderr.written]).toEqual(['data\n', '']);
  });

  test('bytes wait until the reader has room', async () => {
    class Slow extends Kept {
      override write(chunk: string | Uint8Array): boolean {
        super.write(chunk);
        return false;
      }
    }
    const stdout = new Slow();
    const terminal = new Terminal({ stdout, stderr: new Kept(), env: {} });
    let done = false;
    const writing = terminal.outBytes(new Uint8Array([104, 105])).then(() => (done = true));
    await Promise.resolve();
    expect([stdout.written, done]).toEqual(['hi', false]);
    stdout.emit('drain');
    await writing;
    expect(done).toBe(true);
  });
});

describe('the live block', () => {
  const live = (columns = 40, rows = 10) => {
    const screen = new Screen(columns, rows);
    // Both streams lead to the same screen.
    return { screen, terminal: new Terminal({ stdout: screen, stderr: screen, env: { TERM: 'xterm' } }) };
  };

  test('is redrawn in place, with other output above it', () => {
    const { screen, terminal } = live();
    terminal.drawLive(['a 1', 'b 1']);
    expect(screen.cursorShown).toBe(false);
    terminal.drawLive(['a 2', 'b 2', 'c 2']);
    terminal.say('news');
    terminal.out('data');
    terminal.drawLive(['a 3']);
    expect(screen.shown()).toEqual(['news', 'data', 'a 3']);
    terminal.release();
    terminal.say('after');
    expect(screen.shown()).toEqual(['news', 'data', 'a 3', 'after']);
    expect(screen.cursorShown).toBe(true);
  });

  test('goes away when there is nothing to draw', () => {
    const { screen, terminal } = live();
    terminal.drawLive(['a']);
    terminal.drawLive([]);
    terminal.release();
    terminal.release();
    expect(screen.shown()).toEqual([]);
    expect(screen.cursorShown).toBe(true);
    expect(screen.written.split('\u001b[?25h')).toHaveLength(2);
  });

  test('is cleared whole when the terminal has become narrower', () => {
    const { screen, terminal } = live(40);
    terminal.drawLive(['x'.repeat(30), 'short']);
    screen.columns = 20;
    screen.lines.splice(
      0,
      screen.lines.length,
      ...['x'.repeat(20), 'x'.repeat(10), 'short', ''].map((line) => line.split('')),
    );
    screen.row = 3;
    terminal.drawLive(['new']);
    expect(screen.shown()).toEqual(['new']);
  });

  test('is not drawn where nobody watches or nothing shall be said', () => {
    const { stderr, terminal } = piped();
    terminal.drawLive(['a']);
    expect(stderr.written).toBe('');
    const screen = new Screen();
    new Terminal({ stdout: screen, stderr: screen, env: {}, loudness: 'quiet' }).drawLive(['a']);
    expect(screen.written).toBe('');
  });

  test('waiting is one line where nobody watches', async () => {
    const { stderr, terminal } = piped();
    expect(await terminal.whileWaiting('packing files', () => Promise.resolve(7))).toBe(7);
    await expect(terminal.whileWaiting('uploading', () => Promise.reject(new Error('no')))).rejects.toThrow(
      'no',
    );
    expect(stderr.written).toBe('packing files\nuploading\n');
  });
});
