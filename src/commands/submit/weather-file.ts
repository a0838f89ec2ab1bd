// `--weather FILE`: troubles on purpose, for a submission to this machine.
import { UsageError } from '../../base/errors.ts';
import { Findings } from '../../base/finding.ts';
import { readWeather } from '../../engine/weather/read.ts';
import { weatherWords, type Weather } from '../../engine/weather/weather.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Host } from '../host.ts';
import { tellFindings } from '../check/show-findings.ts';
import { textReader } from '../check/text-files.ts';

/** @returns `faulty` after its findings were told; `undefined`: no weather was asked for
 *  @throws UsageError where the workflow is sent to a grid, which has weather enough */
export function weatherFile(
  file: string | undefined,
  settings: Settings,
  host: Host,
): Weather | 'faulty' | undefined {
  if (file === undefined) return undefined;
  if (settings.server.value.kind !== 'local')
    throw new UsageError('`--weather` is for workflows on this machine, not for a grid', {
      hint: 'add `--server local`',
    });
  const readText = textReader(host.workingDirectory);
  const findings = new Findings();
  const weather = readWeather(file, readText, findings);
  tellFindings({ findings: findings.sorted(), readText, filesChecked: 1 }, host);
  if (weather === undefined) return 'faulty';
  host.terminal.say(`under weather (${file}, seed ${weather.seed}): ${weatherWords(weather).join('; ')}`);
  return weather;
}
