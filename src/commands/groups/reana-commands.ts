// Commands about REANA.
import { Option } from 'commander';
import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { collect, common, formatOption, strictOption } from '../options.ts';
import type { Done } from '../options.ts';

type Given = Record<string, unknown>;

/** `pchain reana …`. */
export function addReanaCommands(program: Command, host: Host, done: Done): void {
  const reana = program
    .command('reana')
    .description('offload work to REANA, and look after its runs')
    .helpCommand(false);
  addRun(reana, host, done);
  addValidate(reana, host, done);

  specificationOptions(command(reana, 'create', 'make a run of a specification, and start nothing'))
    .addOption(
      new Option('-w, --workflow <name>', 'name of the run; REANA adds its number').default('workflow'),
    )
    .action(async (given: Given) => done(await (await import('../reana/create.ts')).runCreate(given, host)));
  onRun(reana, 'upload', 'put files into its workspace: those named, else the declared inputs')
    .argument('[files...]', 'files and directories below this one')
    .action(async (files: string[], given: Given) =>
      done(await (await import('../reana/upload.ts')).runUpload(files, given, host)),
    );
  startOptions(onRun(reana, 'start', 'let it begin')).action(async (given: Given) =>
    done(await (await import('../reana/start.ts')).runStart(given, host)),
  );
  startOptions(
    onRun(reana, 'restart', 'run it once more in the same workspace, where it overwrites its outputs'),
  )
    .addOption(new Option('-f, --specification <file>', 'with another specification'))
    .addOption(setOption())
    .action(async (given: Given) => done(await (await import('../reana/start.ts')).runRestart(given, host)));
  onRun(reana, 'status', 'say how far it is').action(async (given: Given) =>
    done(await (await import('../reana/status.ts')).runReanaStatus(given, host)),
  );
  onRun(reana, 'logs', 'show what its engine and its jobs wrote')
    .addOption(new Option('-f, --follow', 'go on until it is over; as JSON, print it then'))
    .addOption(new Option('--step <name>', 'of this step only; may be repeated').argParser(collect))
    .action(async (given: Given) => done(await (await import('../reana/logs.ts')).runReanaLogs(given, host)));
  onRun(reana, 'ls', 'list its files')
    .argument('[patterns...]', 'files, directories or patterns')
    .addOption(new Option('--url', 'print their addresses'))
    .action(async (patterns: string[], given: Given) =>
      done(await (await import('../reana/files.ts')).runLs(patterns, given, host)),
    );
  onRun(reana, 'download', 'bring its files here: those named, else the declared outputs; zips are unpacked')
    .argument('[patterns...]', 'files, directories or patterns')
    .addOption(new Option('-o, --output <directory>', 'where to; `-` prints them').default('.'))
    .action(async (patterns: string[], given: Given) =>
      done(await (await import('../reana/download.ts')).runDownload(patterns, given, host)),
    );
  onRun(reana, 'rm', 'delete files of its workspace')
    .argument('<patterns...>', 'files, directories or patterns')
    .action(async (patterns: string[], given: Given) =>
      done(await (await import('../reana/files.ts')).runRm(patterns, given, host)),
    );
  onRun(reana, 'mv', 'give a file of its workspace another name')
    .argument('<from>')
    .argument('<to>')
    .action(async (from: string, to: string, given: Given) =>
      done(await (await import('../reana/files.ts')).runMv(from, to, given, host)),
    );
  onRun(reana, 'du', 'say what its files take on the disk of the server')
    .addOption(new Option('-s, --summarize', 'the sum only'))
    .action(async (given: Given) => done(await (await import('../reana/files.ts')).runDu(given, host)));
  onRun(reana, 'stop', 'end it; its files are kept')
    .addOption(new Option('--force').hideHelp())
    .action(async (given: Given) => done(await (await import('../reana/end.ts')).runStop(given, host)));
  onRun(reana, 'delete', 'throw it away, with its files')
    .addOption(new Option('--all-runs', 'all runs of its name'))
    .addOption(new Option('--with-restarts', 'also when its restarts, which use the same files, are there'))
    .action(async (given: Given) => done(await (await import('../reana/end.ts')).runDelete(given, host)));
  onRun(reana, 'open-url', 'print the address of its page')
    .addOption(
      new Option('--session <kind>', 'open an interactive session, such as `jupyter`, and print its address'),
    )
    .action(async (given: Given) =>
      done(await (await import('../reana/open-url.ts')).runOpenUrl(given, host)),
    );

  command(reana, 'list', 'list your runs, newest first')
    .addOption(new Option('-w, --workflow <name>', 'of this name only'))
    .addOption(new Option('--status <status>', 'with this status only; may be repeated').argParser(collect))
    .addOption(new Option('--all', 'deleted ones as well'))
    .addOption(new Option('--sessions', 'those with an open session'))
    .addOption(new Option('--sizes', 'with the size of their workspaces, which takes the server some time'))
    .addOption(new Option('--limit <number>', 'at most so many').default('100'))
    .action(async (given: Given) => done(await (await import('../reana/list.ts')).runReanaList(given, host)));
  secretOptions(command(reana, 'secrets', 'the secrets that REANA keeps for you: list, add, delete'))
    .argument('[action]', '`list`, `add` or `delete`')
    .argument('[names...]', 'variables or files to add; names to delete')
    .addOption(new Option('--overwrite', 'replace those that are there'))
    .action(async (action: string | undefined, names: string[], given: Given) =>
      done(await (await import('../reana/secrets.ts')).runReanaSecrets(action, names, given, host)),
    );
  command(reana, 'ping', 'see whether the server is there and takes your token').action(
    async (given: Given) => done(await (await import('../reana/ping.ts')).runPing(given, host)),
  );
  command(reana, 'info', 'show what the cluster offers and limits').action(async (given: Given) =>
    done(await (await import('../reana/info.ts')).runInfo(given, host)),
  );
}

