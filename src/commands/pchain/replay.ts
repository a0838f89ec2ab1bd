// `pchain replay [ID] --junction FILE`: what another junction would have decided, from what the iterations of a loop made when
// they ran. Nothing else runs, and nothing is stored.
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { LocalError, UnsupportedError, UsageError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { counted, printable } from '../../base/text.ts';
import { replayIteration, requestIterations } from '../../panda/embedded.ts';
import type { IterationAnswer, ReplayAnswer, ReplayReport } from '../../panda/embedded-answers.ts';
import { changedValues } from '../../terminal/changed-values.ts';
import type { Host } from '../host.ts';
import { meantTarget, targetName } from '../work/targets.ts';
import { textOption } from '../check/workflow-files.ts';

export async function runReplay(
  typed: string | undefined,
  options: Readonly<Record<string, unknown>>,
  host: Host,
): Promise<ExitCode> {
  const from = firstOption(options);
  const file = textOption(options, 'junction');
  const junction = file === undefined ? undefined : resolve(host.workingDirectory, file);
  if (junction !== undefined && statSync(junction, { throwIfNoEntry: false })?.isFile() !== true)
    throw new LocalError(`there is no file \`${file}\``);
  const loop = textOption(options, 'loop');
  const { target, connection } = await meantTarget(typed, options, host);
  if (target.kind !== 'request' || !connection.isEmbedded)
    throw new UnsupportedError('only loops that ran on this machine can be decided again', {
      hint: 'PanDA does not hand out what its junctions read',
    });
  const { server } = connection;
  const all = await requestIterations(server, target.id, host.signal);
  if (all === undefined)
    throw new UsageError(`the server knows no ${targetName(target)}`, { hint: 'see `pchain list`' });
  const chosen = all.filter((one) => (loop === undefined || one.loop === loop) && numberOf(one) >= from);
  if (chosen.length === 0) throw nothingChosen(targetName(target), all, loop);

  const report: ReplayReport = { request_id: target.id, iterations: [] };
  for (const one of chosen) {
    const now = await replayIteration(server, target.id, one, junction, host.signal);
    if (now === undefined) {
      if (options['json'] !== true)
        host.terminal.say(`${one.loop}, iteration ${one.iteration}: nothing was decided`);
      continue;
    }
    report.iterations.push({ ...one, now });
    if (options['json'] !== true) host.terminal.out(describe(one, now).join('\n'));
  }
  if (options['json'] === true) host.terminal.out(JSON.stringify(report, null, 2));
  const failed = report.iterations.filter(({ now }) => now.error !== null).length;
  const changed = report.iterations.filter(({ results, now }) => !isSame(results, now.results)).length;
  host.terminal.say(
    failed > 0
      ? `the junction failed in ${counted(failed, 'iteration')} of ${report.iterations.length}`
      : `${changed === 0 ? 'no decision' : counted(changed, 'decision')} of ${report.iterations.length} would be another`,
  );
  return failed > 0 ? ExitCode.findings : ExitCode.done;
}

/** One iteration: what it decided, `-` what would go, `+` what would come. */
function describe(was: IterationAnswer, now: ReplayAnswer): readonly string[] {
  const head = `${was.loop}, iteration ${was.iteration}`;
  if (now.error !== null)
    return [`${head}: ${printable(now.error)}`, ...now.log_tail.map((line) => `    ${printable(line)}`)];
  if (now.results === null) return [`${head}: it would leave no \`results.json\`, which ends the loop`];
  const ends =
    was.results?.to_continue === true && !now.results.to_continue
      ? ': the loop would end here'
      : was.results?.to_continue === false && now.results.to_continue
        ? ': the loop would go on'
        : '';
  return [
    `${head}${ends}`,
    ...changedValues(flat(was.results), flat(now.results)).map((line) => `  ${line}`),
  ];
}

function flat(results: IterationAnswer['results']): Readonly<Record<string, unknown>> {
  return results === null ? {} : { to_continue: results.to_continue, ...results.values };
}

function isSame(a: IterationAnswer['results'], b: IterationAnswer['results']): boolean {
  return changedValues(flat(a), flat(b)).every((line) => line.startsWith(' '));
}

/** Of loops in loops the innermost. */
function numberOf({ iteration }: IterationAnswer): number {
  return Number(iteration.split('.').at(-1));
}

function firstOption(options: Readonly<Record<string, unknown>>): number {
  const text = textOption(options, 'from') ?? '1';
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new UsageError(`\`--from\` takes the number of an iteration, not \`${text}\``);
  return Number(text);
}

function nothingChosen(
  request: string,
  all: readonly IterationAnswer[],
  loop: string | undefined,
): UsageError {
  if (all.length === 0) return new UsageError(`${request} has no loop`);
  const loops = [...new Set(all.map((one) => one.loop))];
  if (loop !== undefined && !loops.includes(loop))
    return new UsageError(`${request} has no loop \`${loop}\``, {
      hint: `it has ${loops.map((name) => `\`${name}\``).join(', ')}`,
    });
  const last = Math.max(...all.map(numberOf));
  return new UsageError(`${request} has no such iteration; the last one is ${last}`);
}
