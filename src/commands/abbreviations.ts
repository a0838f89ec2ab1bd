// Options cut short, as the official client takes them: `--outD` for `--outDS`, where only one option can be meant.
import { UsageError } from '../base/errors.ts';

/** What the official `pchain` has. A beginning that fits one of these means it, also where an option of our own begins like it. */
const official: ReadonlySet<string> = new Set(
  [
    ...[
      'cwl',
      'yaml',
      'snakefile',
      'wfd',
      'maxSizeInSandbox',
      'outDS',
      'official',
      'version',
      'dumpJson',
      'noSubmit',
    ],
    ...['voms', 'noEmail', 'prodSourceLabel', 'workingGroup', 'workflowName', 'intrSrv', 'relayHost'],
    ...['template', 'inDS', 'prunFlags'],
    ...['useAthenaPackages', 'vo', 'extFile', 'check', 'debug', 'help'],
  ].map((name) => `--${name}`),
);

/** Writes out what is cut short.
 *  @param words the command line of a submission or check, without a command's name
 *  @param options all long options, `--outDS`
 *  @throws UsageError when several options begin like that */
export function expandAbbreviations(words: readonly string[], options: readonly string[]): readonly string[] {
  const known = new Set(options);
  const end = words.indexOf('--');
  return words.map((word, index) => {
    if (!word.startsWith('--') || word.length < 3 || (end !== -1 && index >= end)) return word;
    const equals = word.indexOf('=');
    const name = equals === -1 ? word : word.slice(0, equals);
    if (known.has(name)) return word;
    const meant = optionFor(name, options);
    return meant === undefined ? word : meant + word.slice(name.length);
  });
}

function optionFor(name: string, options: readonly string[]): string | undefined {
  const fits = options.filter((option) => option.startsWith(name));
  const officials = fits.filter((option) => official.has(option));
  const [first, ...others] = officials.length > 0 ? officials : fits;
  if (others.length > 0) {
    throw new UsageError(
      `\`${name}\` may mean ${[first, ...others].map((option) => `\`${option ?? ''}\``).join(' or ')}`,
    );
  }
  return first;
}
