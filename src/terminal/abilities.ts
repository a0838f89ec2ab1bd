// What a stream can show, decided once from the flag, the environment and the stream itself.

/** Environment variables by name; a missing one is `undefined`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Does a stream get colour? The flag wins, then `NO_COLOR` (when not empty), then `FORCE_COLOR` (`0` and `false`
 *  forbid), then whether it is a terminal that is not `dumb`.
 *  @see https://no-color.org */
export function showsColor(flag: boolean | undefined, env: Environment, isTty: boolean): boolean {
  if (flag !== undefined) return flag;
  if (isSet(env['NO_COLOR'])) return false;
  const forced = env['FORCE_COLOR'];
  if (isSet(forced)) return forced !== '0' && forced !== 'false';
  return isTty && env['TERM'] !== 'dumb';
}

/** Can characters outside of ASCII be used for drawing? Yes when the locale says UTF-8, in the order in which
 *  programs read it (POSIX: `LC_ALL`, `LC_CTYPE`, `LANG`), and in the terminals of Windows that set no locale. */
export function showsUnicode(env: Environment): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(isSet);
  if (locale !== undefined) return /utf-?8/i.test(locale);
  return isSet(env['WT_SESSION']) || env['TERM_PROGRAM'] === 'vscode';
}

const programsWithLinks = new Set(['iTerm.app', 'WezTerm', 'vscode', 'ghostty', 'Hyper', 'rio']);

/** Does the stream show OSC 8 links? `FORCE_HYPERLINK` decides; else only terminals that are known to, because
 *  the others print the address twice or not at all. */
export function showsLinks(env: Environment, isTty: boolean): boolean {
  const forced = env['FORCE_HYPERLINK'];
  if (isSet(forced)) return forced !== '0' && forced !== 'false';
  if (!isTty || env['TERM'] === 'dumb' || isContinuousIntegration(env)) return false;
  // Multiplexers swallow the sequence or not, depending on their version and settings.
  if (isSet(env['TMUX']) || isSet(env['STY'])) return false;
  if (programsWithLinks.has(env['TERM_PROGRAM'] ?? '')) return true;
  if (isSet(env['WT_SESSION']) || isSet(env['KONSOLE_VERSION'])) return true;
  if (/kitty|alacritty|foot/.test(env['TERM'] ?? '')) return true;
  // VTE (the terminals of GNOME and Xfce) has links from 0.50 on.
  return Number.parseInt(env['VTE_VERSION'] ?? '0', 10) >= 5000;
}

/** Does a service run us, not a person? `CI` set to anything but nothing, `0` or `false`. */
export function isContinuousIntegration(env: Environment): boolean {
  const value = env['CI'];
  return isSet(value) && value !== '0' && value !== 'false';
}

/** Columns of a stream: what it says, else `COLUMNS`, else 80 for a terminal and 100 for a file or pipe. */
export function columnsOf(columns: number | undefined, env: Environment, isTty: boolean): number {
  if (columns !== undefined && columns > 0) return columns;
  const told = Number.parseInt(env['COLUMNS'] ?? '', 10);
  if (told > 0) return told;
  return isTty ? 80 : 100;
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
