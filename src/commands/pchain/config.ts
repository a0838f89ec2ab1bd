// `pchain config`: the settings in force with their sources, and changes of the settings file.
import { ExitCode } from '../../base/exit-code.ts';
import { settingKeys } from '../../settings/change-settings.ts';
import { locations } from '../../settings/locations.ts';
import type { Settings } from '../../settings/settings.ts';
import { sourceText, type Setting } from '../../settings/source.ts';
import { renderTable } from '../../terminal/table.ts';
import { changeSettings } from '../servers/change-settings.ts';
import type { Host } from '../host.ts';
import { loadSettings } from '../servers/settings.ts';

export async function listConfig(options: Readonly<Record<string, unknown>>, host: Host): Promise<ExitCode> {
  const settings = await loadSettings({}, host);
  const rows = rowsOf(settings);
  if (options['json'] === true) {
    const values = rows.map(({ name, value, from }) => ({ name, value: value ?? null, from }));
    host.terminal.out(
      JSON.stringify({ settings_file: settings.locations.configFile, settings: values }, null, 2),
    );
    return ExitCode.done;
  }
  host.terminal.out(
    renderTable(
      [
        { title: 'setting', kind: 'name' },
        { title: 'value', kind: 'name' },
        { title: 'from', kind: 'name' },
      ],
      rows.map(({ name, value, from }) => [name, value === undefined ? '' : String(value), from]),
      host.terminal.stdout,
    ),
  );
  host.terminal.say(`settings file: ${settings.locations.configFile}`);
  return ExitCode.done;
}

/** @param value `undefined` takes it out */
export async function changeConfig(name: string, value: string | undefined, host: Host): Promise<ExitCode> {
  // Not the settings in force: a wrong variable must not keep the file from being mended.
  const path = await changeSettings(settingKeys(name), value, {
    locations: locations(host.env, host.homeDirectory),
  });
  host.terminal.say(
    value === undefined ? `\`${name}\` is not set in ${path}` : `\`${name}\` is set in ${path}`,
  );
  return ExitCode.done;
}

interface ConfigRow {
  readonly name: string;
  readonly value: string | number | boolean | undefined;
  readonly from: string;
}

function rowsOf(settings: Settings): readonly ConfigRow[] {
  const row = (name: string, setting: Setting<string | number | boolean | undefined>): ConfigRow => ({
    name,
    value: setting.value,
    from: sourceText(setting.source),
  });
  const { server } = settings;
  const serverValue =
    server.value.kind === 'local' ? 'local' : (server.value.profile ?? settings.pandaUrlSsl.value);
  return [
    row('server', { value: serverValue, source: server.source }),
    row('panda_url_ssl', settings.pandaUrlSsl),
    row('pandacache_url', settings.pandaCacheUrl),
    row('auth', settings.auth),
    row('auth_vo', settings.authVo),
    row('nickname', settings.nickname),
    row('verify_host', settings.verifyHost),
    row('certificate_directory', settings.certificateDirectory),
    row('reana_server_url', settings.reanaServerUrl),
    row('parallel_jobs', settings.parallelJobs),
    row('max_iterations', settings.maxIterations),
    row('containers', { value: containerWord(settings), source: settings.containers.source }),
    row('secrets', settings.secretStore),
  ];
}

const containerWord = ({ containers }: Settings): string => containers.value.engine ?? containers.value.mode;
