// The specification that a command is given, read and checked as for an offload.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../base/errors.ts';
import { prepareOffload } from '../../reana/offload/prepare.ts';
import type { Prepared } from '../../reana/offload/prepare.ts';
import type { Host } from '../host.ts';
import { tellFindings } from '../check/show-findings.ts';
import { textReader } from '../check/text-files.ts';
import { listOption, textOption } from '../check/workflow-files.ts';
import { pairs } from './connection.ts';
import type { Options } from './connection.ts';

const usualNames = ['reana.yaml', 'reana.yml'];

/** The file that `-f` names, else the `reana.yaml` of this directory.
 *  @throws UsageError when there is none, or more than one */
export function specificationFile(options: Options, host: Host): string {
  const typed = textOption(options, 'specification');
  if (typed !== undefined) return typed;
  const found = usualNames.filter((name) => existsSync(join(host.workingDirectory, name)));
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return only;
  throw new UsageError(
    only === undefined ? 'there is no `reana.yaml` here' : '`reana.yaml` and `reana.yml` are both here',
    { hint: 'name the specification with `-f`' },
  );
}

/** The specification, with findings told; `undefined` when it has errors. */
export async function preparedSpecification(
  file: string,
  options: Options,
  host: Host,
): Promise<Prepared | undefined> {
  const outputs = listOption(options, 'outputs');
  const { findings, prepared } = await prepareOffload({
    specFile: file,
    set: pairs('set', options),
    parameters: pairs('parameter', options),
    options: pairs('option', options),
    outputs: outputs.length === 0 ? undefined : outputs,
  });
  tellFindings({ findings, readText: textReader(host.workingDirectory), filesChecked: 1 }, host);
  return prepared;
}

/** The name of a run after its file: letters, digits, `_` and `-` only, and not more than a name may have. */
export function nameAfter(file: string): string {
  const base = file.slice(file.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
  return (
    base
      .replace(/[^A-Za-z0-9_-]+/g, '-')
      .replace(/^[-_]+/, '')
      .slice(0, 100) || 'workflow'
  );
}
