// What may be known beside the documents themselves; whatever is not known is not looked for.
import type { Findings } from '../base/finding.ts';
import type { ReadText } from '../base/read-text.ts';

export interface ReanaSurroundings {
  /** What lies at a path, as `readText` knows paths. */
  readonly kindOf?: ((path: string) => 'file' | 'directory' | 'missing') | undefined;
  /** Names of the secrets that REANA has, or will have when the run starts. */
  readonly knownSecrets?: ReadonlySet<string> | undefined;
  /** Also say what may be of use and is no fault. */
  readonly wantsHints?: boolean | undefined;
  /** Values that a command line gives: they count as parameters of the specification. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  /** Checks the CWL document of a workflow: what it says has nothing to do with REANA. */
  readonly checkCwl?: ((file: string, readText: ReadText, findings: Findings) => void) | undefined;
}
