// What is known of secrets in other places without asking: which names PanDA and REANA had when they were last seen, and the
// fingerprints of what was last sent there. `secret-places.json` in the data directory; no value is in it.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { LocalError, messageOf, systemCode } from '../base/errors.ts';
import { makeDirectory } from '../base/make-directory.ts';
import { replaceFile } from '../settings/replace-file.ts';
import type { SecretName } from './port.ts';

const placeShape = v.object({
  seen_ms: v.number(),
  names: v.array(v.object({ name: v.string(), kind: v.picklist(['value', 'file']) })),
  sent: v.array(v.object({ name: v.string(), fingerprint: v.string(), at_ms: v.number() })),
});
const recordShape = v.object({ version: v.literal(1), places: v.record(v.string(), placeShape) });

export interface KnownPlace {
  readonly seenMs: number;
  /** Everything that was there then. */
  readonly names: readonly SecretName[];
  /** Fingerprints of what pchain sent last, by name. */
  readonly sent: ReadonlyMap<string, string>;
}

export type KnownPlaces = ReadonlyMap<string, KnownPlace>;

/** By place and server: `panda local`, `reana https://reana.cern.ch`. Nothing is known when the file is missing or damaged. */
export async function readKnownPlaces(dataDirectory: string): Promise<KnownPlaces> {
  const parsed = v.safeParse(recordShape, await jsonOf(pathIn(dataDirectory)));
  if (!parsed.success) return new Map();
  return new Map(
    Object.entries(parsed.output.places).map(([key, place]) => [
      key,
      {
        seenMs: place.seen_ms,
        names: place.names,
        sent: new Map(place.sent.map(({ name, fingerprint }) => [name, fingerprint])),
      },
    ]),
  );
}

/** Replaces what is known of one place. Fingerprints of names that are gone go with them.
 *  @throws LocalError when it cannot be written */
export async function keepKnownPlace(dataDirectory: string, key: string, place: KnownPlace): Promise<void> {
  const path = pathIn(dataDirectory);
  const places = new Map(await readKnownPlaces(dataDirectory)).set(key, place);
  const record = {
    version: 1,
    places: Object.fromEntries(
      [...places].map(([name, known]) => [
        name,
        {
          seen_ms: known.seenMs,
          names: known.names.map(({ name: secret, kind }) => ({ name: secret, kind })),
          sent: [...known.sent]
            .filter(([secret]) => known.names.some((there) => there.name === secret))
            .map(([secret, fingerprint]) => ({ name: secret, fingerprint, at_ms: known.seenMs })),
        },
      ]),
    ),
  };
  try {
    makeDirectory(dirname(path), 0o700);
    await replaceFile(path, `${JSON.stringify(record, null, 2)}\n`);
  } catch (cause) {
    throw new LocalError(`cannot write \`${path}\`: ${systemCode(cause) ?? messageOf(cause)}`, { cause });
  }
}

function pathIn(dataDirectory: string): string {
  return join(dataDirectory, 'secret-places.json');
}

async function jsonOf(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}
