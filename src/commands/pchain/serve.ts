// `pchain serve`: the embedded PanDA and REANA, in the foreground or as the background process that other commands start.
import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import type { Clock } from '../../base/clock.ts';
import { UsageError, messageOf } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { makeDirectory } from '../../base/make-directory.ts';
import { redact } from '../../base/secret.ts';
import { Engine } from '../../engine/engine.ts';
import { EmbeddedReana } from '../../engine/reana/engine.ts';
import { Containers, type ContainerMode } from '../../engine/containers/containers.ts';
import { DatabaseBusy, openDatabase } from '../../engine/store/database.ts';
import type { Database } from '../../engine/store/database.ts';
import { keepKey, SealedValues } from '../../engine/store/sealed-values.ts';
import { parseJson } from '../../http/client.ts';
import { quoteShellWord } from '../../prun/shell-words.ts';
import type { EngineIdentity, TokenOwner } from '../../server/identity.ts';
import { freePort, keepIdentity, readIdentity } from '../../server/identity.ts';
import { registerReanaFace } from '../../server/reana/face.ts';
import type { ReanaLimits } from '../../server/reana/limits.ts';
import { serve } from '../../server/serve.ts';
import { SignIn, signInConfigurationShape } from '../../server/sign-in.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Host } from '../host.ts';
import { displayName, nicknameOf } from '../credentials/identity.ts';
import { httpClient } from '../servers/connection.ts';
import { containerEnvironment, jobEnvironment } from '../servers/job-environment.ts';
import { reanaLimits } from '../servers/reana-limits.ts';
import type { ReanaLimitFlags } from '../servers/reana-limits.ts';
import { loadSettings } from '../servers/settings.ts';

export interface ServeFlags extends ReanaLimitFlags {
  readonly port?: string | undefined;
  readonly jobs?: string | undefined;
  readonly containers?: string | undefined;
  /** The sign-in configuration of a VO, whose ID tokens are let in when they are the owner's. */
  readonly signIn?: string | undefined;
  /** End after this many seconds without requests and without work; not given: never. */
  readonly idleExit?: string | undefined;
}

/** Serves until Ctrl-C, SIGTERM, or the end of its idle time. Payloads that still run then are left to run; the next
 *  engine finds them. A second one for the same data directory ends at once. */
export async function runServe(flags: ServeFlags, host: Host): Promise<ExitCode> {
  const limits = reanaLimits(flags);
  const settings = await loadSettings(
    { jobs: flags.jobs, containers: flags.containers, server: 'local' },
    host,
  );
  const { dataDirectory } = settings.locations;
  makeDirectory(dataDirectory, 0o700);
  const log = logger(host);
  let database: Database;
  try {
    database = openDatabase(join(dataDirectory, 'engine.db'));
  } catch (thrown) {
    if (!(thrown instanceof DatabaseBusy)) throw thrown;
    log(`another engine serves ${dataDirectory} already`);
    return ExitCode.done;
  }
  try {
    const owner = {
      userName: displayName(host.userName),
      nickname: nicknameOf(settings.nickname.value, host.userName),
    };
    return await serveFrom(database, {
      flags,
      limits,
      settings,
      host,
      log,
      owner,
      identity: readIdentity(dataDirectory, owner),
    });
  } finally {
    database.close();
  }
}

interface Serving {
  readonly flags: ServeFlags;
  readonly limits: ReanaLimits;
  readonly settings: Settings;
  readonly host: Host;
  readonly log: (line: string) => void;
  readonly owner: TokenOwner;
  readonly identity: EngineIdentity;
}

