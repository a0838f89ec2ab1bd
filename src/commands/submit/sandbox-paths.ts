// Where the server finds the files of a workflow: in the sandbox, which is the current directory.
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { UsageError } from '../../base/errors.ts';
import { languageEntry } from '../../languages/languages.ts';
import type { Host } from '../host.ts';
import type { WorkflowFlags } from '../check/workflow-files.ts';

/** The main document.
 *  @throws UsageError for a native workflow in a directory below: PanDA is told its name only, and looks at the top */
export function specFile({ file, language }: WorkflowFlags, host: Host): string {
  const inside = insideSandbox(file, host, `--${languageEntry(language).option}`);
  if (language === 'wfd' && dirname(inside) !== '.') {
    throw new UsageError(
      `PanDA finds a native workflow only at the top of the sandbox, not at \`${inside}\``,
      { hint: `start pchain in \`${dirname(inside)}\`` },
    );
  }
  return inside;
}

/** The inputs. What the clients of PanDA say where there are none differs from language to language. */
export function inputFile({ yaml, language }: WorkflowFlags, host: Host): string | null {
  if (yaml !== undefined) return insideSandbox(yaml, host, '--yaml');
  return language === 'wfd' ? null : '';
}

/** A path as the server will find it in the sandbox.
 *  @throws UsageError for one that does not travel */
export function insideSandbox(path: string, { workingDirectory }: Host, flag?: string): string {
  const inside = relative(workingDirectory, resolve(workingDirectory, path));
  if (inside.startsWith('..') || isAbsolute(inside)) {
    throw new UsageError(
      `\`${flag === undefined ? path : `${flag} ${path}`}\` is not below the current directory, whose files travel with the workflow`,
      { hint: `start pchain in \`${dirname(resolve(workingDirectory, path))}\` or above it` },
    );
  }
  return inside;
}
