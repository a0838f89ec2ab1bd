// The process that speaks to the keychain, with a limit on every answer.
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import type { Clock } from '../base/clock.ts';
import { LocalError, messageOf } from '../base/errors.ts';

/** What keytar can do; accounts and passwords are texts without NUL. */
export interface Keychain {
  getPassword(service: string, account: string): Promise<string | undefined>;
  setPassword(service: string, account: string, password: string): Promise<void>;
  deletePassword(service: string, account: string): Promise<boolean>;
  findCredentials(
    service: string,
  ): Promise<readonly { readonly account: string; readonly password: string }[]>;
}

export interface KeychainSetup {
  /** How to start Node. */
  readonly node: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** How long one answer may take, in milliseconds. */
  readonly limitMs: number;
}

const answerShape = v.object({
  id: v.number(),
  result: v.optional(v.unknown()),
  error: v.optional(v.string()),
  isMissing: v.optional(v.boolean()),
});
type Answer = v.InferOutput<typeof answerShape>;

const credentialsShape = v.array(v.object({ account: v.string(), password: v.string() }));

/** The keychain of the system. Nothing is started before the first call; the process ends with this one.
 *  Every call throws a LocalError with a hint when there is no keychain, it is locked, or it does not answer. */
export function systemKeychain(setup: KeychainSetup): Keychain {
  const call = caller(setup);
  return {
    getPassword: async (...words) => {
      const found = await call('getPassword', words);
      return typeof found === 'string' ? found : undefined;
    },
    setPassword: async (...words) => {
      await call('setPassword', words);
    },
    deletePassword: async (...words) => (await call('deletePassword', words)) === true,
    findCredentials: async (...words) => v.parse(credentialsShape, await call('findCredentials', words)),
  };
}

function caller(setup: KeychainSetup): (method: keyof Keychain, words: string[]) => Promise<unknown> {
  let child: ChildProcess | undefined;
  let lastId = 0;
  const waiting = new Map<number, (answer: Answer) => void>();
  const start = (): ChildProcess => {
    const started = spawn(setup.node, [fileURLToPath(new URL('./keychain-child.cjs', import.meta.url))], {
      env: desktopEnvironment(setup.env),
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    });
    const lost = (error: string): void => {
      if (child === started) child = undefined;
      for (const [id, take] of waiting) take({ id, error });
    };
    started.once('error', (error) => lost(messageOf(error)));
    started.once('exit', () => lost('the process that speaks to it ended'));
    // A write to a process that just ended is answered by its end.
    started.stdin.on('error', () => undefined);
    createInterface({ input: started.stdout }).on('line', (line) => {
      const answer = v.parse(answerShape, JSON.parse(line));
      waiting.get(answer.id)?.(answer);
    });
    // Alone, it keeps nobody waiting: it ends when its input does.
    started.unref();
    for (const pipe of [started.stdin, started.stdout]) (pipe as { unref?: () => void }).unref?.();
    return started;
  };
  return async (method, words) => {
    child ??= start();
    const running = child;
    const id = ++lastId;
    const overdue = new AbortController();
    const answered = new Promise<Answer>((resolve) => waiting.set(id, resolve));
    running.stdin?.write(`${JSON.stringify({ id, method, words })}\n`);
    const answer = await Promise.race([
      answered,
      setup.clock.sleep(setup.limitMs, overdue.signal).then(
        () => undefined,
        () => undefined,
      ),
    ]);
    overdue.abort();
    waiting.delete(id);
    if (answer === undefined) {
      child = undefined;
      running.kill('SIGKILL');
      throw new LocalError(`the keychain does not answer within ${setup.limitMs / 1000} s`, {
        hint: `it may be locked: unlock it and try again\n${insteadHint}`,
      });
    }
    if (answer.error !== undefined) throw failure(answer.error, answer.isMissing === true);
    return answer.result;
  };
}

const insteadHint =
  'where there is no keychain, `pchain config set secrets vault` keeps secrets in an encrypted file';

/** What went wrong, in words: the libraries behind keytar speak of buses and paths. */
function failure(said: string, isMissing: boolean): LocalError {
  const [message, hint] = wordsFor(said, isMissing);
  return new LocalError(message, { hint: `${hint}${insteadHint}`, cause: new Error(said) });
}

function wordsFor(said: string, isMissing: boolean): readonly [message: string, hint: string] {
  if (/libsecret-1/.test(said)) {
    return [
      'the keychain cannot be used: the library `libsecret-1.so.0` is missing',
      'install it (Debian, Ubuntu: libsecret-1-0; Fedora, Alma: libsecret)\n',
    ];
  }
  if (isMissing) return ['the keychain cannot be used on this kind of machine', ''];
  if (/autolaunch|D-?Bus|dbus|org\.freedesktop\.secrets|No such file or directory|refused/i.test(said)) {
    return ['there is no keychain in this session', ''];
  }
  if (/locked|dismissed|cancel/i.test(said)) return ['the keychain is locked', 'unlock it and try again\n'];
  return [`the keychain failed: ${said}`, ''];
}

/** What finding the keychain of a session takes, and nothing else of this shell: least of all its tokens. */
function desktopEnvironment(env: KeychainSetup['env']): Record<string, string> {
  const wanted =
    /^(HOME|PATH|USER|LOGNAME|LANG|LC_.*|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|XDG_.*|DBUS_SESSION_BUS_ADDRESS|GNOME_KEYRING_CONTROL|SYSTEMROOT|WINDIR|APPDATA|LOCALAPPDATA|USERPROFILE|TE?MP)$/i;
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      wanted.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  );
}
