// What the server is told of a submission: the sandboxes are sent, then the data of the request are put together.
import { UsageError } from '../../base/errors.ts';
import { languageEntry } from '../../languages/languages.ts';
import { submissionMark } from '../../ledger/submission-key.ts';
import { placeSandbox } from '../../panda/sandbox.ts';
import type { EmbeddedExtras, WorkflowRequestData } from '../../panda/submit.ts';
import { taskTemplates } from '../../panda/templates.ts';
import { athenaRelease } from './athena.ts';
import type { Connection } from '../servers/connection.ts';
import type { Host } from '../host.ts';
import type { Sandboxes } from './sandboxes.ts';
import { textOption } from '../check/workflow-files.ts';
import type { WorkflowFlags } from '../check/workflow-files.ts';

export interface RequestContent {
  readonly flags: WorkflowFlags;
  readonly options: Readonly<Record<string, unknown>>;
  /** Paths in the sandbox. */
  readonly specFile: string;
  readonly inputFile: string | null;
  readonly sandboxes: Sandboxes;
  /** Of the ledger. */
  readonly key: string;
  /** What only the embedded server knows. */
  readonly extras: EmbeddedExtras | undefined;
}

/** Sends the sandboxes and says what they are for.
 *  @throws LocalError, HttpFailure or AuthError as `placeSandbox` does */
export async function requestData(
  connection: Connection,
  content: RequestContent,
  host: Host,
): Promise<WorkflowRequestData> {
  const { server } = connection;
  const { env, signal } = host;
  const { flags, options, sandboxes, key } = content;
  const workflow = await placeSandbox(server, sandboxes.workflow, { signal });
  const job = await placeSandbox(server, sandboxes.job, { signal });
  const { sources } = sandboxes;
  const athena =
    sources === undefined
      ? undefined
      : {
          ...athenaRelease(env),
          sourcesArchive: (await placeSandbox(server, sources, { signal })).fileName,
        };
  const name = textOption(options, 'workflowName');
  return {
    taskParams: taskTemplates({
      outDS: flags.outDS,
      vo: textOption(options, 'vo'),
      prodSourceLabel: textOption(options, 'prodSourceLabel'),
      workingGroup: textOption(options, 'workingGroup'),
      official: options['official'] === true,
      commandLine: host.arguments,
      osInfo: host.platform,
      sourceUrl: job.sourceUrl,
      jobSandbox: job.fileName,
      athena,
    }),
    sourceURL: workflow.sourceUrl,
    sandbox: workflow.fileName,
    workflowSpecFile: content.specFile,
    workflowInputFile: content.inputFile,
    language: languageEntry(flags.language).request,
    outDS: flags.outDS,
    base_platform: env['ALRB_USER_PLATFORM'] ?? 'centos7',
    ...nameOf(name, connection, flags.outDS, key),
    ...(content.extras === undefined ? {} : { pchain: content.extras }),
  };
}

/** The name is the one thing of a request that the server keeps as it is told: where the user gives none, it says which submission
 *  this is, so that one whose answer was lost is found again. */
function nameOf(
  given: string | undefined,
  connection: Connection,
  outDS: string,
  key: string,
): { readonly workflow_name?: string } {
  if (given !== undefined) {
    if (given.length > longestName)
      throw new UsageError(
        `\`--workflowName\` has ${given.length} characters, at most ${longestName} are kept`,
      );
    return { workflow_name: given };
  }
  return connection.isEmbedded ? {} : { workflow_name: submissionMark(outDS, key) };
}

/** Of a request's name, as iDDS stores it. */
const longestName = 255;
