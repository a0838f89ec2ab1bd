// Finds the embedded server of this machine, or starts it in the background.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalError } from '../../base/errors.ts';
import { fileEnd } from '../../base/file-end.ts';
import { makeDirectory } from '../../base/make-directory.ts';
import { Secret } from '../../base/secret.ts';
import { lastLines, printable } from '../../base/text.ts';
import { startDaemon } from '../../engine/process/daemon.ts';
import type { DaemonState } from '../../engine/process/daemon.ts';
import type { HttpClient } from '../../http/client.ts';
import { hello } from '../../panda/embedded.ts';
import { pandaServer } from '../../panda/connection.ts';
import type { PandaServer } from '../../panda/connection.ts';
import { setPandaSecret } from '../../panda/secrets.ts';
import { environmentStore } from '../../secrets/environment-store.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Host } from '../host.ts';
import { isOlder, makesPlace } from './server-version.ts';
import type { VersionedServer } from './server-version.ts';

/** After this time without work and without questions the background process ends by itself. */
const idleExitSeconds = 60;
const startLimitMs = 20_000;
const lookAgainMs = 50;
const otherServerMs = 500;
/** A server that is killed at its start is started again; one that cannot start does not become better by it. */
const mostFailures = 5;

interface RunningServer extends VersionedServer {
  readonly server: PandaServer;
}

/** A connection to a server that answers; secrets of this shell are handed to it.
 *  @throws LocalError when it cannot be started, with the end of its log */
export async function connectEmbedded(
  settings: Settings,
  http: HttpClient,
  host: Host,
): Promise<PandaServer> {
  const { dataDirectory } = settings.locations;
  makeDirectory(dataDirectory, 0o700);
  const found = await runningServer(dataDirectory, http);
  const isLeft =
    found !== undefined && makesPlace(found, () => readRecord(recordPath(dataDirectory))?.pid, host);
  const { server } = isLeft || found === undefined ? await startServer(settings, http, host) : found;
  await handOverSecrets(server, host);
  return server;
}

/** The server of this machine when it runs; it is not started. */
export async function runningEmbedded(
  settings: Settings,
  http: HttpClient,
): Promise<PandaServer | undefined> {
  return (await runningServer(settings.locations.dataDirectory, http))?.server;
}

async function startServer(settings: Settings, http: HttpClient, host: Host): Promise<RunningServer> {
  const { dataDirectory } = settings.locations;
  const logFile = join(dataDirectory, 'server.log');
  const [node, script] = host.program;
  const jobs = settings.parallelJobs.value;
  const start = (): (() => DaemonState) =>
    startDaemon({
      program: node,
      args: [
        script,
        'serve',
        '--idle-exit',
        String(idleExitSeconds),
        ...(jobs === undefined ? [] : ['--jobs', String(jobs)]),
      ],
      environment: { ...withoutSecrets(host.env), PCHAIN_HOME: dataDirectory },
      logFile,
    });
  // One of an earlier version is about to end; its lock keeps others from starting until it has.
  const running = async (): Promise<RunningServer | undefined> => {
    const server = await runningServer(dataDirectory, http);
    return server === undefined || isOlder(server, host) ? undefined : server;
  };
  const answer = await host.terminal.whileWaiting('starting PanDA and REANA on this machine', () =>
    waitForServer(start, running, host),
  );
  if (typeof answer !== 'string') return answer;
  const log = lastLineOf(logFile);
  throw new LocalError(`the engine ${answer}${log === '' ? '' : `; it said: ${log}`}`, {
    hint: `see \`${logFile}\``,
  });
}

/** Starts a server until one answers.
 *  @returns in words what went wrong when none does */
export async function waitForServer<Server>(
  start: () => () => DaemonState,
  running: () => Promise<Server | undefined>,
  host: Pick<Host, 'clock' | 'signal'>,
): Promise<Server | string> {
  const startedMs = host.clock.monotonicMs();
  let stateOf = start();
  let failures = 0;
  while (host.clock.monotonicMs() - startedMs < startLimitMs) {
    await host.clock.sleep(lookAgainMs, host.signal);
    const server = await running();
    if (server !== undefined) return server;
    const state = stateOf();
    if (state === 'running') continue;
    if (state === 'failed' && ++failures === mostFailures) return `ended ${failures} times at its start`;
    // Another one has the store: it is starting, too, or it is about to end.
    if (state === 'done') await host.clock.sleep(otherServerMs, host.signal);
    stateOf = start();
  }
  return `did not start within ${startLimitMs / 1000} s`;
}

/** The server that `server.json` tells of, when it answers and is ours. */
async function runningServer(dataDirectory: string, http: HttpClient): Promise<RunningServer | undefined> {
  const record = readRecord(recordPath(dataDirectory));
  if (record === undefined) return undefined;
  let version: string;
  try {
    const answer = await hello(
      { http, origin: new URL(record.url).origin },
      { timeouts: { connectMs: 1_000, idleMs: 3_000, callMs: 4_000 } },
    );
    if (answer === undefined) return undefined;
    version = answer.version;
  } catch {
    return undefined;
  }
  const base = `${record.url}/server/panda`;
  const server = pandaServer({
    http,
    pandaUrlSsl: base,
    authVo: 'local',
    token: () => Promise.resolve(record.token),
  });
  return { server, version, pid: record.pid };
}

const recordPath = (dataDirectory: string): string => join(dataDirectory, 'server.json');

function readRecord(path: string): { url: string; token: Secret; pid: number | undefined } | undefined {
  try {
    const record = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    const { url, token, pid } = record;
    return typeof url === 'string' && typeof token === 'string'
      ? { url, token: new Secret(token), pid: typeof pid === 'number' ? pid : undefined }
      : undefined;
  } catch {
    return undefined;
  }
}

/** The background process keeps no secret of the shell that happened to start it: every command hands its own over. */
function withoutSecrets(env: Host['env']): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) =>
        !/^(PCHAIN_SECRET_|PCHAIN_VAULT_PASSPHRASE|REANA_ACCESS_TOKEN|PANDA_AUTH_ID_TOKEN|OIDC_AUTH)/.test(
          name,
        ),
    ),
  );
}

async function handOverSecrets(server: PandaServer, host: Host): Promise<void> {
  const store = environmentStore(host.env);
  for (const name of await store.list()) {
    const value = await store.get(name.name);
    if (value !== undefined) await setPandaSecret(server, name, value, host.signal);
  }
}

function lastLineOf(path: string): string {
  try {
    return printable(lastLines(fileEnd(path, 4096)?.text ?? '', 1).join(''));
  } catch {
    return '';
  }
}
