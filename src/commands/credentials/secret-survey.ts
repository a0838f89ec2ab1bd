// One look at all places: what is kept here, what PanDA has, what REANA has. A place that cannot be asked is an answer, too.
import { PchainError } from '../../base/errors.ts';
import { fingerprintOf, type Fingerprint } from '../../secrets/fingerprint.ts';
import type { Secrets } from '../../secrets/open.ts';
import { keepKnownPlace, readKnownPlaces } from '../../secrets/place-record.ts';
import { isOwnName, type SecretName, type SecretStore } from '../../secrets/port.ts';
import { sizeOf } from '../../secrets/entry.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Host } from '../host.ts';
import { findPlace, placeKinds, type PlaceKind, type SecretPlace } from './secret-places.ts';

/** How long a place may take to answer. */
const answerLimitMs = 15_000;

/** A secret in one place. */
export interface Sighting extends SecretName {
  readonly sizeBytes: number | undefined;
  readonly changedMs: number | undefined;
  /** `undefined`: the place does not give the value back, and pchain has not sent it; or nothing was ever kept here. */
  readonly fingerprint: string | undefined;
}

export type Surveyed =
  | {
      readonly state: 'listed';
      readonly place: PlaceKind | SecretStore['kind'];
      /** `undefined` for the stores of this machine. */
      readonly server: string | undefined;
      readonly secrets: readonly Sighting[];
    }
  | { readonly state: 'absent'; readonly place: PlaceKind; readonly why: string };

export interface SurveyContext {
  readonly settings: Settings;
  readonly secrets: Secrets;
  readonly host: Host;
}

/** @param start the embedded server is started when it does not run
 *  @throws LocalError, AuthError when the store of this machine cannot be opened */
export async function surveySecrets(context: SurveyContext, start: boolean): Promise<readonly Surveyed[]> {
  const { secrets } = context;
  const fingerprint = secrets.kept === undefined ? undefined : await fingerprintOf(secrets.kept);
  const stores = secrets.kept === undefined ? [secrets.environment] : [secrets.environment, secrets.kept];
  const own: Surveyed[] = [];
  for (const store of stores) own.push(await surveyStore(store, fingerprint));
  // One after the other: the second may find the embedded server that the first has started.
  const others: Surveyed[] = [];
  for (const kind of placeKinds) others.push(await surveyPlace(kind, context, { start, fingerprint }));
  return [...own, ...others];
}

async function surveyStore(store: SecretStore, fingerprint: Fingerprint | undefined): Promise<Surveyed> {
  const found: Sighting[] = [];
  for (const entry of await store.list()) {
    if (isOwnName(entry.name)) continue;
    const value = fingerprint === undefined ? undefined : await store.get(entry.name);
    found.push({
      ...entry,
      sizeBytes: entry.sizeBytes ?? (value === undefined ? undefined : sizeOf(entry, value.reveal())),
      fingerprint: value === undefined ? undefined : fingerprint?.(entry, value),
    });
  }
  return { state: 'listed', place: store.kind, server: undefined, secrets: found };
}

async function surveyPlace(
  kind: PlaceKind,
  context: SurveyContext,
  { start, fingerprint }: { readonly start: boolean; readonly fingerprint: Fingerprint | undefined },
): Promise<Surveyed> {
  const { host } = context;
  const limit = AbortSignal.timeout(answerLimitMs);
  const found = await findPlace(kind, context, { start, signal: AbortSignal.any([host.signal, limit]) });
  if (found.state === 'absent') return { state: 'absent', place: kind, why: found.why };
  try {
    const secrets = await sightings(found.place, context.settings.locations.dataDirectory, fingerprint, host);
    return { state: 'listed', place: kind, server: found.place.server, secrets };
  } catch (thrown) {
    if (host.signal.aborted || !(thrown instanceof PchainError)) throw thrown;
    const why = limit.aborted ? `it does not answer within ${answerLimitMs / 1000} s` : thrown.message;
    return { state: 'absent', place: kind, why };
  }
}

/** Also takes down which names were seen, for checks that may not ask. */
async function sightings(
  place: SecretPlace,
  dataDirectory: string,
  fingerprint: Fingerprint | undefined,
  host: Host,
): Promise<readonly Sighting[]> {
  const listed = await place.list();
  const key = placeKey(place);
  const sent = (await readKnownPlaces(dataDirectory)).get(key)?.sent ?? new Map<string, string>();
  await keepKnownPlace(dataDirectory, key, { seenMs: host.clock.nowMs(), names: listed, sent });
  return listed.map(({ name, kind, value }) => ({
    name,
    kind,
    sizeBytes: value === undefined ? undefined : sizeOf({ kind }, value.reveal()),
    changedMs: undefined,
    fingerprint: value === undefined ? sent.get(name) : fingerprint?.({ kind }, value),
  }));
}

/** What a place is called in the record of places. */
export function placeKey(place: Pick<SecretPlace, 'kind' | 'server'>): string {
  return `${place.kind} ${place.server}`;
}
