// `--hpo-…`: how the searches of phpo steps run on this machine.
import { Option } from 'commander';
import { UsageError } from '../../base/errors.ts';
import { steeringChoices, type SearchOptions } from '../../engine/hpo/search-options.ts';
import { textOption } from '../check/workflow-files.ts';

export const hpoScaleOption = (): Option =>
  new Option('--hpo-scale <number>', 'points of each search of phpo on this machine, at most');
export const hpoSteeringOption = (): Option =>
  new Option(
    '--hpo-steering <what>',
    'what makes the points on this machine: the steering where it can run (`auto`), its command without its image (`command`), or a built-in sampler',
  ).choices(steeringChoices);
export const hpoSeedOption = (): Option =>
  new Option('--hpo-seed <number>', 'of the built-in samplers; 1 when not given');

/** @throws UsageError for what is no such number */
export function searchOptions(options: Readonly<Record<string, unknown>>): SearchOptions {
  const steering = textOption(options, 'hpoSteering');
  return {
    ...numbered('scale', '--hpo-scale', textOption(options, 'hpoScale'), 1),
    ...numbered('seed', '--hpo-seed', textOption(options, 'hpoSeed'), 0),
    ...(steering === undefined ? {} : { steering: steeringChoices.find((choice) => choice === steering) }),
  };
}

function numbered(
  name: string,
  flag: string,
  typed: string | undefined,
  least: number,
): Record<string, number> {
  if (typed === undefined) return {};
  const value = /^\d{1,9}$/.test(typed) ? Number(typed) : Number.NaN;
  if (!(value >= least)) {
    throw new UsageError(`\`${flag}\` is a whole number from ${least}, not \`${typed}\``);
  }
  return { [name]: value };
}
