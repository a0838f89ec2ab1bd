// argv -> command -> exit code. The one place that knows the process.
import { realpathSync } from 'node:fs';
import { availableParallelism, homedir, userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

declare const PCHAIN_VERSION: string;

/** Runs the command line of this process and ends it with the right exit code. */
export async function main(name: 'pchain' | 'pbook' = 'pchain'): Promise<void> {
  const words = process.argv.slice(2);
  // Answered before anything is loaded: scripts ask for the version often.
  if (words.length === 1 && words[0] === '--version') {
    process.stdout.write(`${PCHAIN_VERSION}\n`);
    return;
  }
  const { runProgram } =
    name === 'pbook' ? await import('./commands/pbook/program.ts') : await import('./commands/program.ts');
  const interruption = new Interruption();
  process.exitCode = await runProgram(words, {
    env: process.env,
    workingDirectory: process.cwd(),
    homeDirectory: homedir(),
    userName: userName(),
    userId: process.getuid?.(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: interruption.signal,
    onInterrupt: (listener) => interruption.listen(listener),
    untilInterrupted: (work) => interruption.within(work),
    pid: process.pid,
    version: PCHAIN_VERSION,
    program: [process.execPath, scriptPath()],
    platform: `${process.platform} ${process.arch}, node ${process.versions.node}`,
    cores: availableParallelism(),
    exit: (exitCode) => process.exit(exitCode),
  });
  // Pending keep-alive connections and timers must not hold a command that is done.
  await flush();
  process.exit();
}

/** The first signal asks the command to stop; the second ends the process at once. */
class Interruption {
  readonly #whole = new AbortController();
  #part: AbortController | undefined;

  get signal(): AbortSignal {
    return this.#whole.signal;
  }

  listen(listener: (name: 'SIGINT' | 'SIGTERM') => void): void {
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.on(name, () => {
        if (name === 'SIGINT' && this.#part?.signal.aborted === false) {
          this.#part.abort(new Error(name));
          return;
        }
        if (this.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143);
        listener(name);
        this.#whole.abort(new Error(name));
      });
    }
  }

  /** The first Ctrl-C during this work stops the work alone. */
  async within<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const part = new AbortController();
    this.#part = part;
    try {
      return await work(AbortSignal.any([this.signal, part.signal]));
    } finally {
      this.#part = undefined;
    }
  }
}

/** Waits until pipes have taken what was written; a closed pipe counts as taken. */
async function flush(): Promise<void> {
  // What a full disk refuses is told in a later turn only.
  await new Promise((resolve) => setImmediate(resolve));
  const drained = [process.stdout, process.stderr].map(
    (stream) =>
      new Promise<void>((resolve) => {
        if (stream.writableLength === 0 || stream.destroyed) resolve();
        else stream.write('', () => resolve());
      }),
  );
  await Promise.all(drained);
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // An account without an entry in the user database, as in some containers.
    return process.env['USER'] ?? 'user';
  }
}

/** `pchain` itself, also when this is `pbook`: what is started again is always the first. */
function scriptPath(): string {
  const script = realpathSync(process.argv[1] ?? fileURLToPath(import.meta.url));
  return basename(script) === 'pbook.js' ? join(dirname(script), 'pchain.js') : script;
}
