// A step of the graph with the planned steps it was made of: what the makers of the graph hand on to each other.
import type { Fold } from './folding.ts';
import type { GraphStep } from './graph.ts';

export interface Scoped {
  readonly step: GraphStep;
  readonly fold: Fold;
  /** Empty for a leaf. */
  readonly inner: readonly Scoped[];
}
