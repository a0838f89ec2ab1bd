// Commands about what was submitted, and the server on this machine.
import { Option } from 'commander';
import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { common, jobsOption, requestCommand, serverOption } from '../options.ts';
import type { Done } from '../options.ts';

/** status, follow, fetch, retry, kill, list and serve. */
export function addRequestCommands(program: Command, host: Host, done: Done): void {
  requestCommand(program, 'status', 'show how far a workflow is')
    .addOption(new Option('--json', 'print the record as JSON (schema: schemas/embedded.schema.json)'))
    .action(async (id: string | undefined, options: Record<string, unknown>) => {
      const { runStatus } = await import('../pchain/status.ts');
      done(await runStatus(id, options, host));
    });

  requestCommand(program, 'follow', 'follow a workflow to its end; the exit code is its outcome')
    .addOption(new Option('--output <file>', 'collect all final outputs in one tar at the end'))
    .addOption(new Option('--timeout <seconds>', 'stop waiting after this time; the workflow goes on'))
    .action(async (id: string | undefined, options: Record<string, unknown>) => {
      const { runFollow } = await import('../pchain/follow.ts');
      done(await runFollow(id, options, host));
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

  requestCommand(program, 'retry', 'run the failed jobs of a workflow again; finished ones are kept').action(
    async (id: string | undefined, options: Record<string, unknown>) => {
      const { runRetry } = await import('../pchain/retry.ts');
      done(await runRetry(id, options, host));
    },
  );

  requestCommand(program, 'kill', 'stop a workflow and its jobs').action(
    async (id: string | undefined, options: Record<string, unknown>) => {
      const { runKill } = await import('../pchain/kill.ts');
      done(await runKill(id, options, host));
    },
  );

  common(program.command('list').description('list what was submitted from here'))
    .addOption(new Option('--json', 'print JSON'))
    .action(async (options: Record<string, unknown>) => {
      const { runList } = await import('../pchain/list.ts');
      done(await runList(options, host));
    });

  common(program.command('serve').description('run the embedded PanDA and REANA in the foreground'))
    .addOption(
      new Option('--port <number>', 'port on 127.0.0.1; the one of last time, or a free one, when not given'),
    )
    .addOption(jobsOption())
    .addOption(new Option('--idle-exit <seconds>', 'end after this time without work and requests'))
    .action(async (options: Record<string, unknown>) => {
      const { runServe } = await import('../pchain/serve.ts');
      done(await runServe(options, host));
    });
}
