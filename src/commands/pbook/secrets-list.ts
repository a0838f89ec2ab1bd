// `pbook secrets list`: which secrets there are and where, never a value.
import { ExitCode } from '../../base/exit-code.ts';
import { ago, bytes } from '../../terminal/amounts.ts';
import { renderTable } from '../../terminal/table.ts';
import type { Host } from '../host.ts';
import { placeTitles } from '../credentials/secret-places.ts';
import { surveySecrets, type Sighting, type Surveyed } from '../credentials/secret-survey.ts';
import { secretsOf } from '../credentials/secrets.ts';
import { loadSettings } from '../servers/settings.ts';
import { textOption } from '../check/workflow-files.ts';

type Options = Readonly<Record<string, unknown>>;

export async function listSecrets(options: Options, host: Host): Promise<ExitCode> {
  const settings = await loadSettings({ server: textOption(options, 'server') }, host);
  const secrets = await secretsOf(settings, host);
  const survey = await surveySecrets({ settings, secrets, host }, options['start'] === true);
  const rows = rowsOf(survey);
  if (options['json'] === true) {
    host.terminal.out(JSON.stringify(documentOf(survey, rows), null, 2));
    return ExitCode.done;
  }
  const nowMs = host.clock.nowMs();
  host.terminal.out(
    renderTable(
      [
        { title: 'name', kind: 'name' },
        { title: 'kind', kind: 'name' },
        { title: 'size', kind: 'number' },
        { title: 'where', kind: 'name' },
        { title: 'changed', kind: 'text' },
        { title: 'fingerprint', kind: 'name' },
      ],
      rows.map(({ name, at }) => {
        const size = firstOf(at, 'sizeBytes');
        const changedMs = firstOf(at, 'changedMs');
        return [
          name,
          [...new Set(at.map(({ sighting }) => sighting.kind))].join(', '),
          { shown: size === undefined ? '' : bytes(size), full: size === undefined ? '' : String(size) },
          at.map(({ place }) => placeName(place)).join(', '),
          {
            shown: changedMs === undefined ? '' : ago(nowMs - changedMs),
            full: changedMs === undefined ? '' : new Date(changedMs).toISOString(),
          },
          [...new Set(at.flatMap(({ sighting }) => sighting.fingerprint ?? []))].join(', '),
        ];
      }),
      host.terminal.stdout,
    ),
  );
  if (rows.length === 0) host.terminal.say('there are no secrets');
  tellAbsent(survey, host);
  return ExitCode.done;
}

/** Says which places were not looked at, and that nothing can be kept yet. */
export function tellAbsent(survey: readonly Surveyed[], host: Host): void {
  for (const surveyed of survey) {
    if (surveyed.state === 'absent')
      host.terminal.say(`not asked: ${placeName(surveyed.place)} (${surveyed.why})`);
  }
}

export function placeName(place: Surveyed['place']): string {
  return place === 'panda' || place === 'reana' ? placeTitles[place] : place;
}

interface SecretRow {
  readonly name: string;
  readonly at: readonly { readonly place: Surveyed['place']; readonly sighting: Sighting }[];
}

function rowsOf(survey: readonly Surveyed[]): readonly SecretRow[] {
  const rows = new Map<string, SecretRow['at']>();
  for (const surveyed of survey) {
    if (surveyed.state !== 'listed') continue;
    for (const sighting of surveyed.secrets) {
      const place = surveyed.place;
      rows.set(sighting.name, [...(rows.get(sighting.name) ?? []), { place, sighting }]);
    }
  }
  return [...rows].map(([name, at]) => ({ name, at })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function firstOf(at: SecretRow['at'], key: 'sizeBytes' | 'changedMs'): number | undefined {
  return at.find(({ sighting }) => sighting[key] !== undefined)?.sighting[key];
}

function documentOf(survey: readonly Surveyed[], rows: readonly SecretRow[]): object {
  return {
    places: survey.map((surveyed) =>
      surveyed.state === 'listed'
        ? { place: surveyed.place, state: 'listed', server: surveyed.server ?? null }
        : { place: surveyed.place, state: 'absent', why: surveyed.why },
    ),
    secrets: rows.map(({ name, at }) => ({
      name,
      at: at.map(({ place, sighting }) => ({
        place,
        kind: sighting.kind,
        size_bytes: sighting.sizeBytes ?? null,
        changed: sighting.changedMs === undefined ? null : new Date(sighting.changedMs).toISOString(),
        fingerprint: sighting.fingerprint ?? null,
      })),
    })),
  };
}
