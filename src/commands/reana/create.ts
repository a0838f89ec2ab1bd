// `pchain reana create`: makes a run of a specification, and starts nothing.
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { ExitCode } from '../../base/exit-code.ts';
import { ReanaClient } from '../../reana/protocol/client.ts';
import { loadFor } from '../../reana/load-specification.ts';
import { checkRunName, loadingOf } from '../../reana/offload/prepare.ts';
import type { Host } from '../host.ts';
import { textOption } from '../check/workflow-files.ts';
import { printJson, reanaConnection } from './connection.ts';
import type { Options } from './connection.ts';
import { preparedSpecification, specificationFile } from './specification.ts';

export async function runCreate(options: Options, host: Host): Promise<ExitCode> {
  const file = specificationFile(options, host);
  const name = textOption(options, 'workflow') ?? 'workflow';
  checkRunName(name);
  const prepared = await preparedSpecification(file, options, host);
  if (prepared === undefined) return ExitCode.findings;
  const client = new ReanaClient((await reanaConnection(host)).setup, host.signal);
  const { takesBundles } = await client.protocol();
  const made = await client.create(name, await loadFor(client, loadingOf(prepared, {})));
  // A bundle has brought the specification already.
  if (!takesBundles) {
    const place = placeOf(file, host.workingDirectory);
    await client.workspaces.upload(made.name, place, Buffer.from(prepared.text));
  }
  for (const warning of made.warnings) host.terminal.warn(warning);
  if (options['json'] === true) printJson({ id: made.id, name: made.name, warnings: made.warnings }, host);
  // Alone on its line, since scripts take it from there.
  else host.terminal.out(made.name);
  return ExitCode.done;
}

/** Where the specification lies in the workspace: as seen from here, when it lies below. */
function placeOf(file: string, workingDirectory: string): string {
  const inside = relative(workingDirectory, resolve(workingDirectory, file));
  const isBelow = !inside.startsWith(`..${sep}`) && !isAbsolute(inside);
  return isBelow ? inside.split(sep).join('/') : 'reana.yaml';
}
