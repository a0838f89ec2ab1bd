// The way in to the option tables of the two programs whose arguments a step carries.
export type { OptionSpec, OptionTable, OptionValue } from './option-table.ts';
export { phpoOptions } from './phpo-options.ts';
export { prunOptions } from './prun-options.ts';

/** The server adds this to every junction with inputs, though the shipped prun no longer knows it: as shipped, such a step
 *  fails to parse. Source: panda-server `workflow_utils.py`, panda-client 2.0.2. */
export const forceStagedSecondary = '--forceStagedSecondary';
