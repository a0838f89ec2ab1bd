// What a workflow finds around it when it is submitted from here: the files that would travel with it, and where to.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../settings/settings.ts';
import type { CheckSurroundings } from '../../workflow/rules/context.ts';
import { textReader } from './text-files.ts';
import type { GeneratedFiles } from './workflow-files.ts';

export interface Submission {
  /** The sandbox is this directory with everything below it. */
  readonly workingDirectory: string;
  /** `--maxSizeInSandbox`, in MiB. */
  readonly largestFileMegabytes: number;
  /** `undefined`: nobody has said where to yet. */
  readonly settings: Settings | undefined;
  /** Names of the secrets that jobs would get; `undefined`: nobody knows. */
  readonly knownSecrets?: ReadonlySet<string> | undefined;
  /** Files that will travel though they are not on the disk. */
  readonly generated?: GeneratedFiles | undefined;
}

/** What the rules may know of a submission; nothing is opened or packed for it. */
export function submissionSurroundings(submission: Submission): CheckSurroundings {
  const { workingDirectory, largestFileMegabytes, settings } = submission;
  const readText = textReader(workingDirectory, submission.generated);
  return {
    sandbox: (path) => {
      if (submission.generated?.has(path) === true) return 'there';
      const stats = statSync(join(workingDirectory, path), { throwIfNoEntry: false });
      if (stats === undefined) return 'missing';
      return stats.isFile() && stats.size > largestFileMegabytes * 1024 * 1024 ? 'too-large' : 'there';
    },
    sandboxText: (path) => {
      const answer = readText(path);
      return answer.ok ? answer.text : undefined;
    },
    knownSecrets: submission.knownSecrets,
    target:
      settings === undefined ? undefined : settings.server.value.kind === 'local' ? 'embedded' : 'remote',
  };
}
