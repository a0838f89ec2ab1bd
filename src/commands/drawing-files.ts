// Drawings on stdout or in a file: which format is meant, and the fonts of PNG pictures.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, resolve } from 'node:path';
import { LocalError, messageOf, UsageError } from '../base/errors.ts';
import type { Host } from './host.ts';

/** The name of the file decides where no format is given; without a file it is text.
 *  @param byEnding formats by the ending of a name, `.svg`
 *  @throws UsageError when the name does not tell, and for a PNG picture that would be printed */
export function formatFor<Format extends string>(
  formats: readonly Format[],
  byEnding: Readonly<Record<string, Format>>,
  { given, output }: { readonly given: string | undefined; readonly output: string | undefined },
): Format | 'text' {
  const format = formats.find((name) => name === given);
  if (format === 'png' && output === undefined) {
    throw new UsageError('a PNG picture is not printed', { hint: 'name a file for it with -o' });
  }
  if (format !== undefined) return format;
  if (output === undefined) return 'text';
  const ending = extname(output).toLowerCase();
  const known = Object.hasOwn(byEnding, ending) ? byEnding[ending] : undefined;
  if (known === undefined) {
    throw new UsageError(`the name \`${output}\` does not tell which format is wanted`, {
      hint: `add --format ${formats.join(' | ')}, or let it end in ${Object.keys(byEnding).join(', ')}`,
    });
  }
  return known;
}

/** Writes a drawing into a file, or to stdout.
 *  @throws LocalError when the file cannot be written */
export async function putDrawing(
  drawing: string | Uint8Array,
  output: string | undefined,
  host: Host,
): Promise<void> {
  if (output === undefined) {
    await host.terminal.outBytes(typeof drawing === 'string' ? new TextEncoder().encode(drawing) : drawing);
    return;
  }
  try {
    writeFileSync(resolve(host.workingDirectory, output), drawing);
  } catch (cause) {
    throw new LocalError(`the drawing cannot be written to \`${output}\`: ${messageOf(cause)}`, { cause });
  }
}

/** The fonts that come with this program. */
export function fontFiles(): readonly string[] {
  const require = createRequire(import.meta.url);
  return ['400Regular/Inter_400Regular.ttf', '600SemiBold/Inter_600SemiBold.ttf'].map((path) =>
    require.resolve(`@expo-google-fonts/inter/${path}`),
  );
}
