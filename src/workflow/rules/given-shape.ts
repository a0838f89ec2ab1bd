// A value of an inputs file as it is written there.
import type { Where } from '../model.ts';

export interface GivenShape {
  readonly kind: 'text' | 'int' | 'float' | 'boolean' | 'null' | 'list' | 'map';
  /** Members of a list. */
  readonly items: readonly GivenShape[];
  readonly where: Where;
}
