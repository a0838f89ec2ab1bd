// A Snakefile as far as it can be read without running Python: rules, and what stands in them as it is.

export interface Snakefile {
  readonly rules: readonly SnakemakeRule[];
  /** Files named by `configfile:`. */
  readonly configFiles: readonly SnakeText[];
  /** Every `config["name"]` anywhere. */
  readonly configUses: readonly SnakeText[];
  /** False when `config` is also used in a way that could ask for anything. */
  readonly hasOnlyPlainConfig: boolean;
  /** Names that Python code of the file gives a value. */
  readonly assigned: ReadonlySet<string>;
  /** What Snakemake refuses before it runs anything. */
  readonly faults: readonly SnakeFault[];
  /** False when there is something that only Python can tell: code, other modules, rules made of rules. */
  readonly isComplete: boolean;
}

export interface SnakeFault {
  readonly code: 'reana/unknown-directive' | 'reana/repeated-directive' | 'reana/bad-indentation';
  readonly place: SnakePlace;
  readonly message: string;
  /** The word that was meant, where that can be guessed. */
  readonly meant?: string | undefined;
}

export interface SnakemakeRule {
  readonly name: SnakeText;
  /** By name: `input`, `shell`. */
  readonly directives: ReadonlyMap<string, Directive>;
}

export interface Directive {
  /** The word itself. */
  readonly key: SnakeText;
  readonly items: readonly SnakeItem[];
}

/** One argument of a directive, `name=value` or a value alone. */
export interface SnakeItem {
  readonly name: SnakeText | undefined;
  readonly value: SnakeValue;
}

export type SnakeValue =
  | ({ readonly kind: 'text' } & SnakeText)
  | ({ readonly kind: 'scalar'; readonly value: number | boolean | null } & SnakePlace)
  | ({ readonly kind: 'config'; readonly name: string } & SnakePlace)
  | ({ readonly kind: 'list'; readonly items: readonly SnakeValue[] } & SnakePlace)
  /** Only Python can tell. */
  | ({ readonly kind: 'unknown' } & SnakePlace);

export interface SnakePlace {
  readonly source: { readonly file: string; readonly text: string };
  /** UTF-16 offsets in the source, end exclusive. */
  readonly start: number;
  readonly end: number;
}

export interface SnakeText extends SnakePlace {
  readonly text: string;
  /** Where each unit of the text is written: its offset in the source. */
  readonly offsets: readonly number[];
}
