// A payload as a real process that outlives us: its own script writes what became of it, so an engine that was
// killed in the meantime finds the outcome, or the process still running, when it comes back.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { LocalError, messageOf, systemCode } from '../../base/errors.ts';
import { isFamilyAlive, markName, signalFamily, type Family } from './family.ts';

/*
 *  control directory          who writes it           meaning
 *  ─────────────────          ─────────────           ───────
 *  payload.sh                 us, before the start    what bash runs
 *  claim                      the first to come       process id: it runs · `void`: we gave it up, it must not run
 *  log                        the payload             stdout and stderr, in order
 *  exit                       the wrapper, at the end exit status and a line break; nothing else is a proof of the end
 */

export interface ProcessSpec {
  /** A directory for the files above, private to this process; it exists. */
  readonly control: string;
  readonly workDirectory: string;
  /** Bash text. */
  readonly script: string;
  /** The whole environment; nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface ProcessExit {
  /** As bash reports it: 128 + n after signal n. `undefined`: it vanished without leaving a status. */
  readonly exitStatus: number | undefined;
  readonly endedMs: number;
  /** Why it failed, in words, where that is known better than from the status. */
  readonly reason?: string | undefined;
}

export interface RunningProcess {
  readonly pid: number;
  /** Resolves once, when the process has ended; never rejects. */
  readonly ended: Promise<ProcessExit>;
  /** Sends a signal to the process and everything it started, also to what left its group. */
  signal(name: 'SIGTERM' | 'SIGKILL'): void;
  /** True while anything of it lives, which may be longer than itself. */
  isAlive(): boolean;
  /** How its processes are found; `undefined`: it has none on this machine. */
  readonly family: Family | undefined;
}

/** Starts a payload in a process group of its own.
 *  @throws LocalError when bash cannot be started */
export function startProcess(spec: ProcessSpec, clock: Clock): RunningProcess {
  writeFileSync(
    join(spec.control, 'payload.sh'),
    spec.script.endsWith('\n') ? spec.script : `${spec.script}\n`,
    { mode: 0o700 },
  );
  // What a payload prints may hold secrets until its end, when they are masked.
  const log = openSync(join(spec.control, 'log'), 'a', 0o600);
  try {
    const child = spawn('bash', ['--noprofile', '--norc', '-c', wrapperScript, wrapperName(spec.control)], {
      cwd: spec.workDirectory,
      env: { ...spec.environment, [markName]: spec.control },
      detached: true,
      stdio: ['ignore', log, log],
    });
    const pid = child.pid;
    const ended = new Promise<ProcessExit>((resolve) => {
      child.once('error', () => resolve({ exitStatus: undefined, endedMs: clock.nowMs() }));
      child.once('exit', (code, signal) =>
        resolve(readExit(spec.control, clock) ?? fallbackExit(code, signal, clock)),
      );
    });
    child.unref();
    if (pid === undefined) throw new LocalError('cannot start `bash`', { hint: 'is bash installed?' });
    return running(pid, spec.control, ended);
  } catch (cause) {
    if (cause instanceof LocalError) throw cause;
    throw new LocalError(`cannot start \`bash\` in \`${spec.workDirectory}\`: ${messageOf(cause)}`, {
      cause,
    });
  } finally {
    closeSync(log);
  }
}

export type Adopted =
  /** It runs on; we watch it now. */
  | { readonly state: 'running'; readonly process: RunningProcess }
  | { readonly state: 'ended'; readonly exit: ProcessExit }
  /** It never began, or died without a status (power loss, SIGKILL of the group): it may be run again. */
  | { readonly state: 'lost' };

/** Finds out what became of a payload that an earlier process of ours started, or was about to start. After `lost` it
 *  can no longer begin, even when its bash was only slow to come up. */
export function adoptProcess(control: string, clock: Clock): Adopted {
  const exit = readExit(control, clock);
  if (exit !== undefined) return { state: 'ended', exit };
  if (voidClaim(control)) return { state: 'lost' };
  const pid = claimedPid(control);
  if (pid === undefined || !isOurs(pid, control)) {
    const late = readExit(control, clock);
    return late === undefined ? { state: 'lost' } : { state: 'ended', exit: late };
  }
  return {
    state: 'running',
    process: running(pid, control, watch(pid, control, clock)),
  };
}

function running(pid: number, control: string, ended: Promise<ProcessExit>): RunningProcess {
  const family = { group: pid, mark: control };
  return {
    pid,
    ended,
    family,
    signal: (name) => signalFamily(family, name),
    isAlive: () => isFamilyAlive(family),
  };
}

/** What the wrapper is called among the processes of this machine: no two have the same name. */
const wrapperName = (control: string): string => join(control, 'wrapper.sh');

// noclobber makes the claim a race with one winner: this wrapper, or the engine that gave the job up.
const wrapperScript = `control="\${0%/*}"
set -o noclobber
{ echo "$$" > "$control/claim"; } 2>/dev/null || exit 0
set +o noclobber
bash --noprofile --norc "$control/payload.sh"
status=$?
echo "$status" > "$control/exit"
exit "$status"
`;

function readExit(control: string, clock: Clock): ProcessExit | undefined {
  const path = join(control, 'exit');
  try {
    const text = readFileSync(path, 'utf8');
    const exitStatus = Number.parseInt(text, 10);
    // Without its line break it is being written at this very moment.
    return Number.isNaN(exitStatus) || !text.endsWith('\n')
      ? undefined
      : { exitStatus, endedMs: Math.min(clock.nowMs(), Math.round(statSync(path).mtimeMs)) };
  } catch {
    return undefined;
  }
}

function fallbackExit(code: number | null, signal: NodeJS.Signals | null, clock: Clock): ProcessExit {
  const exitStatus = code ?? (signal === 'SIGKILL' ? 137 : signal === 'SIGTERM' ? 143 : undefined);
  return { exitStatus, endedMs: clock.nowMs() };
}

/** True when the claim was free and now says that nobody may begin. */
function voidClaim(control: string): boolean {
  try {
    writeFileSync(join(control, 'claim'), 'void\n', { flag: 'wx' });
    return true;
  } catch (thrown) {
    // No directory, no process: somebody deleted it.
    return systemCode(thrown) !== 'EEXIST';
  }
}

/** The process id of a claim. A claim that is still empty is being written at this very moment: it has a few more. */
function claimedPid(control: string): number | undefined {
  for (let attempt = 0; attempt < 50; attempt++) {
    const text = readFileSync(join(control, 'claim'), 'utf8');
    if (text.endsWith('\n')) {
      const pid = Number.parseInt(text, 10);
      return Number.isNaN(pid) ? undefined : pid;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  }
  return undefined;
}

/** Whether `pid` is alive and is the wrapper of this very directory, not a stranger that got the same number. */
function isOurs(pid: number, control: string): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const commandLine = `/proc/${pid}/cmdline`;
  if (!existsSync('/proc/self/cmdline')) return true;
  try {
    return readFileSync(commandLine, 'utf8').includes(wrapperName(control));
  } catch {
    return false;
  }
}

const watchIntervalMs = 100;

async function watch(pid: number, control: string, clock: Clock): Promise<ProcessExit> {
  while (isOurs(pid, control)) {
    await clock.sleep(watchIntervalMs);
  }
  return readExit(control, clock) ?? { exitStatus: undefined, endedMs: clock.nowMs() };
}
