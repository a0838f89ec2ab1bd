import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ExitCode } from '../../src/base/exit-code.ts';
import type { Host } from '../../src/commands/host.ts';
import { runPrompt } from '../../src/commands/pbook/prompt.ts';
import { Terminal } from '../../src/terminal/terminal.ts';

/** Types lines at the prompt, each once the one before has been answered; gives what was run and what was shown. */
async function session(
  lines: readonly string[],
): Promise<{ ran: readonly (readonly string[])[]; shown: string; exitCode: ExitCode }> {
  const keyboard = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  const screen = new PassThrough();
  const waiting = [...lines];
  let shown = '';
  screen.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
    if (shown.endsWith('>>> ')) keyboard.write(waiting.shift() ?? '\u0004');
  });
  const terminal = new Terminal({ stdout: new PassThrough(), stderr: screen, stdin: keyboard, env: {} });
  // The prompt asks nothing else of the world.
  const host = { terminal, version: '1.2.3', signal: new AbortController().signal } as unknown as Host;
  const ran: (readonly string[])[] = [];
  const exitCode = await runPrompt(host, (words) => {
    ran.push(words);
    return Promise.resolve(ExitCode.findings);
  });
  return { ran, shown, exitCode };
}

describe('the prompt of pbook', () => {
  it('runs one command after the other until Ctrl-D, whatever becomes of them', async () => {
    const { ran, exitCode } = await session([
      'list_secrets()\r',
      "set_secret('K', 'full=-1', is_file=False)\r",
      'secrets list\r',
      '\r',
    ]);
    expect(ran).toEqual([
      ['list_secrets'],
      ['set_secret', 'key=K', 'value=full=-1', 'is_file=False'],
      ['secrets', 'list'],
    ]);
    expect(exitCode).toBe(ExitCode.done);
  });

  it.each(['exit', 'quit()'])('ends with `%s`', async (word) => {
    expect((await session([`${word}\r`, 'list_secrets\r'])).ran).toEqual([]);
  });

  it('takes a line back after Ctrl-C, and goes on after a paste of several lines and after what cannot be read', async () => {
    const { ran, shown } = await session([
      'list_sec\u0003',
      'one\ntwo\n',
      'kill([1, x])\r',
      'list_secrets\r',
    ]);
    expect(ran).toEqual([['list_secrets']]);
    expect(shown).toContain('only one line can be typed here');
    expect(shown).toContain('nothing is evaluated');
  });
});
