// What our own client says about the searches of a submission, `pchain.search`.
import { steeringChoices, type SearchOptions } from '../../engine/hpo/search-options.ts';
import { asFields } from '../request-body.ts';

/** @returns the options, or what is wrong with them */
export function readSearchOptions(value: unknown): SearchOptions | string {
  if (value === undefined || value === null) return {};
  const fields = asFields(value);
  if (fields === undefined) return '`pchain.search` is not an object';
  const { scale, seed, steering: wanted } = fields;
  if (scale !== undefined && !isCount(scale, 1)) return '`pchain.search.scale` is not a whole number from 1';
  if (seed !== undefined && !isCount(seed, 0)) return '`pchain.search.seed` is not a whole number from 0';
  const steering = steeringChoices.find((choice) => choice === wanted);
  if (wanted !== undefined && steering === undefined)
    return `\`pchain.search.steering\` is not one of ${steeringChoices.join(', ')}`;
  return { scale, seed, steering };
}

const isCount = (value: unknown, least: number): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value < 2 ** 31;
