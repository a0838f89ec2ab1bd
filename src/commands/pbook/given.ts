// What was given to a command of pbook: by a call at the prompt, or by words in batch. It is read, never evaluated.

/** `null` is Python's `None`; a map is a dictionary with texts as keys. Numbers, `True` and `False` stay as they were written. */
export type Given = string | null | readonly Given[] | ReadonlyMap<string, Given>;

export interface GivenValue {
  readonly value: Given;
  /** Where it begins in the line, a UTF-16 offset; `undefined`: there is no line to point at. */
  readonly at: number | undefined;
}

export interface NamedValue extends GivenValue {
  readonly name: string;
}

export interface GivenArguments {
  readonly positional: readonly GivenValue[];
  readonly named: readonly NamedValue[];
}

/** A word of batch. */
export interface Word {
  readonly text: string;
  readonly at: number | undefined;
}
