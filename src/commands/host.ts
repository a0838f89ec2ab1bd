// The outside world as a command sees it: made once, handed to every command.
import type { Clock } from '../base/clock.ts';
import type { ExitCode } from '../base/exit-code.ts';
import type { Environment } from '../settings/locations.ts';
import type { InputStream } from '../terminal/ask.ts';
import type { OutputStream, Terminal } from '../terminal/terminal.ts';

/** What main knows of this process. */
export interface World {
  readonly env: Environment;
  readonly workingDirectory: string;
  readonly homeDirectory: string;
  readonly userName: string;
  /** Number of the user on this machine; `undefined` where users have none. */
  readonly userId: number | undefined;
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Aborted by the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /** Starts listening for signals; the listener is told of the first one before `signal` is aborted. */
  readonly onInterrupt: (listener: (name: 'SIGINT' | 'SIGTERM') => void) => void;
  /** Does some work of which the first Ctrl-C stops nothing but the work; its own signal is aborted then. */
  readonly untilInterrupted: <Result>(work: (signal: AbortSignal) => Promise<Result>) => Promise<Result>;
  readonly pid: number;
  readonly version: string;
  /** How to start this very program again: node and the script. */
  readonly program: readonly [string, string];
  readonly platform: string;
  readonly cores: number;
  /** Ends the process at once. */
  readonly exit: (exitCode: ExitCode) => never;
}

export interface Host extends Omit<World, 'stdout' | 'stderr' | 'onInterrupt' | 'exit'> {
  readonly clock: Clock;
  readonly terminal: Terminal;
  /** The arguments as typed, without node and script. */
  readonly arguments: readonly string[];
}
