// What the rules know beside the step they look at.
import type { Findings } from '../../base/finding.ts';
import { isList, type Draft } from '../draft.ts';
import type { Value, Workflow } from '../model.ts';

export interface RuleContext {
  readonly workflow: Workflow;
  /** Values of the workflow's inputs. */
  readonly values: Readonly<Record<string, Value>>;
  /** Names that the inputs file gives values to, those that the workflow does not know included. */
  readonly givenNames: readonly string[];
  /** The resolved steps at the top. */
  readonly drafts: readonly Draft[];
  readonly findings: Findings;
  /** Texts that only stand for values not known yet: nothing is judged by them. */
  readonly assumed: ReadonlySet<string>;
  /** True when values of inputs may be missing: the document is looked at, and is not about to be run. */
  readonly isRehearsal: boolean;
  readonly surroundings: CheckSurroundings;
}

/** What is known beside the documents; every part may be missing, and is then not judged by. */
export interface CheckSurroundings {
  /** Whether a file would travel in the sandbox, by its path relative to the sandbox. */
  readonly sandbox?: ((path: string) => 'missing' | 'too-large' | 'there') | undefined;
  /** The text of a file of the sandbox; `undefined` when it is none, or no text. */
  readonly sandboxText?: ((path: string) => string | undefined) | undefined;
  /** Where the workflow is to run: a remote PanDA refuses some things that the embedded one takes. */
  readonly target?: 'embedded' | 'remote' | undefined;
  /** Names of the secrets that are known. */
  readonly knownSecrets?: ReadonlySet<string> | undefined;
}

/** Whether a value is, or holds, one that is not known yet. */
export function isAssumed(context: Pick<RuleContext, 'assumed'>, value: Value | undefined): boolean {
  if (context.assumed.size === 0) return false;
  if (typeof value === 'string') return context.assumed.has(value);
  return isList(value) && value.some((member) => isAssumed(context, member));
}
