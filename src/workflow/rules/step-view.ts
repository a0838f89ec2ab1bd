// A step as the rules look at it: its texts before anything is put in, taken apart once for all rules.
import type { Span } from '../../base/span.ts';
import type { OptionTable } from '../../prun/options.ts';
import { phpoOptions, prunOptions } from '../../prun/options.ts';
import { argumentsIn, textOf, type ArgumentText } from '../../prun/parse-args.ts';
import { payloadCommands, type PayloadCommand } from '../../prun/payload-commands.ts';
import type { Draft, DraftInput } from '../draft.ts';
import { isAssumed, type RuleContext } from './context.ts';
import { placeInText, writtenText } from './text-place.ts';

/** A text that is known. */
export interface KnownText {
  readonly state: DraftInput;
  readonly text: string;
  /** False when it comes from elsewhere and placeholders in it may be replaced already. */
  readonly isAsWritten: boolean;
}

/** `absent`: the step has no such input, or keeps it back. `unknown`: its value is not known yet, or is no text. */
export type StepText = 'absent' | 'unknown' | KnownText;

export interface StepArguments extends ArgumentText {
  readonly known: KnownText;
  readonly table: OptionTable;
}

/** Texts and arguments of one step, worked out when they are asked for. */
export class StepView {
  readonly draft: Draft;
  readonly context: RuleContext;
  /** What steps are known to make, by step; shared by all views of a workflow. The views themselves are not kept: those of
   *  ten thousand steps would fill the memory. */
  readonly madeTypes: Map<Draft, readonly string[] | undefined>;
  readonly #texts = new Map<string, StepText>();
  #arguments: { readonly value: StepArguments | undefined } | undefined;
  #commands: { readonly value: readonly PayloadCommand[] | undefined } | undefined;

  constructor(draft: Draft, context: RuleContext, madeTypes: StepView['madeTypes']) {
    this.draft = draft;
    this.context = context;
    this.madeTypes = madeTypes;
  }

  /** The view of another step of the same workflow. */
  of(draft: Draft): StepView {
    return new StepView(draft, this.context, this.madeTypes);
  }

  /** The text of an input. */
  text(name: string): StepText {
    let found = this.#texts.get(name);
    if (found === undefined) {
      found = this.#read(name);
      this.#texts.set(name, found);
    }
    return found;
  }

  /** The text when it is known. */
  known(name: string): KnownText | undefined {
    const text = this.text(name);
    return typeof text === 'string' ? undefined : text;
  }

  /** Whether a step takes an `opt_exec` and options of prun. */
  get isPrun(): boolean {
    const { type } = this.draft.step;
    return type === 'prun' || type === 'junction' || type === 'reana';
  }

  /** `opt_args`, taken apart; `undefined` when the step takes none, and when they are not known. */
  get arguments(): StepArguments | undefined {
    this.#arguments ??= { value: this.#parseArguments() };
    return this.#arguments.value;
  }

  /** Whether nothing at all can be said about the options: they are not known, or cannot be read. */
  get hasUnknownArguments(): boolean {
    const text = this.text('opt_args');
    if (text === 'absent') return false;
    return this.arguments === undefined || !this.arguments.split.ok;
  }

  /** The commands of `opt_exec`; `undefined` when the text is not known. */
  get commands(): readonly PayloadCommand[] | undefined {
    const exec = this.isPrun ? this.known('opt_exec') : undefined;
    this.#commands ??= { value: exec === undefined ? undefined : payloadCommands(exec.text) };
    return this.#commands.value;
  }

  /** Whether the option was given. */
  has(dest: string): boolean {
    return this.arguments?.parsed.given.has(dest) === true;
  }

  /** The value of a text option. */
  option(dest: string): string | undefined {
    const parsed = this.arguments?.parsed;
    return parsed === undefined ? undefined : textOf(parsed.values, dest);
  }

  /** Where a given option stands; with `start` and `end` a part of its value, when it is written without quotes. */
  optionPlace(dest: string, start?: number, end?: number): Span {
    const args = this.arguments;
    const place = args?.parsed.given.get(dest);
    if (args === undefined || place === undefined) return this.draft.step.where();
    const { known, parsed } = args;
    const value = textOf(parsed.values, dest);
    const written = known.text.slice(place.start, place.end);
    if (start === undefined || end === undefined || value === undefined || !written.endsWith(value)) {
      return placeInText(known.state, place.start, place.end);
    }
    const offset = place.end - value.length;
    return placeInText(known.state, offset + start, offset + end);
  }

  #read(name: string): StepText {
    const { draft, context } = this;
    const state = draft.inputs.get(name);
    if (state === undefined || state.suppressed) return 'absent';
    const text = writtenText(state);
    if (text === undefined || isAssumed(context, text)) return 'unknown';
    const { source } = state.input;
    if (source === undefined) return { state, text, isAsWritten: true };
    // A text from the workflow's inputs is there unchanged, while that of the step may be filled in already.
    const given = typeof source === 'string' ? (draft.around ?? context.values)[source] : undefined;
    return typeof given === 'string'
      ? { state, text: given, isAsWritten: true }
      : { state, text, isAsWritten: false };
  }

  #parseArguments(): StepArguments | undefined {
    const { type } = this.draft.step;
    const known = type === 'workflow' || type === 'gitlab' ? undefined : this.known('opt_args');
    if (known === undefined) return undefined;
    const table = type === 'phpo' ? phpoOptions : prunOptions;
    const { split, parsed } = argumentsIn(table, known.text);
    return { known, table, split, parsed };
  }
}
