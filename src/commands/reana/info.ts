// `pchain reana info`: what the cluster offers and limits, in its own words.
import { ExitCode } from '../../base/exit-code.ts';
import { printable } from '../../base/text.ts';
import type { Host } from '../host.ts';
import { printJson, reanaClient } from './connection.ts';
import type { Options } from './connection.ts';

export async function runInfo(options: Options, host: Host): Promise<ExitCode> {
  const client = await reanaClient(host);
  const facts = await client.info();
  if (options['json'] === true) {
    printJson({ server: client.server, facts: facts.map((fact) => ({ ...fact })) }, host);
    return ExitCode.done;
  }
  host.terminal.out(facts.map(({ title, value }) => printable(`${title}: ${shown(value)}`)).join('\n'));
  return ExitCode.done;
}

function shown(value: unknown): string {
  if (value === null) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(shown).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
