// How the languages get at files without touching the disk themselves.

/** Gives the text of a file, or why there is none. `path` is resolved by the caller of the reader, so the same
 *  reader serves the terminal, an unpacked sandbox, an editor and tests. */
export type ReadText = (path: string) => ReadResult;

export type ReadResult =
  | { readonly ok: true; readonly text: string }
  | {
      readonly ok: false;
      readonly reason: 'missing' | 'directory' | 'unreadable' | 'binary' | 'too-large';
      readonly detail: string;
    };
