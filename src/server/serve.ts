// Starts the embedded server on loopback, says where it is, and ends it.
import { systemCode, LocalError, messageOf } from '../base/errors.ts';
import { Activity } from './activity.ts';
import { createApp, type AppOptions } from './app.ts';
import { removeServerRecord, writeServerRecord, type ServerRecord } from './server-record.ts';

export interface ServeOptions extends Omit<AppOptions, 'activity'> {
  /** The port to listen on; `undefined` takes a free one. */
  readonly port?: number | undefined;
  /** The id of this process, for `server.json`. */
  readonly pid: number;
  /** After this many milliseconds without a request and without work, `onIdle` is called, once; `undefined`: never. */
  readonly idleMs?: number | undefined;
  readonly onIdle?: (() => void) | undefined;
}

export interface RunningServer {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Ends long polls, waits shortly for open answers, closes, and removes `server.json`. Calling it again is fine. */
  close(): Promise<void>;
}

/** How long open answers may take after `close` was called, in milliseconds. */
const farewellMs = 3000;

/** Listens on 127.0.0.1 and writes `server.json`.
 *  @throws LocalError when the port is taken or the data directory cannot be written */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { clock, dataDirectory, version } = options;
  const activity = new Activity(clock);
  const app = createApp({ ...options, activity });
  let url: string;
  try {
    url = await app.listen({ host: '127.0.0.1', port: options.port ?? 0 });
  } catch (cause) {
    await app.close();
    if (systemCode(cause) === 'EADDRINUSE') {
      throw new LocalError(`port ${options.port ?? 0} is in use`, { hint: 'take another --port', cause });
    }
    throw new LocalError(`cannot listen on 127.0.0.1: ${messageOf(cause)}`, { cause });
  }
  const record: ServerRecord = {
    url,
    pid: options.pid,
    token: options.token,
    version,
    startedMs: clock.nowMs(),
  };
  try {
    await writeServerRecord(dataDirectory, record);
  } catch (cause) {
    await app.close();
    throw cause;
  }
  const ending = new AbortController();
  void watchIdle(options, activity, ending.signal);
  const end = async (): Promise<void> => {
    ending.abort();
    await removeServerRecord(dataDirectory, record);
    const late = new AbortController();
    const tooLate = clock.sleep(farewellMs, late.signal).then(
      () => app.server.closeAllConnections(),
      () => undefined,
    );
    await app.close();
    late.abort();
    await tooLate;
  };
  let ended: Promise<void> | undefined;
  return { url, close: () => (ended ??= end()) };
}

/** Calls `onIdle` as soon as nobody asked and nothing ran for `idleMs`. */
async function watchIdle(options: ServeOptions, activity: Activity, signal: AbortSignal): Promise<void> {
  const { clock, engine, idleMs, onIdle } = options;
  if (idleMs === undefined || onIdle === undefined) return;
  // Every change of the engine counts as use, so that the quiet time starts when the last job ended.
  const unsubscribe = engine.subscribe(() => activity.touch());
  try {
    for (;;) {
      if (engine.isBusy) activity.touch();
      const quietMs = activity.quietMs;
      if (quietMs >= idleMs) break;
      await clock.sleep(idleMs - quietMs, signal);
    }
  } catch {
    // The server is closing.
    return;
  } finally {
    unsubscribe();
  }
  onIdle();
}
