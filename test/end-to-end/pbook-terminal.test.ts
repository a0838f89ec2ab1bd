// The prompt of pbook at a real terminal, which `script` of util-linux lends to a test.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const hasTerminal = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0;
const binary = join(import.meta.dirname, '../../bin/pbook.js');

let server: Server;
let home: string;
let asked: () => void;
let question: Promise<void>;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'pchain-terminal-'));
  question = new Promise((resolve) => (asked = resolve));
  // It knows no pchain, and never answers anything else.
  server = createServer((request, response) => {
    if (request.url?.startsWith('/pchain/') === true) response.writeHead(404).end();
    else asked();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(home, { recursive: true, force: true });
});

class TerminalSession {
  text = '';
  readonly #child;
  readonly end: Promise<number | null>;
  readonly #waiting = new Set<() => void>();

  constructor(env: Readonly<Record<string, string>>) {
    const { port } = server.address() as AddressInfo;
    this.#child = spawn('script', ['-qefc', `exec ${process.execPath} ${binary}`, '/dev/null'], {
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: home,
        TERM: 'xterm',
        LANG: 'C.UTF-8',
        PANDA_URL_SSL: `http://127.0.0.1:${port}/server/panda`,
        PANDA_AUTH: 'oidc',
        PANDA_AUTH_VO: 'wlcg',
        PANDA_AUTH_ID_TOKEN: 'a-token',
        ...env,
      },
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.text += text;
      for (const check of this.#waiting) check();
    });
    this.end = new Promise((resolve) => this.#child.once('close', resolve));
  }

  /** Types keys when the prompt waits for some: before, the terminal would take Ctrl-C and Ctrl-D for itself. */
  async type(keys: string): Promise<void> {
    // eslint-disable-next-line no-control-regex -- a line editor puts the cursor behind the prompt by such sequences
    await this.shows(/>>> (?:\u001b\[\d*[mG])*$/, 0);
    this.text += '\n';
    this.send(keys);
  }

  send(keys: string): void {
    this.#child.stdin.write(keys);
  }

  shows(what: RegExp, from: number): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!what.test(this.text.slice(from))) return;
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
      check();
    });
  }
}

describe.skipIf(!hasTerminal)('pbook at a terminal', () => {
  it('takes a line back, ends a command that hangs, and goes on', async () => {
    const session = new TerminalSession({});
    await session.type('show(4000\u0003');
    await session.type('show(40000001)\r');
    await question;
    session.send('\u0003');
    await session.type('kill()\r');
    await session.type('\u0004');
    expect(session.text).toMatch(/interrupted\r?\n[^]*`taskIDs` is not given/);
    expect(await session.end).toBe(0);
    expect(readFileSync(join(home, '.local/share/pchain/pbook-history'), 'utf8')).toBe(
      'show(40000001)\nkill()\n',
    );
  });

  it('paints for a terminal, and not with NO_COLOR', async () => {
    const red = '\u001b[31m';
    for (const [env, isPainted] of [
      [{}, true],
      [{ NO_COLOR: '1' }, false],
    ] as const) {
      const session = new TerminalSession(env);
      await session.type('nosuch()\r');
      await session.type('exit\r');
      expect(await session.end).toBe(0);
      expect(session.text.includes(red)).toBe(isPainted);
    }
  });
});

if (!hasTerminal) {
  it.skip('the prompt at a terminal is skipped: there is no `script` of util-linux', () => undefined);
}
