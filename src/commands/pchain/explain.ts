// `pchain explain [CODE]`: the page of a code, or all codes there are.
import { closest } from '../../base/closest.ts';
import { UsageError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { renderCodes, renderPage } from '../../terminal/findings-page.ts';
import { codesIn, pageOf, pagesDirectory } from '../check/check-pages.ts';
import type { Host } from '../host.ts';

/** @throws UsageError for a code that has no page, with the nearest one that has */
export function runExplain(code: string | undefined, host: Host): Promise<ExitCode> {
  const directory = pagesDirectory(host);
  const { stdout } = host.terminal;
  if (code === undefined) {
    const pages = codesIn(directory).flatMap((known) => pageOf(directory, known) ?? []);
    host.terminal.out(renderCodes(pages, stdout));
    return Promise.resolve(ExitCode.done);
  }
  const page = pageOf(directory, code);
  if (page === undefined)
    throw new UsageError(`there is no code \`${code}\``, { hint: hintFor(code, directory) });
  host.terminal.out(renderPage(page, stdout));
  return Promise.resolve(ExitCode.done);
}

/** Codes are often named without their room, or with the brackets they are printed in. */
function hintFor(code: string, directory: string): string {
  const codes = codesIn(directory);
  const bare = code.replace(/^(?:error|warning)?\[|\]$/g, '').toLowerCase();
  const rooms = codes.filter((known) => known === bare || known.endsWith(`/${bare}`));
  const nearest = rooms[0] ?? closest(bare, codes) ?? closestFault(bare, codes);
  return nearest === undefined
    ? '`pchain explain` lists the codes there are'
    : `did you mean \`${nearest}\`?`;
}

function closestFault(fault: string, codes: readonly string[]): string | undefined {
  const faultOf = (code: string): string => code.slice(code.indexOf('/') + 1);
  const nearest = closest(fault, codes.map(faultOf));
  return codes.find((code) => faultOf(code) === nearest);
}
