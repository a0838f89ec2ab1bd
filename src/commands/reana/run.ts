// `pchain reana run`: runs an analysis on REANA and packs its outputs; what the payload of a `reana` step calls.
import { randomUUID } from 'node:crypto';
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LocalError, UsageError, WaitTimeout, messageOf } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import type { Finding } from '../../base/finding.ts';
import { openLedger } from '../../ledger/ledger.ts';
import { offload } from '../../reana/offload/offload.ts';
import type { OffloadOptions, OffloadResult } from '../../reana/offload/offload-options.ts';
import { checkOffload, prepareOffload } from '../../reana/offload/prepare.ts';
import type { Preparation } from '../../reana/offload/prepare.ts';
import { RunFailed } from '../../reana/offload/run-failed.ts';
import { baseName } from '../../reana/protocol/workspaces.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Host } from '../host.ts';
import { persistently } from '../work/persistence.ts';
import { loadSettings } from '../servers/settings.ts';
import { tellFindings } from '../check/show-findings.ts';
import { textReader } from '../check/text-files.ts';
import { listOption, secondsOption, textOption } from '../check/workflow-files.ts';
import { namedFiles, pairs, printJson, reanaConnection } from './connection.ts';
import type { Options } from './connection.ts';
import { secretFingerprints, secretsGiven } from './given-secrets.ts';
import { OffloadVoice } from './run-voice.ts';
import { nameAfter, specificationFile } from './specification.ts';

export async function runReanaRun(options: Options, host: Host): Promise<ExitCode> {
  const file = specificationFile(options, host);
  const timeoutMs = secondsOption(options, 'timeout');
  const deadline = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  const outputs = namedFiles(listOption(options, 'outputs'));
  const resume = resumedRun(options);
  const local = {
    specFile: file,
    set: pairs('set', options),
    parameters: pairs('parameter', options),
    options: pairs('option', options),
    outputs: outputs.length === 0 ? undefined : outputs,
    name: textOption(options, 'name') ?? (resume === undefined ? nameAfter(file) : baseName(resume)),
    resume,
    replaceSecrets: options['replaceSecrets'] === true,
    outputTar: outputTar(options, host),
    keepGoing: options['keepGoing'] === true,
    deleteAfter: options['deleteAfter'] === true,
    waits: options['wait'] !== false,
    workDirectory: host.workingDirectory,
    signal: deadline === undefined ? host.signal : AbortSignal.any([host.signal, deadline]),
  };
  // A name that cannot be is said before gigabytes of inputs are read.
  checkOffload(local, undefined);
  const prepare = (): Promise<Preparation> => inTime(deadline, host, () => prepareOffload(local));
  // A log need not hear of what mostly takes no time.
  const preparation = host.terminal.interactive
    ? await host.terminal.whileWaiting('reading the specification and its inputs', prepare)
    : await prepare();
  checkOffload(local, preparation.prepared);
  if (preparation.prepared === undefined) return tellInvalid(preparation.findings, host);
  const settings = await loadSettings({}, host);
  const secrets = await secretsGiven(options, settings, host);
  const { setup, revive } = await reanaConnection(host, settings);
  const voice = new OffloadVoice(file, host);
  let packed: string | undefined;
  const given: OffloadOptions = {
    ...setup,
    ...local,
    revive,
    secrets,
    fingerprints: secretFingerprints(settings),
    clock: host.clock,
    newId: randomUUID,
    onEvent: (event) => {
      if (event.type === 'packed' && !event.isEarlier) packed = event.tar;
      voice.tell(event);
    },
  };
  try {
    const result = await inTime(deadline, host, () =>
      voice.whileLive(() => persistently(host, () => offload(given, preparation))),
    );
    return finish(result, options, host);
  } catch (thrown) {
    if (thrown instanceof RunFailed && options['json'] === true)
      printJson(failureRecord(thrown, setup.server, packed), host);
    throw thrown;
  } finally {
    if (packed !== undefined) await notePacked(packed, settings, host);
  }
}

/** So that the tar does not travel with what is submitted from here later. A job submits nothing. */
async function notePacked(path: string, settings: Settings, host: Host): Promise<void> {
  if (host.env['PandaID'] !== undefined) return;
  const entry = { kind: 'packed', atMs: host.clock.nowMs(), path } as const;
  try {
    await openLedger(settings.locations.dataDirectory).append(entry);
  } catch (thrown) {
    // The tar is there, and that is what was asked for.
    host.terminal.detail(messageOf(thrown));
  }
}

/** @throws WaitTimeout when the work was cut short by the deadline */
async function inTime<Result>(
  deadline: AbortSignal | undefined,
  host: Host,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (thrown) {
    if (deadline?.aborted !== true || host.signal.aborted || thrown instanceof RunFailed) throw thrown;
    throw new WaitTimeout(`the time that \`--timeout\` gives is over; ${messageOf(thrown)}`, {
      hint: 'the same command again goes on with it',
      cause: thrown,
    });
  }
}

function finish(result: OffloadResult, options: Options, host: Host): ExitCode {
  if (result.outcome === 'invalid') return tellInvalid(result.findings, host);
  const run = { server: result.server, id: result.runId, name: result.runName };
  if (result.outcome === 'started') {
    if (options['json'] === true) printJson({ ...run, outcome: 'started' }, host);
    else
      host.terminal.say(`not waiting; the same command without \`--no-wait\` goes on with ${result.runName}`);
    return ExitCode.done;
  }
  if (options['json'] === true) {
    printJson(
      {
        ...run,
        outcome: 'finished',
        output: result.outputTar ?? null,
        size_bytes: result.sizeBytes,
        sha256: result.sha256,
        missing: result.missing,
      },
      host,
    );
  }
  return result.missing.length === 0 ? ExitCode.done : ExitCode.findings;
}

/** @param output the tar with what there was, with `--keep-going` */
function failureRecord(
  failure: RunFailed,
  server: string,
  output: string | undefined,
): Record<string, unknown> {
  return {
    server,
    id: failure.runId,
    name: failure.runName,
    outcome: 'failed',
    status: failure.status,
    step: failure.step ?? null,
    exit_status: failure.exitStatus ?? null,
    out_of_memory: failure.isOutOfMemory,
    log_tail: failure.logTail,
    output: output ?? null,
  };
}

function tellInvalid(findings: readonly Finding[], host: Host): ExitCode {
  tellFindings({ findings, readText: textReader(host.workingDirectory), filesChecked: 1 }, host);
  return ExitCode.findings;
}

/** `--resume NAME.N`: with its number, since the latest run of a name may be another one by then. */
function resumedRun(options: Options): string | undefined {
  const run = options['resume'];
  // An empty one is a variable that was not set; a new run is not what was meant.
  if (typeof run !== 'string') return undefined;
  if (/^[^./\s]+\.\d+(?:\.\d+)?$/.test(run)) return run;
  throw new UsageError(`\`--resume ${run}\` names no run`, { hint: 'a run is called `name.1`' });
}

/** Checked before anything runs, so that hours of work do not end in a bad place. */
function outputTar(options: Options, host: Host): string {
  const output = textOption(options, 'output') ?? 'output_from_reana.tar';
  const path = resolve(host.workingDirectory, output);
  const directory = dirname(path);
  if (!existsSync(directory)) throw new LocalError(`the directory of \`${output}\` does not exist`);
  try {
    accessSync(directory, constants.W_OK);
  } catch (cause) {
    throw new LocalError(`nothing can be written into the directory of \`${output}\``, { cause });
  }
  return path;
}
