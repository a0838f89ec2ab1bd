// A real Secret Service for tests: a message bus and a keyring of their own, in a temporary home.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface SecretService {
  /** How a program finds it. */
  readonly env: Readonly<Record<string, string>>;
  stop(): void;
}

/** Starts one; it ends with this process at the latest.
 *  @param isLocked the keyring is there, but nobody has unlocked it */
export async function startSecretService(
  options: { readonly isLocked?: boolean } = {},
): Promise<SecretService> {
  const home = mkdtempSync(join(tmpdir(), 'pchain-keyring-'));
  mkdirSync(join(home, 'run'), { mode: 0o700 });
  const children: ChildProcess[] = [];
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    XDG_RUNTIME_DIR: join(home, 'run'),
    XDG_DATA_HOME: join(home, 'data'),
  };
  const stop = (): void => {
    for (const child of children.splice(0).reverse()) child.kill('SIGKILL');
    rmSync(home, { recursive: true, force: true });
  };
  process.once('exit', stop);

  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address=1'], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(bus);
  env['DBUS_SESSION_BUS_ADDRESS'] = await firstLine(bus);

  const startKeyring = async (password: string | undefined): Promise<ChildProcess> => {
    const unlock = password === undefined ? [] : ['--unlock'];
    const keyring = spawn('gnome-keyring-daemon', ['--foreground', '--components=secrets', ...unlock], {
      env,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    children.push(keyring);
    // It takes the password from its input, up to the end.
    keyring.stdin.end(password);
    await untilOnBus(env, keyring);
    return keyring;
  };
  const keyring = await startKeyring('password-of-a-test');
  if (options.isLocked === true) {
    // The keyring is on the disk now; a daemon that is given no password finds it locked.
    keyring.kill('SIGTERM');
    await new Promise((resolve) => keyring.once('exit', resolve));
    await startKeyring(undefined);
  }
  return { env, stop };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stdout !== null) createInterface({ input: child.stdout }).once('line', resolve);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${child.spawnfile} ended with ${code}`)));
  });
}

const startLimitMs = 20_000;

/** Waits until the bus knows who keeps secrets. */
async function untilOnBus(env: Readonly<Record<string, string>>, keyring: ChildProcess): Promise<void> {
  const question = ['--session', '--print-reply', '--dest=org.freedesktop.DBus', '/org/freedesktop/DBus'];
  const method = 'org.freedesktop.DBus.NameHasOwner';
  for (const startedMs = Date.now(); Date.now() - startedMs < startLimitMs;) {
    const { stdout } = spawnSync('dbus-send', [...question, method, 'string:org.freedesktop.secrets'], {
      env,
      encoding: 'utf8',
    });
    if (stdout.includes('boolean true')) return;
    if (keyring.exitCode !== null) throw new Error(`gnome-keyring-daemon ended with ${keyring.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('gnome-keyring-daemon does not come onto the bus');
}
