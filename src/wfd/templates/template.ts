// What a template is given, and what it makes.
export interface TemplateInput {
  readonly inDS: string;
  /** Options for every step, by name without dashes. */
  readonly prunFlags: Readonly<Record<string, string>>;
  /** How many files the dataset has; `undefined`: not known yet, and one step will do. */
  readonly files: number | undefined;
}

export interface TemplateFiles {
  readonly workflow: object;
  /** Text by file name; they are executable. A file of the user with the same name goes before. */
  readonly scripts: Readonly<Record<string, string>>;
}
