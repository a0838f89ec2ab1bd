// `pbook secrets status`: where PanDA and REANA differ from what is kept here.
import { ExitCode } from '../../base/exit-code.ts';
import { renderTable } from '../../terminal/table.ts';
import type { Host } from '../host.ts';
import { surveySecrets, type Sighting, type Surveyed } from '../credentials/secret-survey.ts';
import { secretsOf } from '../credentials/secrets.ts';
import { loadSettings } from '../servers/settings.ts';
import { textOption } from '../check/workflow-files.ts';
import { placeName, tellAbsent } from './secrets-list.ts';

type Options = Readonly<Record<string, unknown>>;

/** `same`: as it is kept here. `unknown`: it is there, but cannot be compared. `only there`: nothing is kept here. */
type Verdict = 'same' | 'differs' | 'missing' | 'unknown' | 'only there';

export async function showSecretStatus(options: Options, host: Host): Promise<ExitCode> {
  const settings = await loadSettings({ server: textOption(options, 'server') }, host);
  const secrets = await secretsOf(settings, host);
  const survey = await surveySecrets({ settings, secrets, host }, options['start'] === true);
  const listed = survey.flatMap((surveyed) => (surveyed.state === 'listed' ? [surveyed] : []));
  // What the environment gives goes before what is kept, for jobs as for everything else.
  const here = new Map<string, Sighting>();
  for (const { place, secrets: found } of listed.toReversed()) {
    if (place !== 'panda' && place !== 'reana')
      for (const sighting of found) here.set(sighting.name, sighting);
  }
  const remote = listed.filter(({ place }) => place === 'panda' || place === 'reana');
  const names = [
    ...new Set([...here.keys(), ...remote.flatMap((place) => place.secrets.map(({ name }) => name))]),
  ].sort();
  const rows = names.map((name) => ({
    name,
    isHere: here.has(name),
    verdicts: remote.map((place) => ({
      place: place.place,
      verdict: verdictOn(name, here.get(name), place),
    })),
  }));
  if (options['json'] === true) {
    host.terminal.out(JSON.stringify({ secrets: rows.map(recordOf) }, null, 2));
    return ExitCode.done;
  }
  host.terminal.out(
    renderTable(
      [
        { title: 'name', kind: 'name' },
        { title: 'here', kind: 'name' },
        ...remote.map(({ place }) => ({ title: placeName(place), kind: 'name' }) as const),
      ],
      rows.map(({ name, isHere, verdicts }) => [
        name,
        isHere ? 'yes' : 'no',
        ...verdicts.map(({ verdict }) => ({ shown: verdict, paint: paints[verdict] })),
      ]),
      host.terminal.stdout,
    ),
  );
  if (rows.length === 0) host.terminal.say('there are no secrets');
  tellAbsent(survey, host);
  if (
    rows.some(({ verdicts }) =>
      verdicts.some(({ verdict }) => verdict === 'differs' || verdict === 'missing'),
    )
  ) {
    host.terminal.say('`pbook secrets push --to all` sends what is kept here');
  }
  return ExitCode.done;
}

const paints = {
  same: 'success',
  differs: 'error',
  missing: 'warning',
  unknown: undefined,
  'only there': undefined,
} as const;

function verdictOn(
  name: string,
  kept: Sighting | undefined,
  place: Extract<Surveyed, { state: 'listed' }>,
): Verdict {
  const there = place.secrets.filter((secret) => secret.name === name);
  if (there.length === 0) return 'missing';
  if (kept === undefined) return 'only there';
  const match = there.find(({ kind }) => kind === kept.kind);
  if (match === undefined) return 'differs';
  if (match.fingerprint === undefined || kept.fingerprint === undefined) return 'unknown';
  return match.fingerprint === kept.fingerprint ? 'same' : 'differs';
}

function recordOf(row: {
  readonly name: string;
  readonly isHere: boolean;
  readonly verdicts: readonly { readonly place: string; readonly verdict: Verdict }[];
}): object {
  return {
    name: row.name,
    here: row.isHere,
    ...Object.fromEntries(row.verdicts.map(({ place, verdict }) => [place, verdict])),
  };
}
