// The prompt of pbook, as it is typed at; and the same lines from a pipe and from `-c`.
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { complete } from '../../src/commands/pbook/completion.ts';
import { PbookRig } from '../rigs/pbook.ts';

let rig: PbookRig;
beforeEach(() => (rig = new PbookRig()));
afterEach(() => rig.remove());

const historyFile = (): string => join(rig.dataDirectory, 'pbook-history');
const up = '\u001b[A';

describe('the prompt', () => {
  it('runs one command after the other until Ctrl-D, whatever becomes of them', async () => {
    const { exitCode, stdout, stderr } = await rig.type(['help(kill)\r', 'kill(all)\r', '\r', 'help show\r']);
    expect(stdout).toContain('stop tasks and their jobs');
    expect(stderr).toContain(
      "error: `all` needs quotes, `'all'`, if it is a text; nothing is evaluated\n  kill(all)\n       ^^^\n",
    );
    expect(stdout).toContain('show tasks and how far they are');
    expect(exitCode).toBe(0);
  });

  it.each(['exit', 'quit()', '\u0004'])('ends with %j', async (line) => {
    expect((await rig.type([`${line}\r`, 'help(kill)\r'])).stdout).toBe('');
  });

  it('takes a line back after Ctrl-C, and runs a paste of several lines one by one', async () => {
    const { stdout, stderr } = await rig.type(['kill(1\u0003', 'help(kill)\nhelp(pause)\n', 'nosuch()\r']);
    expect(stdout).toMatch(/stop tasks and their jobs[^]*start no more jobs of tasks/);
    expect(stderr).toContain('unknown command `nosuch`');
    expect(stderr).not.toContain('the line ends');
  });

  it.each([
    ['shwo(1)\r', 'error: unknown command `shwo`; did you mean `show`?\n  shwo(1)\n  ^^^^\n'],
    ['  show(fromat=1)\r', 'hint: did you mean `format`?\n'],
    [
      'show 1 fromat=long\r',
      'error: `show` has no parameter `fromat`\n  show 1 fromat=long\n         ^^^^^^\n',
    ],
    ['1 + 1\r', 'error: this is no command, and nothing is evaluated; `help` lists the commands\n'],
    ['__import__("os").system("id")\r', '`.system("id")` stands behind the call'],
    ['process.exit(7)\r', 'this is no command, and nothing is evaluated'],
  ])('says of %j what is wrong, and where', async (line, text) => {
    const { stderr, stdout, exitCode } = await rig.type([line]);
    expect(stderr).toContain(text);
    expect([stdout, exitCode]).toEqual(['', 0]);
  });

  it('does not repeat a line that may hold a secret', async () => {
    const { stderr } = await rig.type(
      ["set_secret('K', hush-hush)\r", "set_secret('K', 'hush' 'hush')\r"],
      {},
      [],
    );
    // What is typed is there once, not a second time below the message.
    expect(stderr.match(/hush-hush/g)).toHaveLength(1);
  });
});

describe('the history', () => {
  it('brings earlier lines back, also the next day, and is for its owner alone', async () => {
    mkdirSync(rig.dataDirectory);
    writeFileSync(historyFile(), 'help(kill)\n', { mode: 0o644 });
    const { stdout } = await rig.type([`${up}\r`, 'help(pause)\r', `${up}${up}\r`]);
    expect(stdout.match(/stop tasks and their jobs/g)).toHaveLength(2);
    expect(statSync(historyFile()).mode & 0o777).toBe(0o600);
  });

  it('writes commands, and nothing that may hold a secret', async () => {
    await rig.type([
      'kill(abc)\r',
      "kill('nobody')\r",
      "set_secret('KEY', canary)\r",
      'set_secret KEY canary --x\r',
      'secrets set KEY canary\r',
      // A token in the wrong window, and a command that was mistyped.
      'canary-token\r',
      "set_secrt('KEY', 'canary')\r",
      "sett('KEY', 'canary')\r",
      "kill('canary'\r",
      `list_secrets(full='x')\r`,
    ]);
    expect(readFileSync(historyFile(), 'utf8')).toBe("kill('nobody')\n");
    expect(statSync(historyFile()).mode & 0o777).toBe(0o600);
  });

  it('keeps the last thousand lines', async () => {
    mkdirSync(rig.dataDirectory);
    writeFileSync(historyFile(), Array.from({ length: 2500 }, (_, n) => `kill(${n})\n`).join(''));
    await rig.type([]);
    const kept = readFileSync(historyFile(), 'utf8').split('\n');
    expect([kept.length, kept[0]]).toEqual([1001, 'kill(1500)']);
  });

  it('that cannot be written keeps nobody from working', async () => {
    writeFileSync(rig.dataDirectory, 'a file in the place of a folder');
    const { stderr, exitCode } = await rig.type(['kill()\r', "kill('a')\r"]);
    expect(stderr).toContain('earlier lines cannot be read');
    expect(stderr).toContain('lines are not kept for the next time');
    expect(exitCode).toBe(0);
  });
});

describe('Tab', () => {
  it.each<[string, string[], string]>([
    ['sho', ['show', 'showl', 'show_workflow'], 'sho'],
    ['kill(', ['taskIDs=', "'all'", '7', '40000001'], ''],
    ['kill([40', ['40000001'], '40'],
    ['kill 7,40', ['40000001'], '40'],
    ['show(7, for', ['format='], 'for'],
    ["show(7, format='l", ["'long'"], "'l"],
    ['show 7 format=l', ['long'], 'l'],
    ['finish(7, soft=', ['True', 'False'], ''],
    ["show(taskname='a, b", [], "taskname='a, b"],
    ['show(7)', [], ''],
    ['help(kil', ['kill', 'kill_workflow'], 'kil'],
    ['help list', ['list_secrets'], 'list'],
    ['secrets p', ['push'], 'p'],
    ['nosuch(', [], ''],
  ])('after %j offers %j', (typed, candidates, replaced) => {
    const found = complete(typed, [7, 40000001]);
    expect([...found.candidates].toSorted()).toEqual(candidates.toSorted());
    if (typed !== "show(taskname='a, b") expect(found.replaced).toBe(replaced);
  });

  it('puts it into the line', async () => {
    const { stdout } = await rig.type(['help(list\t)\r']);
    expect(stdout).toContain('show the secrets that PanDA keeps');
  });
});

describe('without a keyboard', () => {
  it('runs lines of standard input, and ends with the first failure', async () => {
    const { exitCode, stdout, stderr } = await rig.run(
      [],
      {},
      'help(kill)\nkill(x)\n\nhelp(pause)\nquit\nhelp(retry)\n',
    );
    expect(stdout).toMatch(/stop tasks and their jobs[^]*start no more jobs of tasks/);
    expect(stdout).not.toContain('run failed and cancelled jobs');
    expect(stderr).toContain('`x` needs quotes');
    expect(exitCode).toBe(2);
  });

  it('shows its help when there is no line', async () => {
    const { exitCode, stdout } = await rig.run([]);
    expect([exitCode, stdout.includes('Usage: pbook')]).toEqual([0, true]);
  });

  it('runs the lines of -c', async () => {
    expect((await rig.run(['-c', 'help(kill)'])).stdout).toContain('stop tasks and their jobs');
    expect((await rig.run(['-c', 'help(kill)\nkill()'])).exitCode).toBe(2);
    expect((await rig.run(['-c', '__import__("os")'])).exitCode).toBe(2);
  });
});
