// What a user may say about searches on this machine, beside what the workflow says.
const samplerNames = ['random', 'grid', 'model', 'toys'] as const;
export type SamplerName = (typeof samplerNames)[number];

export interface SearchOptions {
  /** At most so many points, of each segment. `undefined`: as many as the step says. */
  readonly scale?: number | undefined;
  /** What makes the points; `undefined`: `auto`. */
  readonly steering?: SteeringChoice | undefined;
  /** Of the built-in samplers; `undefined`: 1. */
  readonly seed?: number | undefined;
  /** How often checkpoints are saved; `undefined`: as the step says, in whole minutes. */
  readonly checkpointSeconds?: number | undefined;
}

/** What is stored with a request that has phpo steps. */
export interface SubmittedSearch {
  readonly options: SearchOptions;
  /** The files that options of phpo name, by their path in the sandbox. */
  readonly texts: Readonly<Record<string, string>>;
}

/** `auto`: the steering of the step where it can run, else a built-in sampler · `command`: the steering's command on the machine
 *  itself, without its image · otherwise the built-in sampler of this name. */
export type SteeringChoice = 'auto' | 'command' | SamplerName;

export const steeringChoices: readonly SteeringChoice[] = ['auto', 'command', ...samplerNames];
