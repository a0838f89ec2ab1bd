// What our own client says about how a submission runs on this machine.
import * as v from 'valibot';
import { containerModes } from '../../engine/containers/containers.ts';
import type { RunOptions } from '../../engine/records.ts';
import { weatherShape } from '../../engine/weather/weather.ts';
import type { Fields } from '../request-body.ts';

/** @returns the options, or what is wrong with them */
export function readRunOptions(own: Fields): RunOptions | string {
  const { containers, documents, reuse } = own;
  const weather = own.weather === undefined ? undefined : v.safeParse(weatherShape, own.weather);
  if (weather?.success === false) return `\`pchain.weather\`: ${weather.issues[0].message}`;
  const mode = containerModes.find((known) => known === containers);
  if (containers !== undefined && mode === undefined)
    return `\`pchain.containers\` is not one of ${containerModes.join(', ')}`;
  if (documents !== undefined && !isTexts(documents)) return '`pchain.documents` is not a list of paths';
  if (reuse !== undefined && typeof reuse !== 'boolean') return '`pchain.reuse` is not true or false';
  return { containers: mode, weather: weather?.output, documents, reuse };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
