// Why a file of the user's directory does not travel with a request, in words for the user.

export type LeftOutReason =
  | 'too-large'
  | 'file-type'
  | 'hidden'
  | 'job-report'
  | 'version-control'
  | 'private-place'
  | 'private-name'
  | 'private-content'
  | 'cache'
  | 'earlier-archive'
  | 'earlier-output'
  | 'own-notes'
  | 'excluded'
  | 'dead-link'
  | 'link-outside'
  | 'link-to-directory'
  | 'special-file'
  | 'unusual-name'
  | 'unreadable';

export interface LeftOut {
  /** Relative to the packed directory, `/` between parts; a directory ends in `/` and stands for all that is in it. */
  readonly name: string;
  readonly reason: LeftOutReason;
  /** Present when the size is the reason. */
  readonly sizeBytes?: number | undefined;
}

const texts: Readonly<Record<LeftOutReason, string>> = {
  'too-large': 'larger than the limit for one file',
  'file-type': 'object files, libraries and ROOT files stay here unless `--extFile` names them',
  hidden: 'hidden files do not travel with a job',
  'job-report': 'report of an earlier job',
  'version-control': 'belongs to version control',
  'private-place': 'a place for keys and tokens',
  'private-name': 'a name for keys, tokens or passwords',
  'private-content': 'holds a private key or a token',
  cache: 'can be made again where it is needed',
  'earlier-archive': 'archive of an earlier submission',
  'earlier-output': 'outputs of an earlier run, packed by pchain; `--extFile` sends it',
  'own-notes': 'what pchain notes here of runs on REANA',
  excluded: 'excluded by the command',
  'dead-link': 'a link to something that does not exist',
  'link-outside': 'a link that leads out of the directory',
  'link-to-directory': 'a link to a directory',
  'special-file': 'neither a file nor a directory',
  'unusual-name': 'its name holds control characters or is not valid UTF-8',
  unreadable: 'cannot be read',
};

/** The reason in words that end a line such as `left out: NAME (…)`. */
export function leftOutReasonText(reason: LeftOutReason): string {
  return texts[reason];
}
