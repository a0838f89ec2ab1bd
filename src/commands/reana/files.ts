// `pchain reana ls|du|rm|mv`: looking at the files of a run, and tidying them.
import { RemoteError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { literal } from '../../reana/files/outputs.ts';
import { bytes } from '../../terminal/amounts.ts';
import { renderTable } from '../../terminal/table.ts';
import type { Host } from '../host.ts';
import { meantRun, namedFiles, printJson, reanaClient } from './connection.ts';
import type { Options } from './connection.ts';
import { fileRecord } from './records.ts';

export async function runLs(patterns: readonly string[], options: Options, host: Host): Promise<ExitCode> {
  const run = meantRun(options, host);
  const asked = patterns.length === 0 ? [undefined] : namedFiles(patterns);
  const client = await reanaClient(host);
  const { id, name: runName } = await client.status(run);
  const byName = new Map<string, { name: string; sizeBytes: number; modified: string }>();
  for (const pattern of asked) {
    for (const file of await client.workspaces.files(id, pattern)) byName.set(file.name, file);
  }
  const files = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const urlOf = (name: string): string => client.server + client.workspaces.pathOf(run, name);
  if (options['json'] === true) {
    printJson({ run: runName, files: files.map((file) => fileRecord(file, urlOf(file.name))) }, host);
    return ExitCode.done;
  }
  if (options['url'] === true) {
    host.terminal.out(files.map((file) => urlOf(file.name)).join('\n'));
    return ExitCode.done;
  }
  if (files.length === 0 && host.terminal.stdout.isTty) host.terminal.say('there is no such file');
  const rows = files.map((file) => [
    file.name,
    { shown: bytes(file.sizeBytes), full: String(file.sizeBytes) },
    file.modified,
  ]);
  host.terminal.out(
    renderTable(
      [
        { title: 'name', kind: 'name' },
        { title: 'size', kind: 'number' },
        { title: 'modified', kind: 'name' },
      ],
      rows,
      host.terminal.stdout,
    ),
  );
  return ExitCode.done;
}

export async function runDu(options: Options, host: Host): Promise<ExitCode> {
  const run = meantRun(options, host);
  const client = await reanaClient(host);
  const { id, name: runName } = await client.status(run);
  const usage = await client.workspaces.diskUsage(id, options['summarize'] === true);
  if (options['json'] === true) {
    const files = usage.map(({ name, sizeBytes }) => ({ name, size_bytes: sizeBytes }));
    printJson({ run: runName, usage: files }, host);
    return ExitCode.done;
  }
  const rows = usage.map(({ name, sizeBytes }) => [
    { shown: bytes(sizeBytes), full: String(sizeBytes) },
    name === '' ? '.' : name,
  ]);
  const columns = [
    { title: 'size', kind: 'number' as const },
    { title: 'name', kind: 'name' as const },
  ];
  host.terminal.out(renderTable(columns, rows, host.terminal.stdout));
  return ExitCode.done;
}

export async function runRm(patterns: readonly string[], options: Options, host: Host): Promise<ExitCode> {
  const run = meantRun(options, host);
  namedFiles(patterns);
  const client = await reanaClient(host);
  const { id, name: runName } = await client.status(run);
  const deleted: string[] = [];
  const failed = new Map<string, string>();
  const unmatched: string[] = [];
  for (const pattern of patterns) {
    const removed = await client.workspaces.remove(id, pattern);
    deleted.push(...removed.deleted);
    for (const [name, why] of removed.failed) failed.set(name, why);
    if (removed.deleted.length === 0 && removed.failed.size === 0) unmatched.push(pattern);
  }
  if (options['json'] === true) {
    printJson({ run: runName, deleted, failed: Object.fromEntries(failed), unmatched }, host);
  } else if (deleted.length > 0) {
    host.terminal.out(deleted.join('\n'));
  }
  for (const [name, why] of failed) host.terminal.warn(`\`${name}\` is still there: ${why}`);
  for (const pattern of unmatched) host.terminal.warn(`\`${pattern}\` names no file of run \`${run}\``);
  return failed.size + unmatched.length === 0 ? ExitCode.done : ExitCode.findings;
}

export async function runMv(from: string, to: string, options: Options, host: Host): Promise<ExitCode> {
  const run = meantRun(options, host);
  namedFiles([from, to]);
  const client = await reanaClient(host);
  const { id, name: runName } = await client.status(run);
  await client.workspaces.move(id, from, to);
  // Servers have answered 200 and done nothing before, so the new name is looked for.
  const isThere = async (pattern: string): Promise<boolean> =>
    (await client.workspaces.files(id, pattern)).length > 0;
  // A directory is found by its plain name only, a file by a pattern for it.
  if (!(await isThere(to)) && (literal(to) === to || !(await isThere(literal(to)))))
    throw new RemoteError(`the server says that it moved \`${from}\`, but has no \`${to}\``);
  if (options['json'] === true) printJson({ run: runName, from, to }, host);
  else host.terminal.say(`\`${from}\` of run \`${run}\` is now \`${to}\``);
  return ExitCode.done;
}
