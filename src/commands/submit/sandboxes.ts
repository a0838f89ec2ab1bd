// The two sandboxes of a submission: the files of the workflow, for the server, and the files for its jobs.
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkArchiveSize } from '../../archive/archive-size.ts';
import { leftOutReasonText } from '../../archive/left-out.ts';
import type { LeftOut } from '../../archive/left-out.ts';
import { collectSandbox } from '../../archive/sandbox.ts';
import type { SandboxOptions } from '../../archive/sandbox.ts';
import { writeTarGz } from '../../archive/tar-gz.ts';
import { makeDirectory } from '../../base/make-directory.ts';
import { counted } from '../../base/text.ts';
import type { Sandbox } from '../../panda/sandbox.ts';
import { bytes } from '../../terminal/amounts.ts';
import type { TarMember } from '../../archive/tar-member.ts';
import type { Host } from '../host.ts';
import type { GeneratedFiles } from '../check/workflow-files.ts';

export interface PackedSandbox extends Sandbox {
  readonly sha256: string;
}

export interface Sandboxes {
  readonly workflow: PackedSandbox;
  readonly job: PackedSandbox;
  /** With the packages that were built here; `undefined`: no step needs them. */
  readonly sources: PackedSandbox | undefined;
  /** Removes the archives from this machine. */
  readonly remove: () => Promise<void>;
}

export interface SandboxPlan {
  /** `--maxSizeInSandbox`, in MiB. */
  readonly largestFileMegabytes: number;
  /** Names that travel whatever their size and type. */
  readonly extFile: readonly RegExp[];
  /** Absolute paths that never travel: the tar that will be made here. */
  readonly excludeFiles: readonly string[];
  /** Real paths of tars with outputs that pchain packed here before; they travel only when `extFile` names them. */
  readonly earlierOutputs: readonly string[];
  /** Files that travel though they are not on the disk. */
  readonly generated?: GeneratedFiles | undefined;
  /** Gives what travels with the files of jobs that use the packages built here; `undefined`: no step needs them.
   *  @param directory for what is made on the way */
  readonly builtPackages?: ((directory: string) => Promise<readonly TarMember[]>) | undefined;
  /** Where the archives lie until they are sent. */
  readonly directory: string;
}

/** Packs the working directory. What was left out, and why, is shown with --verbose.
 *  @throws LocalError for files that cannot be read or an archive over the server's limit; UsageError for a home directory */
export async function packSandboxes(plan: SandboxPlan, host: Host): Promise<Sandboxes> {
  const directory = join(plan.directory, randomUUID());
  makeDirectory(directory, 0o700);
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  const common = {
    maxFileSizeBytes: plan.largestFileMegabytes * 1024 * 1024,
    excludeFiles: plan.excludeFiles,
    earlierOutputs: plan.earlierOutputs,
    extFile: plan.extFile,
    homeDirectory: host.homeDirectory,
    signal: host.signal,
  };
  try {
    const made = [...(plan.generated ?? [])].map(([name, { text, isExecutable }]) => ({
      name,
      content: text,
      mode: isExecutable ? 0o755 : 0o644,
    }));
    const workflow = await pack(directory, { ...common, style: 'workflow' }, made, host);
    const job = await pack(directory, { ...common, style: 'job' }, made, host);
    const built = await plan.builtPackages?.(directory);
    const sources =
      built === undefined
        ? undefined
        : await pack(directory, { ...common, style: 'job' }, [...made, ...built], host, 'sources');
    return { workflow, job, sources, remove };
  } catch (thrown) {
    await remove();
    throw thrown;
  }
}

async function pack(
  directory: string,
  options: SandboxOptions,
  added: readonly TarMember[],
  host: Host,
  kind: 'jobO' | 'sources' = 'jobO',
): Promise<PackedSandbox> {
  const found = await collectSandbox(host.workingDirectory, options);
  const { leftOut, totalBytes } = found;
  const names = new Set(added.map(({ name }) => name));
  const members = [...found.members.filter(({ name }) => !names.has(name)), ...added];
  const fileName = `${kind}.${randomUUID()}.tar.gz`;
  const path = join(directory, fileName);
  const written = await writeTarGz(path, members, { signal: host.signal });
  checkArchiveSize(written.sizeBytes, fileName, members);
  const what =
    kind === 'sources' ? 'sources' : options.style === 'workflow' ? 'workflow sandbox' : 'job sandbox';
  host.terminal.detail(
    `${what}: ${counted(members.length, 'file')}, ${bytes(totalBytes)}, packed ${bytes(written.sizeBytes)}`,
  );
  for (const file of leftOut) host.terminal.detail(`  left out ${leftOutLine(file)}`);
  return { path, fileName, sizeBytes: written.sizeBytes, crc32: written.crc32, sha256: written.sha256 };
}

function leftOutLine(file: LeftOut): string {
  return `${file.name}: ${leftOutReasonText(file.reason)}`;
}

/** `--extFile`: ends of file names with `*` as a wildcard, several with commas between. */
export function fileNamePatterns(list: string): readonly RegExp[] {
  return list
    .split(',')
    .filter((pattern) => pattern !== '')
    .map((pattern) => new RegExp(`${pattern.replace(/[.+^${}()|[\]\\?]/g, '\\$&').replaceAll('*', '.*')}$`));
}
