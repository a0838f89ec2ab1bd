// What every route of the server works with: the engine, who the user is, and the few things from outside.
import type { Clock } from '../base/clock.ts';
import type { Secret } from '../base/secret.ts';
import type { PandaEngine, ReanaEngine } from '../engine/api.ts';
import type { Activity } from './activity.ts';
import type { SandboxCache } from './panda/sandbox-cache.ts';

export interface ServerParts {
  readonly engine: PandaEngine;
  /** Where the REANA runs are that jobs offload; `undefined` when this server speaks PanDA only. */
  readonly reana: Pick<ReanaEngine, 'runs'> | undefined;
  readonly token: Secret;
  /** The owner's display name, `Alice Example`. */
  readonly userName: string;
  /** The short name in dataset names, `alice`. */
  readonly nickname: string;
  /** Where the server keeps sandboxes (`cache/`) and unpacks them for reading (`unpacked/`). */
  readonly dataDirectory: string;
  readonly clock: Clock;
  /** `http://127.0.0.1:<port>`, once it listens. */
  readonly address: () => string;
  readonly version: string;
  /** Takes one line without line break. Tokens never get there. */
  readonly log: (line: string) => void;
  /** Asks the owner of the server to end it; called after the answer has left. */
  readonly shutdown: () => void;
  /** True when REANA's routes are served at the same address. */
  readonly servesReana: boolean;
  readonly cache: SandboxCache;
  readonly activity: Activity;
  /** Aborted when the server closes; long polls end then. */
  readonly closing: AbortSignal;
}
