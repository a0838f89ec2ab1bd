// What an offload is given, what it tells on its way, and what comes out.
import type { Clock } from '../../base/clock.ts';
import type { Finding } from '../../base/finding.ts';
import type { RunState } from '../protocol/answers.ts';
import type { LeftOut } from '../files/inputs.ts';
import type { DownloadState } from '../files/outputs.ts';
import type { PrepareOptions } from './prepare.ts';
import type { ReanaSecretValue } from '../protocol/secret-calls.ts';
import type { SecretFingerprints, SentSecrets } from './send-secrets.ts';
import type { UploadState } from '../files/upload.ts';
import type { WireSetup } from '../protocol/wire.ts';

export interface OffloadOptions extends WireSetup, PrepareOptions {
  /** Name of the run: letters, digits, `_`, `-`. Together with `workDirectory` it names the journal. */
  readonly name: string;
  /** A run that is there already, `name.number`, is gone on with. */
  readonly resume: string | undefined;
  readonly secrets: ReadonlyMap<string, ReanaSecretValue>;
  /** True replaces secrets that REANA has with another value; otherwise those are used as they are. */
  readonly replaceSecrets: boolean;
  readonly fingerprints: SecretFingerprints;
  /** `.tar`, `.tar.gz`, `.tgz` or `.tar.zst`; `undefined`: nothing is brought back. */
  readonly outputTar: string | undefined;
  /** Packs what there is, also of a run that failed or did not make all of its outputs; the outcome stays as bad. */
  readonly keepGoing: boolean;
  /** Deletes the run, once its outputs are here. */
  readonly deleteAfter: boolean;
  /** False: stop once the run is started. */
  readonly waits: boolean;
  /** For the journal, the downloads in progress and `userJobMetadata.json`. */
  readonly workDirectory: string;
  readonly clock: Clock;
  /** A fresh random identifier. */
  readonly newId: () => string;
  readonly signal?: AbortSignal | undefined;
  /** Called while the server does not answer: starts one again that is this machine's own.
   *  @throws LocalError when it does not start, which ends the waiting */
  readonly revive?: (() => Promise<void>) | undefined;
  readonly onEvent: (event: OffloadEvent) => void;
}

export type OffloadEvent =
  /** The specification passed; `warnings` may still be worth a look. */
  | {
      readonly type: 'checked';
      readonly warnings: readonly Finding[];
      readonly leftOut: readonly LeftOut[];
    }
  /** The server took the token. */
  | { readonly type: 'connected'; readonly server: string; readonly user: string }
  | ({ readonly type: 'secrets' } & SentSecrets)
  /** There is a run; `resumed` when an earlier call made it. `warnings` are the server's. */
  | {
      readonly type: 'run';
      readonly runId: string;
      readonly runName: string;
      readonly resumed: boolean;
      readonly warnings: readonly string[];
    }
  /** Another input is there, or more of it. */
  | ({ readonly type: 'upload' } & UploadState)
  | { readonly type: 'started'; readonly runName: string }
  /** Status, step or counts of jobs changed. */
  | { readonly type: 'status'; readonly state: RunState }
  /** The server does not answer; the run goes on, and so does the waiting. */
  | { readonly type: 'silence'; readonly sinceMs: number; readonly reason: string }
  /** It answers again. */
  | { readonly type: 'answers' }
  /** Declared outputs that the run did not make, when it goes on without them. */
  | { readonly type: 'missing'; readonly outputs: readonly string[] }
  /** Another output is here, or more of it. */
  | ({ readonly type: 'download' } & DownloadState)
  /** The server takes too long to pack an output: files come one by one from there on. */
  | { readonly type: 'singly'; readonly output: string }
  /** `isEarlier`: by an earlier call, since which nothing has changed. */
  | {
      readonly type: 'packed';
      readonly runName: string;
      readonly tar: string;
      readonly sizeBytes: number;
      readonly isEarlier: boolean;
    }
  /** The run and its workspace are gone; `problem`: why they are not. */
  | { readonly type: 'deleted'; readonly runName: string; readonly problem: string | undefined };

export interface OffloadedRun {
  readonly server: string;
  readonly runId: string;
  readonly runName: string;
}

export type OffloadResult =
  /** The specification has errors; no server was asked. */
  | { readonly outcome: 'invalid'; readonly findings: readonly Finding[] }
  /** Started, and not waited for. */
  | ({ readonly outcome: 'started' } & OffloadedRun)
  | ({
      readonly outcome: 'finished';
      /** `undefined` when nothing was to be brought back. */
      readonly outputTar: string | undefined;
      readonly sizeBytes: number;
      /** Hexadecimal; empty without a tar. */
      readonly sha256: string;
      /** Declared outputs that the run did not make; only with `keepGoing`. */
      readonly missing: readonly string[];
    } & OffloadedRun);
