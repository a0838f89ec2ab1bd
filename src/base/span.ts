// A place in a source text.

/** A stretch of one file: UTF-16 offsets from 0, `end` exclusive. Lines and columns exist only in renderers. */
export interface Span {
  /** Path as the user gave it, or as derived from it. */
  readonly file: string;
  readonly start: number;
  readonly end: number;
}
