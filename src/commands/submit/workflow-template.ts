// `--template`: the workflow is written here, from the number of files of its input dataset. Nothing is left in the user's directory.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LocalError, RemoteError, UsageError } from '../../base/errors.ts';
import { printable } from '../../base/text.ts';
import { findProgram, runTool } from '../../engine/process/tool.ts';
import { datasetFiles } from '../../panda/embedded.ts';
import { didOf } from '../../panda/task-outputs.ts';
import type { Settings } from '../../settings/settings.ts';
import { connect } from '../servers/connection.ts';
import type { Host } from '../host.ts';
import { localDatasets } from './local-datasets.ts';
import { listOption, textOption, type GeneratedFile, type WorkflowFlags } from '../check/workflow-files.ts';

type Options = Readonly<Record<string, unknown>>;

export interface TemplateCall {
  readonly flags: WorkflowFlags;
  readonly options: Options;
  readonly settings: Settings;
  /** Whether the server may be asked; a check asks nobody. */
  readonly mayAsk: boolean;
}

/** The flags with the files that the template makes; unchanged where none is named.
 *  @throws UsageError, LocalError or RemoteError when the files of the dataset cannot be counted */
export async function withTemplate(call: TemplateCall, host: Host): Promise<WorkflowFlags> {
  const { flags, options } = call;
  const name = textOption(options, 'template');
  if (name === undefined) return flags;
  const { readPrunFlags, writeTemplate } = await import('../../wfd/templates/templates.ts');
  const inDS = textOption(options, 'inDS') ?? '';
  const prunFlags = readPrunFlags(listOption(options, 'prunFlags'));
  const files = await countFiles(inDS, call, host);
  if (files === undefined)
    host.terminal.say(
      `how many files \`${inDS}\` has is looked up when this is submitted; one step is shown until then`,
    );
  else host.terminal.detail(`${inDS} has ${files} files`);
  const { text, scripts } = writeTemplate(name, { inDS, prunFlags, files });
  host.terminal.detail(text.trimEnd());
  const generated = new Map<string, GeneratedFile>([[flags.file, { text, isExecutable: false }]]);
  for (const [script, content] of Object.entries(scripts)) {
    if (existsSync(join(host.workingDirectory, script))) host.terminal.detail(`taking your own ${script}`);
    else generated.set(script, { text: content, isExecutable: true });
  }
  return { ...flags, generated };
}

/** `undefined`: it is not known without asking. */
async function countFiles(inDS: string, call: TemplateCall, host: Host): Promise<number | undefined> {
  const { settings, options, mayAsk } = call;
  const bare = inDS.replace(/\/$/, '');
  const isLocal = settings.server.value.kind === 'local';
  const known = localDatasets({
    flags: listOption(options, 'dataset'),
    fromInputs: {},
    inputsDirectory: host.workingDirectory,
    settings,
    workingDirectory: host.workingDirectory,
  })[bare];
  if (isLocal && known !== undefined) return known.length;
  if (!mayAsk) return undefined;
  if (!isLocal) return countByRucio(bare, host);
  const { server } = await connect(settings, host);
  const files = await datasetFiles(server, bare, host.signal);
  if (files !== undefined) return files.length;
  throw new UsageError(`the dataset \`${inDS}\` is not on this machine`, {
    hint: `name its files with --dataset ${inDS}=PATH`,
  });
}

async function countByRucio(dataset: string, host: Host): Promise<number> {
  const did = didOf(dataset);
  const program = findProgram('rucio', host.env['PATH'] ?? '');
  if (program === undefined) {
    throw new LocalError(`how many files \`${did}\` has is not known: \`rucio\` is not installed here`, {
      hint: '`pip install rucio-clients` brings it',
    });
  }
  const said: string[] = [];
  const status = await host.terminal.whileWaiting(`counting the files of ${did}`, () =>
    runTool({
      program,
      args: ['list-files', did],
      workDirectory: host.workingDirectory,
      environment: host.env,
      signal: host.signal,
      onLine: (line) => said.push(printable(line)),
    }),
  );
  const total = said.map((line) => /Total files\s*:\s*(\d+)/.exec(line)?.[1]).find(Boolean);
  if (status === 0 && total !== undefined) return Number(total);
  const why = said.findLast((line) => /error|fail|not found/i.test(line)) ?? said.at(-1) ?? 'it said nothing';
  throw new RemoteError(`rucio does not tell the files of \`${did}\`: ${why.trim()}`);
}
