// `pchain status [ID]`: one look at a request, a native workflow or a task.
import { ExitCode } from '../../base/exit-code.ts';
import { safeJson } from '../../base/text.ts';
import { searchLines } from '../../terminal/loss-curve.ts';
import { progressLines } from '../../terminal/progress-lines.ts';
import type { Host } from '../host.ts';
import { knownSnapshot } from '../work/request-state.ts';
import { searchesOf } from '../work/searches.ts';
import { meantTarget } from '../work/targets.ts';
import { metadataOf } from '../work/job-metadata.ts';
import { showTaskFailures } from '../work/task-failures.ts';

export async function runStatus(
  typed: string | undefined,
  options: Readonly<Record<string, unknown>>,
  host: Host,
): Promise<ExitCode> {
  const { target, connection } = await meantTarget(typed, options, host);
  const snapshot = await knownSnapshot(connection, target, host.signal);
  const { stdout } = host.terminal;
  if (options['metadata'] === true) {
    const { server } = connection;
    const said = await metadataOf(
      server,
      snapshot.state.tasks.map(({ id }) => id),
      host.signal,
    );
    host.terminal.out(safeJson(said));
    return ExitCode.done;
  }
  if (options['json'] === true) {
    host.terminal.out(JSON.stringify(snapshot.document ?? snapshot.state, null, 2));
    return ExitCode.done;
  }
  const view = {
    width: stdout.width,
    nowMs: host.clock.nowMs(),
    unicode: stdout.unicode,
    style: stdout.style,
  };
  host.terminal.out(progressLines(snapshot.state, view).join('\n'));
  for (const { label, search } of await searchesOf(connection, snapshot, host.signal)) {
    host.terminal.out(['', ...searchLines(label, search, stdout)].join('\n'));
  }
  if (snapshot.document === undefined) await showTaskFailures(connection, snapshot.state.tasks, host);
  return ExitCode.done;
}
