// Commands about what was submitted, and the server on this machine.
import { Option } from 'commander';
import type { Command } from 'commander';
import type { ControlVerb } from '../work/control-verb.ts';
import type { Host } from '../host.ts';
import {
  common,
  containersOption,
  jobsOption,
  minSuccessOption,
  requestCommand,
  requestsCommand,
  serverOption,
} from '../options.ts';
import type { Done } from '../options.ts';

/** status, follow, fetch, retry, kill, list and serve. */
export function addRequestCommands(program: Command, host: Host, done: Done): void {
  requestCommand(program, 'status', 'show how far a workflow is')
    .addOption(new Option('--json', 'print the record as JSON (schema: schemas/embedded.schema.json)'))
    .addOption(
      new Option('--metadata', 'print what the jobs said about themselves instead: JSON, by task and job'),
    )
    .action(async (id: string | undefined, options: Record<string, unknown>) => {
      const { runStatus } = await import('../pchain/status.ts');
      done(await runStatus(id, options, host));
    });

  requestCommand(program, 'follow', 'follow a workflow to its end; the exit code is its outcome')
    .addOption(new Option('--output <file>', 'collect all final outputs in one tar at the end'))
    .addOption(new Option('--timeout <seconds>', 'stop waiting after this time; the workflow goes on'))
    .addOption(minSuccessOption())
    .action(async (id: string | undefined, options: Record<string, unknown>) => {
      const { runFollow } = await import('../pchain/follow.ts');
      done(await runFollow(id, options, host));
    });

  requestCommand(program, 'hpo', 'show the points of phpo steps: losses as a curve, the best point')
    .addOption(new Option('--step <name>', 'of this step only'))
    .addOption(
      new Option(
        '--format <format>',
        'text when not given (JSON: Search in schemas/embedded.schema.json)',
      ).choices(['text', 'svg', 'png', 'json']),
    )
    .addOption(new Option('-o, --output <file>', 'write it into this file; its ending tells the format'))
    .action(async (id: string | undefined, options: Record<string, unknown>) => {
      const { runHpo } = await import('../pchain/hpo.ts');
      done(await runHpo(id, options, host));
    });

  common(program.command('fetch').description('download the final outputs of a workflow, or one dataset'))
    .argument('[id]', 'request id; the latest when not given')
    .addOption(new Option('--output <file>', 'pack the outputs into this tar (.tar, .tar.gz)'))
    .addOption(new Option('--dataset <name>', 'fetch this dataset instead'))
    .addOption(new Option('--to <directory>', 'where the files go').default('.'))
    .addOption(serverOption())
    .action(async (id: string | undefined, options: Record<string, unknown>) => {
      const { runFetch } = await import('../pchain/fetch.ts');
      done(await runFetch(id, options, host));
    });

  requestCommand(program, 'logs', 'show what failed jobs printed')
    .addOption(new Option('--step <name>', 'of this step only'))
    .addOption(new Option('--job <id>', 'of this job, failed or not'))
    .addOption(new Option('--all', 'of all jobs that have begun'))
    .addOption(new Option('--lines <number>', 'so many lines of each, the last ones').default('100'))
    .action(async (id: string | undefined, options: Record<string, unknown>) => {
      const { runLogs } = await import('../pchain/logs.ts');
      done(await runLogs(id, options, host));
    });

  requestsCommand(program, 'retry', 'run failed jobs again; finished ones are kept')
    .addOption(
      new Option('--set <name=value>', 'with another value of a task parameter; may be repeated').argParser(
        (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
      ),
    )
    .action(async (ids: readonly string[], options: Record<string, unknown>) => {
      const { runRetry } = await import('../pchain/retry.ts');
      done(await runRetry(ids, options, host));
    });

  common(
    program
      .command('why-rerun')
      .description('tell why the jobs of a step ran again, or were used again from before'),
  )
    .argument('<step>', 'name of the step')
    .argument('[id]', 'request id; the latest when not given')
    .addOption(serverOption())
    .addOption(new Option('--json', 'print JSON (schema: `Rerun` in schemas/embedded.schema.json)'))
    .action(async (step: string, id: string | undefined, options: Record<string, unknown>) => {
      const { runWhyRerun } = await import('../pchain/why-rerun.ts');
      done(await runWhyRerun(step, id, options, host));
    });

  requestCommand(program, 'replay', 'let the junction of a loop decide again on what its iterations made')
    .addOption(new Option('--junction <file>', 'takes the place of the file with its name in the sandbox'))
    .addOption(new Option('--from <number>', 'the first iteration that is decided again').default('1'))
    .addOption(new Option('--loop <step>', 'of this loop only'))
    .addOption(new Option('--json', 'print JSON (schema: `ReplayReport` in schemas/embedded.schema.json)'))
    .action(async (id: string | undefined, options: Record<string, unknown>) => {
      const { runReplay } = await import('../pchain/replay.ts');
      done(await runReplay(id, options, host));
    });

  const control = async (
    verb: ControlVerb,
    ids: readonly string[],
    options: Record<string, unknown>,
  ): Promise<void> => {
    const { runControl } = await import('../work/control-verb.ts');
    done(await runControl(verb, ids, options, host));
  };
  requestsCommand(program, 'kill', 'stop workflows or tasks, and their jobs').action(
    (ids: readonly string[], options: Record<string, unknown>) => control('kill', ids, options),
  );
  requestsCommand(program, 'finish', 'end workflows or tasks with what they have so far')
    .addOption(new Option('--soft', 'let the jobs that run end by themselves'))
    .action((ids: readonly string[], options: Record<string, unknown>) =>
      control(options['soft'] === true ? 'finish-soft' : 'finish', ids, options),
    );
  requestsCommand(program, 'pause', 'start no more jobs of workflows or tasks until they are resumed').action(
    (ids: readonly string[], options: Record<string, unknown>) => control('pause', ids, options),
  );
  requestsCommand(program, 'resume', 'go on with what was paused').action(
    (ids: readonly string[], options: Record<string, unknown>) => control('resume', ids, options),
  );

  common(
    program
      .command('list')
      .description('list what was submitted from here, and what else the server knows of your work'),
  )
    .addOption(new Option('--days <number>', 'ask the server for so many last days').default('14'))
    .addOption(new Option('--offline', 'only what was submitted from here; no server is asked'))
    .addOption(serverOption())
    .addOption(new Option('--json', 'print JSON (schema: schemas/list.schema.json)'))
    .action(async (options: Record<string, unknown>) => {
      const { runList } = await import('../pchain/list.ts');
      done(await runList(options, host));
    });

  common(program.command('serve').description('run the embedded PanDA and REANA in the foreground'))
    .addOption(
      new Option('--port <number>', 'port on 127.0.0.1; the one of last time, or a free one, when not given'),
    )
    .addOption(jobsOption())
    .addOption(containersOption())
    .addOption(new Option('--idle-exit <seconds>', 'end after this time without work and requests'))
    .addOption(
      new Option(
        '--sign-in <file>',
        'let ID tokens in, too, of the identity provider that this `<VO>_auth_config.json` names, when they are yours',
      ),
    )
    .addOption(
      new Option('--reana-quota <size>', 'refuse more than this in workspaces of REANA, for example `20G`'),
    )
    .addOption(
      new Option('--reana-rate-limit <number>', 'requests per second that REANA takes from a client'),
    )
    .action(async (options: Record<string, unknown>) => {
      const { runServe } = await import('../pchain/serve.ts');
      done(await runServe(options, host));
    });
}