function addRun(reana: Command, host: Host, done: Done): void {
  const run = command(
    reana,
    'run',
    'run an analysis on REANA and pack its outputs: what the payload of a reana step calls',
  );
  secretOptions(specificationOptions(run))
    .addOption(new Option('-w, --name <name>', 'name of the REANA workflow'))
    .addOption(parameterOption())
    .addOption(new Option('--option <name=value>', 'operational option; may be repeated').argParser(collect))
    .addOption(new Option('--secret <names...>', 'variables or files of this job that become REANA secrets'))
    .addOption(new Option('--replace-secrets', 'replace secrets that REANA has with another value'))
    .addOption(new Option('--output <file>', 'pack the outputs into this tar (.tar, .tar.gz, .tar.zst)'))
    .addOption(new Option('--outputs <paths...>', 'what to bring back instead of the declared outputs'))
    .addOption(
      new Option('--keep-going', 'pack what there is, also when outputs are missing or the run failed'),
    )
    .addOption(new Option('--delete-after', 'delete the run once its outputs are here'))
    .addOption(new Option('--timeout <seconds>', 'stop waiting after this time; the run goes on'))
    .addOption(new Option('--no-wait', 'start the run and leave; the same command again goes on with it'))
    .addOption(new Option('--resume <run>', 'go on with a run that is there already, such as `fit.3`'))
    .action(async (given: Given) => done(await (await import('../reana/run.ts')).runReanaRun(given, host)))
    .addHelpText('after', runNotes);
}

function addValidate(reana: Command, host: Host, done: Done): void {
  common(
    reana
      .command('validate')
      .description('check an analysis: the specification, its workflow, its inputs; no account, no network'),
  )
    .option('-f, --file <file>', 'the specification; reana.yaml when it is not given')
    .addOption(
      new Option('--set <name=value>', 'value of a placeholder in a template; may be repeated').argParser(
        collect,
      ),
    )
    .addOption(
      new Option('-p, --parameter <name=value>', 'input parameter of the run; may be repeated').argParser(
        collect,
      ),
    )
    .addOption(
      new Option('--secret <names...>', 'secrets that REANA has; what steps need must be among them'),
    )
    .addOption(new Option('--environments', 'list the container images of the steps'))
    .addOption(formatOption())
    .addOption(strictOption())
    .action(async (options: Record<string, unknown>) => {
      const { runReanaValidate } = await import('../pchain/reana-validate.ts');
      done(await runReanaValidate(options, host));
    });
}

const runNotes = `
Examples:
  $ pchain reana run -f reana.yaml --output results.tar.gz
  $ pchain reana run -f reana-template.yaml --set VAR_INPUT=data.root --secret VOMSPROXY_PASS

Killed or interrupted, the same command goes on with the same run.`;

const command = (reana: Command, name: string, description: string): Command =>
  common(reana.command(name).description(description)).addOption(
    new Option('--json', 'print the record as JSON (schema: schemas/reana.schema.json)'),
  );

/** A command about a run that is there. */
const onRun = (reana: Command, name: string, description: string): Command =>
  command(reana, name, description).addOption(
    new Option('-w, --workflow <run>', '`name` (its latest run) or `name.1`; else what REANA_WORKON says'),
  );

const setOption = (): Option =>
  new Option('--set <name=value>', 'value of a placeholder in the template; may be repeated').argParser(
    collect,
  );
const parameterOption = (): Option =>
  new Option('-p, --parameter <name=value>', 'input parameter; may be repeated').argParser(collect);

const specificationOptions = (to: Command): Command =>
  to
    .addOption(new Option('-f, --specification <file>', 'reana.yaml, or a template of it'))
    .addOption(setOption());

const startOptions = (to: Command): Command =>
  to
    .addOption(parameterOption())
    .addOption(
      new Option('-o, --option <name=value>', 'operational option; may be repeated').argParser(collect),
    )
    .addOption(new Option('--follow', 'wait for its end; the exit code is its outcome'));

const secretOptions = (to: Command): Command =>
  to
    .addOption(
      new Option(
        '--env <name>',
        'a variable that becomes a secret; or NAME=VALUE, which others may see',
      ).argParser(collect),
    )
    .addOption(
      new Option('--file <path>', 'a file that becomes a secret; may be repeated').argParser(collect),
    );
