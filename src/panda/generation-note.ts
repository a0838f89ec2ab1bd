// Which generation of PanDA's protocol a server has, noted somewhere that outlives the command.
export type Generation = 'legacy' | 'v1';

/** Where it is noted what a server has. */
export interface GenerationNote {
  /** `undefined`: not known yet. */
  read(): Generation | undefined;
  write(generation: Generation): void;
}
