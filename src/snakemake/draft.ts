// Values and rules of a Snakefile in the making: what its expressions stand for, before anything is looked up between rules.
import type { Value } from '../workflow/model.ts';
import type { ConfigValue } from './config.ts';
import type { Section } from './statements.ts';

export interface Place {
  readonly start: number;
  readonly end: number;
}

/** What an expression stands for. */
export type Evaluated = Place &
  (
    | {
        readonly is: 'text';
        readonly text: string;
        readonly places: readonly Place[];
        readonly isTemplate: boolean;
      }
    | { readonly is: 'value'; readonly value: Value }
    | { readonly is: 'map'; readonly config: ConfigValue }
    | { readonly is: 'list'; readonly items: readonly Evaluated[] }
    /** A parameter of a rule; `undefined`: of the rule it is written in. */
    | {
        readonly is: 'parameter';
        readonly name: string;
        readonly rule: string | undefined;
        readonly namePlace: Place;
      }
    /** Output files of a rule. */
    | { readonly is: 'files'; readonly rule: string; readonly files: readonly string[] }
    | { readonly is: 'rule'; readonly rule: RuleDraft }
    | { readonly is: 'rules' }
    /** Reported already. */
    | { readonly is: 'unknown' }
  );

export interface RuleDraft {
  readonly name: string;
  /** Whether parts of it could not be read, so that nobody knows what is missing. */
  readonly isBroken: boolean;
  /** Whether one of its `input` files could not be read. */
  readonly hasUnknownInput: boolean;
  /** Where it is named. */
  readonly place: Place;
  readonly params: readonly Param[];
  readonly inputs: readonly FileUse[];
  readonly outputs: readonly FileUse[];
  readonly inputSection: Section | undefined;
  readonly scatter: readonly (Evaluated & { readonly is: 'parameter' })[];
  readonly loop: boolean;
  readonly loopPlace: Place | undefined;
  readonly when: (Evaluated & { readonly is: 'text' }) | undefined;
  readonly shell: (Evaluated & { readonly is: 'text' }) | undefined;
}

export interface Param {
  readonly name: string;
  readonly place: Place;
  readonly value: Evaluated;
}

export interface FileUse {
  readonly path: string;
  readonly place: Place;
  /** The name it is given in its section. */
  readonly name: string | undefined;
}

/** Where a part of a text is written. */
export function placeWithin(text: Evaluated & { readonly is: 'text' }, start: number, end: number): Place {
  const first = text.places[start];
  const last = end > start ? text.places[end - 1] : first;
  // Behind the last character there is only its end.
  if (first === undefined) {
    const before = text.places.at(-1);
    return before === undefined ? text : { start: before.end, end: before.end };
  }
  return { start: first.start, end: Math.max(first.start, last?.end ?? first.end) };
}
