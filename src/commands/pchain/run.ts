// `pchain --cwl … --outDS …`: checks a workflow, submits it once, and with --wait sees it to its end.
import { dirname, resolve } from 'node:path';
import { ExitCode } from '../../base/exit-code.ts';
import type { RequestId } from '../../base/names.ts';
import type { Weather } from '../../engine/weather/weather.ts';
import { openLedger } from '../../ledger/ledger.ts';
import type { Settings } from '../../settings/settings.ts';
import { drawWorkflow } from '../../workflow/drawing/text.ts';
import type { Plan } from '../../workflow/plan.ts';
import type { SearchOptions } from '../../engine/hpo/search-options.ts';
import { submissionSurroundings } from '../check/check-surroundings.ts';
import { findingsExit, tellFindings } from '../check/show-findings.ts';
import {
  hoursOption,
  largestFileMegabytes,
  listOption,
  readWorkflow,
  secondsOption,
  textOption,
  workflowFlags,
} from '../check/workflow-files.ts';
import type { WorkflowFlags } from '../check/workflow-files.ts';
import type { Host } from '../host.ts';
import { connect } from '../servers/connection.ts';
import type { Connection } from '../servers/connection.ts';
import { loadSettings } from '../servers/settings.ts';
import { athenaRelease, builtPackages, needsAthena } from '../submit/athena.ts';
import { dumping } from '../submit/dump-json.ts';
import { earlierOutputs } from '../submit/earlier-outputs.ts';
import { knownSecrets } from '../submit/known-secrets.ts';
import { localDatasets } from '../submit/local-datasets.ts';
import { preflight } from '../submit/preflight.ts';
import type { Outlook } from '../submit/preflight.ts';
import { insideSandbox, specFile } from '../submit/sandbox-paths.ts';
import { fileNamePatterns, packSandboxes } from '../submit/sandboxes.ts';
import { searchOptions } from '../submit/search-options.ts';
import { tellSecretFaults } from '../submit/secret-preflight.ts';
import { submitOnce } from '../submit/submit-once.ts';
import { weatherFile } from '../submit/weather-file.ts';
import { withTemplate } from '../submit/workflow-template.ts';
import { archivePath } from '../work/collect.ts';
import { finishRequest } from '../work/finish-request.ts';
import { followRequest } from '../work/follow-request.ts';
import { minSuccessOption } from '../work/outcome.ts';

type Options = Readonly<Record<string, unknown>>;

export async function runWorkflow(options: Options, host: Host): Promise<ExitCode> {
  const relayHost = textOption(options, 'relayHost');
  const server = relayHost === undefined ? textOption(options, 'server') : `https://${relayHost}:25443`;
  const settings = await loadSettings(
    {
      server,
      jobs: textOption(options, 'jobs'),
      maxIterations: textOption(options, 'maxIterations'),
      containers: textOption(options, 'containers'),
    },
    host,
  );
  for (const flag of withoutEffect) {
    if (options[flag] !== undefined) host.terminal.detail(`\`--${flag}\` has no effect on a workflow`);
  }
  const submission = new Submission(options, settings, host);
  return dumping(textOption(options, 'dumpJson'), options, host, async () => ({
    exitCode: await submission.run(),
    requestId: submission.requestId,
  }));
}

/** Options of the official client that reach no server there either, or mean its own ways of signing in. */
const withoutEffect = ['noEmail', 'voms', 'intrSrv', '3'];

/** One submission from the files to the end that the user asked for. */
class Submission {
  readonly #options: Options;
  readonly #settings: Settings;
  readonly #host: Host;
  #flags: WorkflowFlags;
  readonly #output: string | undefined;
  /** The command stays until the workflow ends. */
  readonly #waits: boolean;
  #outlook: Outlook | undefined;
  #weather: Weather | undefined;
  readonly #minSuccess: number | undefined;
  /** How searches run on this machine; `undefined`: nothing was said. */
  readonly #search: SearchOptions | undefined;
  /** Of the request, once there is one. */
  requestId: RequestId | undefined;

  constructor(options: Options, settings: Settings, host: Host) {
    this.#options = options;
    this.#settings = settings;
    this.#host = host;
    this.#flags = workflowFlags(options, settings.nickname.value);
    const output = textOption(options, 'output');
    this.#output = output === undefined ? undefined : archivePath(output, host.workingDirectory);
    this.#waits = options['wait'] === true || output !== undefined;
    this.#minSuccess = minSuccessOption(options);
    const search = searchOptions(options);
    this.#search = Object.keys(search).length === 0 ? undefined : search;
  }

