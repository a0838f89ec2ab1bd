// What a walk over the forms of one process knows and gathers.
import type { Findings } from '../../base/finding.ts';
import type { MapNode, ScalarNode, TreeNode } from '../../source/tree.ts';
import type { CwlVersion } from '../fields.ts';

/** A text that holds `$(…)` or `${…}` where such are evaluated. */
export interface FoundExpression {
  readonly node: ScalarNode;
  /** The step it belongs to; `undefined` for those of the process itself. */
  readonly step: MapNode | undefined;
  /** Whether it is the whole value, with nothing beside it. */
  readonly isWhole: boolean;
  /** Whether it is part of the requirements or hints, which the processes below inherit. */
  readonly inRequirements: boolean;
}

/** What one process is checked with, and what is collected on the way. */
export interface ShapeCheck {
  readonly findings: Findings;
  readonly version: CwlVersion;
  /** Prefixes that `$namespaces` declares. */
  readonly prefixes: ReadonlySet<string>;
  readonly expressions: FoundExpression[];
  /** Types as they are written, without those inside of others. */
  readonly types: TreeNode[];
  /** How many more values may be looked at. Imports can repeat a value without end. */
  readonly budget: { left: number };
}

/** Where a value stands. */
export interface Place {
  /** In words: `` `label` ``. */
  readonly what: string;
  /** What stands for the value when it is empty, or lacks something: mostly its key. */
  readonly node: TreeNode;
}
