// The inputs file of a workflow: its values with files at absolute paths, and requirements that it adds.
import type { Value } from '../../workflow/model.ts';
import { CwlFault } from './fault.ts';
import { pathIn } from './places.ts';
import type { Process } from './process.ts';
import { readRequirements } from './requirements.ts';
import { isList, isRecord, itemsOf, mapItems, textIn } from './values.ts';
import type { Item, Values } from './values.ts';

/** @param written the values as they are in the file
 *  @param file absolute path; relative places in the values start at its directory */
export function placedInputs(written: Value, file: string): Values {
  if (written === null) return {};
  if (!isRecord(written)) throw new CwlFault(`\`${file}\` must hold an object of inputs`);
  return mapItems(written, (item) => placed(item, file)) as Values;
}

function placed(item: Item, file: string): Item {
  const { path, ...rest } = item;
  const place = textIn(item, 'location') ?? (typeof path === 'string' ? path : undefined);
  const listing = item['listing'];
  const secondary = item['secondaryFiles'];
  return {
    ...rest,
    ...(place === undefined ? {} : { location: place.startsWith('_:') ? place : pathIn(file, place) }),
    ...(isList(listing) ? { listing: itemsOf(listing).map((one) => placed(one, file)) } : {}),
    ...(isList(secondary) ? { secondaryFiles: itemsOf(secondary).map((one) => placed(one, file)) } : {}),
  };
}

/** The process with the `cwl:requirements` of an inputs file, which count more than its own.
 *  @throws CwlUnsupported for one that is not known */
export function withInputRequirements(process: Process, inputs: Values): Process {
  const added = readRequirements(inputs['cwl:requirements'], true);
  if (added.length === 0) return process;
  if (process.version === 'v1.0') throw new CwlFault('`cwl:requirements` came with CWL v1.1');
  return { ...process, requirements: [...process.requirements, ...added] };
}
