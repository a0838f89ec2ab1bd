// `pchain --cwl … --outDS …`: checks a workflow, submits it once, and with --wait sees it to its end.
import { dirname, resolve } from 'node:path';
import { AuthError, LocalError, RemoteError, messageOf } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { requestId } from '../../base/names.ts';
import type { RequestId } from '../../base/names.ts';
import { withoutEffectIn } from '../../engine/panda/option-effects.ts';
import type { Weather } from '../../engine/weather/weather.ts';
import { languageEntry } from '../../languages/languages.ts';
import type { LanguageEntry } from '../../languages/languages.ts';
import { openLedger } from '../../ledger/ledger.ts';
import { submissionKey } from '../../ledger/submission-key.ts';
import { putWorkflowRequest, submitNativeWorkflow } from '../../panda/submit.ts';
import type { EmbeddedExtras } from '../../panda/submit.ts';
import type { Settings } from '../../settings/settings.ts';
import { drawWorkflow } from '../../workflow/drawing/text.ts';
import type { Plan } from '../../workflow/plan.ts';
import { athenaRelease, builtPackages, needsAthena } from '../submit/athena.ts';
import { submissionSurroundings } from '../check/check-surroundings.ts';
import { knownSecrets } from '../submit/known-secrets.ts';
import { tellSecretFaults } from '../submit/secret-preflight.ts';
import { archivePath } from '../work/collect.ts';
import { connect } from '../servers/connection.ts';
import type { Connection } from '../servers/connection.ts';
import { earlierOutputs } from '../submit/earlier-outputs.ts';
import { continued, lookUp } from '../submit/earlier-submission.ts';
import { requireImages } from '../submit/container-preflight.ts';
import { dumping } from '../submit/dump-json.ts';
import { finishRequest } from '../work/finish-request.ts';
import { followRequest } from '../work/follow-request.ts';
import type { Host } from '../host.ts';
import { fileStamps, localDatasets } from '../submit/local-datasets.ts';
import { preflight } from '../submit/preflight.ts';
import type { Outlook } from '../submit/preflight.ts';
import { jobEnvironment } from '../servers/job-environment.ts';
import { isLost } from '../work/persistence.ts';
import { finalDatasetNames, taskNames } from '../submit/plan-names.ts';
import { minSuccessOption } from '../work/outcome.ts';
import { warnOfReusedName } from '../submit/reused-name.ts';
import { requireDatasets } from '../submit/required-datasets.ts';
import { requestData } from '../submit/request-data.ts';
import { inputFile, insideSandbox, specFile } from '../submit/sandbox-paths.ts';
import { fileNamePatterns, packSandboxes } from '../submit/sandboxes.ts';
import type { Sandboxes } from '../submit/sandboxes.ts';
import type { SearchOptions } from '../../engine/hpo/search-options.ts';
import { searchOptions } from '../submit/search-options.ts';
import { loadSettings } from '../servers/settings.ts';
import { weatherFile } from '../submit/weather-file.ts';
import { findingsExit, tellFindings } from '../check/show-findings.ts';
import { decide } from '../submit/submission.ts';
import {
  filesIn,
  hoursOption,
  largestFileMegabytes,
  listOption,
  readWorkflow,
  secondsOption,
  textOption,
  workflowFlags,
} from '../check/workflow-files.ts';
import type { WorkflowFlags } from '../check/workflow-files.ts';
import { withTemplate } from '../submit/workflow-template.ts';

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
      const id = await this.#submit(connection, plan, sandboxes, datasets);
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

  /** The number of the request: of a new one, or of the one that this same command began before. */
  async #submit(
    connection: Connection,
    plan: Plan,
    sandboxes: Sandboxes,
    datasets: Readonly<Record<string, readonly string[]>>,
  ): Promise<RequestId> {
    const { terminal, clock, signal } = this.#host;
    if (connection.name === 'local') await requireDatasets(connection, plan, datasets, this.#host);
    if (connection.isEmbedded) this.#tellWithoutEffect(plan);
    if (connection.isEmbedded) await requireImages(plan, this.#settings, this.#host);
    const ledger = openLedger(this.#settings.locations.dataDirectory);
    const key = submissionKey({
      server: connection.name,
      outDS: plan.outDS,
      files: {},
      inputs: {
        datasets: fileStamps(datasets),
        search: this.#search,
        ...(this.#weather === undefined ? {} : { weather: this.#weather }),
        [this.#language.option]: this.#flags.file,
        yaml: this.#flags.yaml ?? null,
      },
      sandbox: [sandboxes.workflow, sandboxes.job, sandboxes.sources]
        .map((one) => one?.sha256 ?? '')
        .join(' ')
        .trim(),
    });
    const choice = await decide(ledger, key, this.#options['fresh'] === true);
    const earlier = await continued(connection, choice, this.#settings, this.#host);
    if (earlier !== undefined) return earlier;
    this.#outlook?.requireLasting();
    if (this.#flags.language === 'wfd')
      await warnOfReusedName(plan.outDS, connection, this.#settings, this.#host);

    const server = connection.name;
    const files = filesIn(this.#flags).map((file) => resolve(this.#host.workingDirectory, file));
    await ledger.append({
      kind: 'intent',
      key: choice.key,
      atMs: clock.nowMs(),
      server,
      outDS: plan.outDS,
      files,
      outputs: [...finalDatasetNames(plan)],
      ...(this.#language.request === 'yaml' ? { isNative: true, expected: [...taskNames(plan)] } : {}),
    });
    terminal.say(`submitting ${plan.outDS} to ${connection.isEmbedded ? 'this machine' : connection.name}`);
    let id: RequestId | undefined;
    try {
      id = await this.#send(connection, sandboxes, choice.key, datasets);
    } catch (thrown) {
      if (isLost(thrown) && !signal.aborted)
        id = await lookUp(await connection.again(), choice.key, this.#settings, this.#host);
      if (id === undefined) {
        // Whether a lost submission arrived is not known, so its intent stays open: the next call finds out.
        const refused =
          thrown instanceof AuthError || thrown instanceof LocalError || thrown instanceof Refused;
        if (refused && !signal.aborted) {
          await ledger.append({
            kind: 'failed',
            key: choice.key,
            atMs: clock.nowMs(),
            error: messageOf(thrown),
          });
        }
        throw thrown;
      }
      terminal.say('the answer was lost, but the submission had arrived');
    }
    await ledger.append({ kind: 'submitted', key: choice.key, atMs: clock.nowMs(), requestId: id });
    terminal.say(`submitted as request ${id}`);
    return id;
  }

  #tellWithoutEffect(plan: Plan): void {
    const { terminal } = this.#host;
    const options = withoutEffectIn(plan);
    if (options.length === 0) return;
    const flags = options.map(({ flag }) => `\`${flag}\``).join(', ');
    terminal.say(`without effect on this machine: ${flags} (-v says why)`);
    for (const { flag, why } of options) terminal.detail(`  \`${flag}\`: ${why}`);
  }

  async #send(
    connection: Connection,
    sandboxes: Sandboxes,
    key: string,
    datasets: Readonly<Record<string, readonly string[]>>,
  ): Promise<RequestId> {
    const { server } = connection;
    const { signal } = this.#host;
    const content = {
      flags: this.#flags,
      options: this.#options,
      specFile: specFile(this.#flags, this.#host),
      inputFile: inputFile(this.#flags, this.#host),
      sandboxes,
      key,
      extras: connection.isEmbedded ? this.#forThisMachine(key, datasets) : undefined,
    };
    const data = await requestData(connection, content, this.#host);
    // Native workflows have an entrance of their own, which says nothing but their number.
    if (this.#flags.language === 'wfd') return requestId(await submitNativeWorkflow(server, data, signal));
    const answer = await putWorkflowRequest(server, { mode: 'submit', data }, signal);
    this.#host.terminal.detail(answer.log.trimEnd());
    if (!answer.ok || answer.requestId === undefined) {
      throw new Refused(`the server did not take the workflow: ${lastLine(answer.log)}`, {
        hint: 'add -v to see all that it said',
      });
    }
    return answer.requestId;
  }

  /** What PanDA has no words for. */
  #forThisMachine(key: string, datasets: Readonly<Record<string, readonly string[]>>): EmbeddedExtras {
    const { value: max } = this.#settings.maxIterations;
    const environment = jobEnvironment(this.#host.env);
    const { mode, engine } = this.#settings.containers.value;
    const containers = engine ?? mode;
    return {
      key,
      datasets,
      environment,
      containers,
      documents: filesIn(this.#flags).map((file) => insideSandbox(file, this.#host)),
      ...(this.#options['fresh'] === true ? { reuse: false } : {}),
      ...(max === undefined ? {} : { max_iterations: max }),
      ...(this.#search === undefined ? {} : { search: this.#search }),
      ...(this.#weather === undefined ? {} : { weather: this.#weather }),
    };
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

  get #language(): LanguageEntry {
    return languageEntry(this.#flags.language);
  }
}

/** The server read the workflow and said no. */
class Refused extends RemoteError {}

function lastLine(log: string): string {
  const lines = log.split('\n').filter((line) => line.trim() !== '' && !/ : (start|is_OK)/.test(line));
  return lines.at(-1)?.replace(/^\S+ \S+ : /, '') ?? 'it gave no reason';
}