  async run(): Promise<ExitCode> {
    const host = this.#host;
    const call = { flags: this.#flags, options: this.#options, settings: this.#settings, mayAsk: true };
    this.#flags = await withTemplate(call, host);
    const flags = { ...this.#flags, file: specFile(this.#flags, this.#host) };
    const megabytes = largestFileMegabytes(textOption(this.#options, 'maxSizeInSandbox') ?? '1');
    const read = await readWorkflow(flags, host.workingDirectory, {
      surroundings: submissionSurroundings({
        workingDirectory: host.workingDirectory,
        largestFileMegabytes: megabytes,
        settings: this.#settings,
        knownSecrets: await knownSecrets(this.#settings, host),
        generated: flags.generated,
      }),
    });
    tellFindings({ findings: read.findings, readText: read.readText, filesChecked: read.files.length }, host);
    if (read.plan === undefined) return findingsExit(read.findings, false);
    const weather = weatherFile(textOption(this.#options, 'weather'), this.#settings, host);
    if (weather === 'faulty') return ExitCode.findings;
    this.#weather = weather;
    const { plan } = read;
    for (const file of read.filesRead) insideSandbox(file, this.#host);
    const withPackages = this.#needsAthena(plan);
    await tellSecretFaults(plan, this.#settings, host);
    this.#draw(plan);
    // What is not sent needs no credentials.
    if (this.#options['noSubmit'] !== true) this.#outlook = await this.#lookAhead(plan);

    const datasets = localDatasets({
      flags: listOption(this.#options, 'dataset'),
      fromInputs: read.datasets,
      inputsDirectory: resolve(host.workingDirectory, dirname(flags.yaml ?? '.')),
      settings: this.#settings,
      workingDirectory: host.workingDirectory,
    });
    const sandboxes = await packSandboxes(
      {
        largestFileMegabytes: megabytes,
        excludeFiles: this.#output === undefined ? [] : [this.#output],
        earlierOutputs: await earlierOutputs(openLedger(this.#settings.locations.dataDirectory), plan.steps),
        generated: flags.generated,
        builtPackages: withPackages ? (directory) => builtPackages(directory, host) : undefined,
        extFile: fileNamePatterns(textOption(this.#options, 'extFile') ?? ''),
        directory: `${this.#settings.locations.dataDirectory}/outbox`,
      },
      host,
    );
    try {
      if (this.#options['noSubmit'] === true) {
        host.terminal.say('nothing was sent (--noSubmit)');
        return ExitCode.done;
      }
      const connection = await connect(this.#settings, host);
      const id = await submitOnce(
        {
          flags: this.#flags,
          options: this.#options,
          settings: this.#settings,
          plan,
          sandboxes,
          datasets,
          weather: this.#weather,
          search: this.#search,
          outlook: this.#outlook,
        },
        connection,
        host,
      );
      this.requestId = id;
      return await this.#see(connection, id);
    } finally {
      await sandboxes.remove();
    }
  }

  #lookAhead(plan: Plan): Promise<Outlook> {
    const lastingMs = hoursOption(this.#options, 'lasting');
    const force = this.#options['force'] === true;
    const official = this.#options['official'] === true;
    return preflight(plan, this.#settings, this.#host, { waits: this.#waits, force, lastingMs, official });
  }

  /** Whether an archive with the packages of this shell is sent. On this machine jobs find them where they are.
   *  @throws UsageError when they are needed and no release is set up */
  #needsAthena(plan: Plan): boolean {
    const wanted = this.#options['useAthenaPackages'] === true || needsAthena(plan);
    if (!wanted || this.#settings.server.value.kind === 'local') return false;
    athenaRelease(this.#host.env);
    return true;
  }

  async #see(connection: Connection, id: RequestId): Promise<ExitCode> {
    if (!this.#waits) {
      this.#host.terminal.out(String(id));
      this.#host.terminal.say(`\`pchain follow ${id}\` shows how it goes`);
      return ExitCode.done;
    }
    const target = { kind: 'request', id } as const;
    const snapshot = await followRequest(connection, target, this.#host, {
      timeoutMs: secondsOption(this.#options, 'timeout'),
    });
    const finish = { output: this.#output, minSuccess: this.#minSuccess };
    return finishRequest(await connection.again(), snapshot, finish, this.#settings, this.#host);
  }

  #draw(plan: Plan): void {
    const { stderr } = this.#host.terminal;
    const lines = drawWorkflow(plan, { unicode: stderr.unicode, width: Math.min(stderr.width, 120) });
    this.#host.terminal.say(`${lines.join('\n')}\n`);
  }
}
