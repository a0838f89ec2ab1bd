// `pbook secrets push`: sends secrets to PanDA and REANA. What was sent stays sent when it fails in the middle, and sending
// it again does no harm.
import { PchainError, UsageError, messageOf } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import type { Secret } from '../../base/secret.ts';
import { counted } from '../../base/text.ts';
import { fingerprintOf, type Fingerprint } from '../../secrets/fingerprint.ts';
import { keepKnownPlace, readKnownPlaces } from '../../secrets/place-record.ts';
import { isOwnName, type SecretName } from '../../secrets/port.ts';
import { requireSecretName, requireSecretValue } from '../../secrets/secret-rules.ts';
import type { Secrets } from '../../secrets/open.ts';
import type { Host } from '../host.ts';
import {
  findPlace,
  placeKinds,
  placeTitles,
  type PlaceKind,
  type SecretPlace,
} from '../credentials/secret-places.ts';
import { placeKey } from '../credentials/secret-survey.ts';
import { secretsOf } from '../credentials/secrets.ts';
import { loadSettings } from '../servers/settings.ts';
import { textOption } from '../check/workflow-files.ts';
import { refuseFaulty } from './secrets-check.ts';

type Options = Readonly<Record<string, unknown>>;
type Sent = SecretName & { readonly value: Secret };

export async function pushSecrets(names: readonly string[], options: Options, host: Host): Promise<ExitCode> {
  const settings = await loadSettings({ server: textOption(options, 'server') }, host);
  const secrets = await secretsOf(settings, host);
  const chosen = await chosenSecrets(names, secrets);
  if (chosen.length === 0) {
    throw new UsageError('there is no secret to send', { hint: 'keep one first: `pbook secrets set NAME`' });
  }
  // Everything is looked at before anything is sent.
  for (const secret of chosen) {
    requireSecretName(secret);
    requireSecretValue(secret, secret.value.reveal());
  }
  if (options['force'] !== true) refuseFaulty(chosen, host);
  const fingerprint = secrets.kept === undefined ? undefined : await fingerprintOf(secrets.kept);
  const to = textOption(options, 'to') ?? 'all';
  const failures: Error[] = [];
  for (const kind of placeKinds.filter((place) => to === 'all' || to === place)) {
    const found = await findPlace(kind, { settings, secrets, host }, { start: true, signal: host.signal });
    if (found.state === 'absent') {
      failures.push(notReached(kind, found.error));
      continue;
    }
    try {
      await pushTo(found.place, chosen, {
        fingerprint,
        dataDirectory: settings.locations.dataDirectory,
        host,
      });
    } catch (thrown) {
      if (!(thrown instanceof PchainError)) throw thrown;
      failures.push(thrown);
      if (host.signal.aborted) break;
    }
  }
  const [first, ...others] = failures;
  for (const other of others) host.terminal.alert(`error: ${messageOf(other)}`);
  if (first !== undefined) throw first;
  return ExitCode.done;
}

/** @throws UsageError for names that are nowhere */
async function chosenSecrets(names: readonly string[], secrets: Secrets): Promise<readonly Sent[]> {
  const all = (await secrets.list()).filter(({ name }) => !isOwnName(name));
  const missing = names.filter((name) => !all.some((entry) => entry.name === name));
  if (missing.length > 0) {
    throw new UsageError(`there is no secret ${missing.map((name) => `\`${name}\``).join(', ')}`, {
      hint: '`pbook secrets list` shows which there are',
    });
  }
  // Without names it is what the user keeps: variables of this shell are for this shell, unless they are named.
  const wanted = all.filter(({ name, from }) =>
    names.length === 0 ? from !== 'environment' : names.includes(name),
  );
  const chosen: Sent[] = [];
  for (const { name, kind } of wanted) {
    const value = await secrets.get(name);
    if (value !== undefined) chosen.push({ name, kind, value });
  }
  return chosen;
}

interface Pushing {
  readonly fingerprint: Fingerprint | undefined;
  readonly dataDirectory: string;
  readonly host: Host;
}

async function pushTo(place: SecretPlace, chosen: readonly Sent[], context: Pushing): Promise<void> {
  const { host } = context;
  const where = `${placeTitles[place.kind]} (${place.server})`;
  const done: Sent[] = [];
  try {
    for (const secret of chosen) {
      await place.put(secret, secret.value);
      done.push(secret);
    }
  } catch (cause) {
    const left = chosen.slice(done.length).map(({ name }) => `\`${name}\``);
    const sent = done.map(({ name }) => `\`${name}\``);
    const was = sent.length === 0 ? 'nothing was sent' : `sent: ${sent.join(', ')}`;
    const message = `sending to ${where} failed: ${messageOf(cause)}; ${was}; not sent: ${left.join(', ')}`;
    const hint = `the same command again sends all of them\n${cause instanceof PchainError ? (cause.hint ?? '') : ''}`;
    throw new PchainError(cause instanceof PchainError ? cause.exitCode : ExitCode.bug, message, {
      hint,
      cause,
    });
  } finally {
    if (done.length > 0) await takeDown(place, done, context);
  }
  host.terminal.say(
    `sent ${counted(done.length, 'secret')} to ${where}: ${done.map(({ name }) => name).join(', ')}`,
  );
}

async function takeDown(place: SecretPlace, done: readonly Sent[], context: Pushing): Promise<void> {
  const { fingerprint, dataDirectory, host } = context;
  const before = (await readKnownPlaces(dataDirectory)).get(placeKey(place));
  const kept = (before?.names ?? []).filter(({ name }) => !done.some((secret) => secret.name === name));
  const sent = new Map(before?.sent);
  for (const secret of done) {
    if (fingerprint === undefined) sent.delete(secret.name);
    else sent.set(secret.name, fingerprint(secret, secret.value));
  }
  await keepKnownPlace(dataDirectory, placeKey(place), {
    seenMs: host.clock.nowMs(),
    names: [...kept, ...done],
    sent,
  });
}

function notReached(kind: PlaceKind, error: PchainError): PchainError {
  return new PchainError(error.exitCode, `nothing was sent to ${placeTitles[kind]}: ${error.message}`, {
    hint: error.hint,
    cause: error,
  });
}
