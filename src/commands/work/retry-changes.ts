// What a retry may change: options of PanDA by the name that users write, and the task parameter that each of them sets.
// Source: the names that panda-client passes on. The server takes others without a word and ignores them.
import { closest } from '../../base/closest.ts';
import { UsageError } from '../../base/errors.ts';

/** New values of task parameters, by PanDA's name. */
export type Changes = Readonly<Record<string, unknown>>;

export interface RetryOption {
  readonly name: string;
  /** The task parameter that it sets. */
  readonly parameter: string;
  readonly takes: 'number' | 'truth' | 'text' | 'list';
  readonly help: string;
}

export const retryOptions: readonly RetryOption[] = [
  option('site', 'text', 'send the jobs to this queue'),
  option('excludedSite', 'list', 'send no jobs to these queues'),
  option('includedSite', 'list', 'send jobs to these queues only'),
  option('nFilesPerJob', 'number', 'input files of a job'),
  option('nMaxFilesPerJob', 'number', 'most input files of a job'),
  // The name of the option of prun; the parameter is called as above.
  { ...option('maxNFilesPerJob', 'number', 'as nMaxFilesPerJob'), parameter: 'nMaxFilesPerJob' },
  option('nGBPerJob', 'number', 'most input of a job, in GB'),
  option('nFiles', 'number', 'input files of the whole task'),
  option('nEvents', 'number', 'events of the whole task'),
  option('loopingCheck', 'truth', 'kill jobs that print nothing for long'),
  { ...option('memory', 'number', 'memory of a job, in MB per core'), parameter: 'ramCount' },
  option('ramCount', 'number', 'as memory'),
  option('avoidVP', 'truth', 'avoid queues with virtual placement'),
  option('ignoreMissingInDS', 'truth', 'go on without input datasets that are gone'),
  option('forceStaged', 'truth', 'copy input files before the job begins'),
  { ...option('maxCore', 'number', 'most cores of a job'), parameter: 'maxCoreCount' },
];

function option(name: string, takes: RetryOption['takes'], help: string): RetryOption {
  return { name, parameter: name, takes, help };
}

/** The value of one option, or several where a list was given.
 *  @throws UsageError for a name that a retry cannot change, and for a value that does not fit it */
export function retryChange(name: string, value: string | readonly string[]): Changes {
  const found = retryOptions.find((candidate) => candidate.name === name || candidate.parameter === name);
  if (found === undefined) {
    const names = retryOptions.map((known) => known.name);
    const near = closest(name, names);
    throw new UsageError(`a retry cannot change \`${name}\``, {
      hint: near === undefined ? `it can change ${names.join(', ')}` : `did you mean \`${near}\`?`,
    });
  }
  return { [found.parameter]: valueOf(found, value) };
}

/** Puts changes together.
 *  @throws UsageError when two of them set one parameter to different values */
export function mergedChanges(all: readonly Changes[]): Changes {
  const merged: Record<string, unknown> = {};
  for (const [parameter, value] of all.flatMap((changes) => Object.entries(changes))) {
    const before = merged[parameter];
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(value))
      throw new UsageError(`\`${parameter}\` is given two values`);
    merged[parameter] = value;
  }
  return merged;
}

function valueOf({ name, takes }: RetryOption, given: string | readonly string[]): unknown {
  if (takes === 'list') {
    const items = typeof given === 'string' ? given.split(',') : given;
    return items.map((item) => item.trim()).filter((item) => item !== '');
  }
  if (typeof given !== 'string') throw new UsageError(`\`${name}\` takes one value, not a list`);
  if (takes === 'text') return given;
  if (takes === 'truth') {
    if (/^(?:true|false)$/i.test(given)) return given.toLowerCase() === 'true';
    throw new UsageError(`\`${name}\` must be \`True\` or \`False\`, not \`${given}\``);
  }
  if (/^\d{1,15}(?:\.\d{1,9})?$/.test(given)) return Number(given);
  throw new UsageError(`\`${name}\` must be a number, not \`${given}\``);
}