async function serveFrom(database: Database, serving: Serving): Promise<ExitCode> {
  const { flags, limits, settings, host, log, owner, identity } = serving;
  const { clock } = host;
  const { dataDirectory } = settings.locations;
  const parallelJobs = settings.parallelJobs.value ?? host.cores;
  let end: (exitCode: ExitCode) => void = () => undefined;
  const ended = new Promise<ExitCode>((resolve) => (end = resolve));
  const binDirectory = placePrograms(dataDirectory, host.program);
  const environment = jobEnvironment(host.env);
  const address: { url?: string } = {};

  const onFatal = (thrown: unknown): void => {
    log(`cannot store what happened, so the engine ends: ${messageOf(thrown)}`);
    end(ExitCode.local);
  };
  const sealKey = keepKey(join(dataDirectory, 'engine.key'));
  const containers = new Containers({
    environment: { ...environment, ...containerEnvironment(host.env) },
    programs: { directory: binDirectory, needs: programFiles(host.program) },
  });
  const engine = new Engine({
    database,
    sealed: new SealedValues(database, 'panda', sealKey),
    dataDirectory,
    clock,
    parallelJobs,
    environment,
    binDirectory,
    containers,
    containerMode: containerWord(settings),
    http: httpClient(settings, host),
    embedded: () => (address.url === undefined ? undefined : { url: address.url, token: identity.token }),
    onFatal,
    log,
  });
  const reana = new EmbeddedReana({
    database,
    directory: join(dataDirectory, 'reana'),
    clock,
    newId: randomUUID,
    environment: { ...environment, PATH: `${binDirectory}:${environment['PATH'] ?? '/usr/bin:/bin'}` },
    maxRuns: Math.max(2, parallelJobs),
    cores: parallelJobs,
    sealed: new SealedValues(database, 'reana', sealKey),
    containers: {
      containers,
      mode: (jobId) => engine.runOptions(jobId)?.containers ?? containerWord(settings),
    },
    weather: (jobId) => engine.runOptions(jobId)?.weather,
    recordEvent: (event) => engine.recordEvent(event),
    onFatal,
  });
  const server = await serve({
    engine,
    reana,
    registerReana: (app) =>
      registerReanaFace(app, {
        engine: reana,
        clock,
        limits,
        newId: randomUUID,
        authorise: (token) => (token === identity.token.reveal() ? { user: host.userName } : undefined),
      }),
    token: identity.token,
    signIn: signInOf(flags, owner, settings, host),
    ...owner,
    dataDirectory,
    clock,
    version: host.version,
    log,
    shutdown: () => end(ExitCode.done),
    port: flags.port === undefined ? await freePort(identity.port) : portOf(flags.port),
    pid: host.pid,
    idleMs: flags.idleExit === undefined ? undefined : secondsOf(flags.idleExit) * 1000,
    onIdle: () => end(ExitCode.done),
  });
  address.url = server.url;
  keepIdentity(dataDirectory, { token: identity.token, port: Number(new URL(server.url).port) });
  log(`pchain ${host.version} serves ${server.url} from ${dataDirectory}, ${parallelJobs} jobs at a time`);
  // Only now: payloads that are found again must be able to reach us.
  engine.resume();
  host.signal.addEventListener('abort', () => end(ExitCode.done), { once: true });
  void endWithDirectory(dataDirectory, clock, () => end(ExitCode.local));

  const exitCode = await ended;
  engine.close();
  reana.close();
  await server.close();
  return exitCode;
}

/** Reads `--sign-in`: a file in the form of PanDA's `<VO>_auth_config.json`. */
function signInOf(flags: ServeFlags, owner: TokenOwner, settings: Settings, host: Host): SignIn | undefined {
  if (flags.signIn === undefined) return undefined;
  const path = resolve(host.workingDirectory, flags.signIn);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new UsageError(`cannot read \`--sign-in ${flags.signIn}\`: ${messageOf(cause)}`, { cause });
  }
  const parsed = v.safeParse(signInConfigurationShape, value);
  if (!parsed.success) {
    throw new UsageError(`\`--sign-in ${flags.signIn}\` is not the sign-in configuration of a VO`, {
      hint: 'it is the JSON at `/auth/<VO>_auth_config.json` of a PanDA server',
    });
  }
  const http = httpClient(settings, host);
  const fetchJson = async (url: string): Promise<unknown> =>
    parseJson(await http.request({ method: 'GET', url, repeatable: true }), (found) => found);
  return new SignIn(parsed.output, owner.nickname, fetchJson, host.clock);
}

function logger(host: Host): (line: string) => void {
  return (line) => host.terminal.say(`${new Date(host.clock.nowMs()).toISOString()} ${redact(line)}`);
}

/** Puts a `pchain` where payloads find it: this very program, whatever else is installed. */
function placePrograms(dataDirectory: string, program: readonly [string, string]): string {
  const directory = join(dataDirectory, 'bin');
  makeDirectory(directory);
  const path = join(directory, 'pchain');
  const [node, script] = program.map(quoteShellWord);
  writeFileSync(`${path}.part`, `#!/bin/sh\nexec ${node} ${script} "$@"\n`);
  chmodSync(`${path}.part`, 0o755);
  renameSync(`${path}.part`, path);
  return directory;
}

/** Ends when the data directory was removed: there is nothing left to serve, and nobody who could find this server. */
async function endWithDirectory(dataDirectory: string, clock: Clock, end: () => void): Promise<void> {
  while (existsSync(join(dataDirectory, 'engine.db'))) await clock.sleep(2_000);
  end();
}

const containerWord = ({ containers: { value } }: Settings): ContainerMode => value.engine ?? value.mode;

/** What `pchain` itself needs where only some directories can be seen: Node, and the folder of this program. */
function programFiles([node, script]: readonly [string, string]): readonly string[] {
  return [node, dirname(dirname(realpathSync(script)))];
}

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new UsageError(`\`--port\` takes a number from 0 to 65535, not \`${text}\``);
  return port;
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (!(seconds >= 0)) throw new UsageError(`\`--idle-exit\` takes a number of seconds, not \`${text}\``);
  return seconds;
}
