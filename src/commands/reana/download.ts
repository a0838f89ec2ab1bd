// `pchain reana download [FILE...]`: brings files of a run; its declared outputs, when none is named.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PchainError, UsageError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { makeDirectory } from '../../base/make-directory.ts';
import { bringFiles } from '../../reana/files/bring-files.ts';
import type { ReanaClient } from '../../reana/protocol/client.ts';
import { removeAll } from '../../reana/files/disk.ts';
import { downloadOutputs, filesOf, findOutputs } from '../../reana/files/outputs.ts';
import { bytes } from '../../terminal/amounts.ts';
import type { Host } from '../host.ts';
import { meantRun, namedFiles, printJson, reanaClient } from './connection.ts';
import type { Options } from './connection.ts';
import { tellSingly, TransferView } from './transfer-view.ts';

export async function runDownload(
  patterns: readonly string[],
  options: Options,
  host: Host,
): Promise<ExitCode> {
  const run = meantRun(options, host);
  namedFiles(patterns);
  const target = targetDirectory(options, host);
  const client = await reanaClient(host);
  const asked = patterns.length > 0 ? patterns : await declaredOutputs(client, run);
  // By its identifier: a name may come to mean another run meanwhile.
  const { id, name: runName } = await client.status(run);
  const outputs = await findOutputs(client, id, asked);
  const notThere = outputs.filter(({ files }) => files.length === 0).map(({ declared }) => declared);
  if (target === '-') {
    refuseMissing(run, notThere);
    return toStdout(client, id, filesOf(outputs), host);
  }
  const view = new TransferView('downloading', host);
  const directory = resolve(host.workingDirectory, target);
  const { files, gone } = await view.whileShown(() =>
    bringFiles(client, id, outputs, directory, {
      onState: (state) => view.update(state),
      onSingly: (declared) => tellSingly(declared, host),
    }),
  );
  const missing = [...notThere, ...gone];
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  if (options['json'] === true)
    printJson(
      { run: runName, directory, files: files.map(({ name }) => name), bytes: sizeBytes, missing },
      host,
    );
  else if (files.length > 0)
    host.terminal.say(
      `downloaded ${files.length} ${files.length === 1 ? 'file' : 'files'} (${bytes(sizeBytes)}) to ${target}`,
    );
  refuseMissing(run, missing);
  return ExitCode.done;
}

/** Where the files go: a directory, which may not be there yet; `-` is standard output.
 *  @throws UsageError for a file, and for an empty text, which a variable that was not set becomes */
function targetDirectory(options: Options, host: Host): string {
  const target = options['output'];
  if (typeof target !== 'string') return '.';
  if (target === '-') return target;
  const found = statSync(resolve(host.workingDirectory, target), { throwIfNoEntry: false });
  if (target !== '' && found?.isDirectory() !== false) return target;
  throw new UsageError(
    `\`-o ${target}\` names ${target === '' ? 'nothing' : 'a file'}; the files go into a directory`,
    {
      hint: '`-o -` prints them instead',
    },
  );
}

async function declaredOutputs(client: ReanaClient, run: string): Promise<readonly string[]> {
  const stored = await client.storedSpecification(run);
  const outputs = [...stored.outputFiles, ...stored.outputDirectories];
  if (outputs.length > 0) return outputs;
  throw new UsageError(`run \`${run}\` declares no outputs`, {
    hint: `name files; \`pchain reana ls -w ${run}\` lists them`,
  });
}

function refuseMissing(run: string, missing: readonly string[]): void {
  if (missing.length === 0) return;
  throw new PchainError(
    ExitCode.findings,
    `run \`${run}\` has no file ${missing.map((name) => `\`${name}\``).join(', ')}`,
    { hint: `see \`pchain reana ls -w ${run}\`` },
  );
}

/** One after the other, as they are. Each is whole before its first byte is printed. */
async function toStdout(
  client: ReanaClient,
  run: string,
  files: readonly { readonly name: string; readonly sizeBytes: number; readonly modified: string }[],
  host: Host,
): Promise<ExitCode> {
  const staging = join(host.workingDirectory, `.pchain-download-${randomUUID().slice(0, 8)}`);
  makeDirectory(staging);
  try {
    for (const file of files) {
      await downloadOutputs(client, run, [{ declared: file.name, files: [file] }], staging, {
        onState: () => undefined,
      });
      const content = createReadStream(join(staging, file.name));
      await once(content, 'open');
      // What is open can still be read; and nothing stays behind when the reader goes away and this process with it.
      await removeAll(staging);
      for await (const chunk of content) {
        await host.terminal.outBytes(chunk as Uint8Array);
      }
    }
  } finally {
    await removeAll(staging);
  }
  return ExitCode.done;
}
