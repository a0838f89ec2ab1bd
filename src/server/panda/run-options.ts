// What our own client says about how a submission runs on this machine.
import { containerModes } from '../../engine/containers/containers.ts';
import type { RunOptions } from '../../engine/records.ts';
import type { Fields } from '../request-body.ts';

/** @returns the options, or what is wrong with them */
export function readRunOptions(own: Fields): RunOptions | string {
  const { containers } = own;
  if (containers === undefined) return {};
  const mode = containerModes.find((known) => known === containers);
  return mode === undefined ? '`pchain.containers` is not one of never, auto, require' : { containers: mode };
}
