// `pchain reana status`: one look at a run.
import { ExitCode } from '../../base/exit-code.ts';
import { printable } from '../../base/text.ts';
import type { RunState } from '../../reana/protocol/answers.ts';
import type { Host } from '../host.ts';
import { meantRun, printJson, reanaClient } from './connection.ts';
import type { Options } from './connection.ts';
import { runRecord } from './records.ts';

export async function runReanaStatus(options: Options, host: Host): Promise<ExitCode> {
  const run = meantRun(options, host);
  const client = await reanaClient(host);
  const state = await client.status(run);
  if (options['json'] === true) printJson(runRecord(state), host);
  else host.terminal.out(statusLines(state).map(printable).join('\n'));
  return ExitCode.done;
}

/** `title  value` lines. */
function statusLines(state: RunState): readonly string[] {
  const rows: (readonly [string, string | undefined])[] = [
    ['run', state.name],
    ['id', state.id],
    ['status', state.status],
    ['created', state.created],
    ['started', state.started],
    ['ended', state.ended],
    ['jobs', jobsOf(state)],
    ['step', state.currentStep],
    ['command', state.currentCommand],
  ];
  return rows.flatMap(([title, value]) =>
    value === undefined || value === '' ? [] : [`${title.padEnd(8)} ${value}`],
  );
}

/** `2 of 5 finished, 1 failed`; `undefined` before any is known. */
export function jobsOf(state: RunState): string | undefined {
  if (state.jobsTotal === 0) return undefined;
  const failed = state.jobsFailed === 0 ? '' : `, ${state.jobsFailed} failed`;
  return `${state.jobsFinished} of ${state.jobsTotal} finished${failed}`;
}
